// Multi-head self-attention over packed projections [G, L, 3D], forward and backward, in blocks of queries. The
// softmax weights are never kept: the maximum and the sum of each row are, and weights are computed again from them.
// Rotary positions turn q and k head by head into scratch, and their gradients back in place.
import { multiply, multiplyTransposed, packColumns, packedBytes, packRows, transposedScratch } from './gemm';
import { constants, dropFactor, expNonPositive, loadPart, maxLanes, padded, splat, storePart, sumLanes } from './math';

const QUERIES: i32 = 64;
/**
 * The same of the backward pass, which adds a block's part to the gradients of all keys and values: long blocks add rarely. For the
 * scores of a block of the forward pass the cache counts more.
 */
const BACKWARD_QUERIES: i32 = 256;
/** Added to the score of a blocked key; its weight is exactly 0. */
const BLOCKED: f32 = -1e30;

/** Floats between rows of scores; longer rows get a gap, so that a column does not fall on few lines of the cache. */
@inline
function scoreColumns(length: i32): i32 {
  return padded(length) + (length > 64 ? 16 : 0);
}

/** Bytes of scratch for either direction. */
export function attentionScratch(length: i32, headSize: i32, masks: i32, rotary: i32): usize {
  const packed = packedBytes(headSize, length) * 2 + packedBytes(length, headSize);
  const rowBytes = <usize>scoreColumns(length) << 2;
  const shiftRows: usize = max(1, masks * length);
  const turned: usize = rotary ? 2 * headBytes(length, headSize) : 0;
  return packed + rowBytes * (BACKWARD_QUERIES * 2) + rowBytes * shiftRows + transposedScratch(BACKWARD_QUERIES, headSize) + turned + 64;
}

/** Of the queries or keys of one head, with room for reads beyond the end. */
@inline
function headBytes(length: i32, headSize: i32): usize {
  return (<usize>(length * headSize) << 2) + 16;
}

/**
 * x [length, headSize] with each pair of neighbours turned. table: cosine and sine per pair, [length, headSize / 2, 2].
 * back: the other way round. to may be x.
 */
function turn(x: usize, xStride: usize, to: usize, toStride: usize, table: usize, length: i32, headSize: i32, back: bool): void {
  const signs = back ? f32x4(1, -1, 1, -1) : f32x4(-1, 1, -1, 1);
  for (let l = 0; l < length; l++) {
    for (let d = 0; d < headSize; d += 4) {
      const at = <usize>d << 2;
      const count = headSize - d;
      const value = count >= 4 ? v128.load(x + at) : loadPart(x + at, count);
      const angle = count >= 4 ? v128.load(table + at) : loadPart(table + at, count);
      const cosines = i32x4.shuffle(angle, angle, 0, 0, 2, 2);
      const sines = f32x4.mul(i32x4.shuffle(angle, angle, 1, 1, 3, 3), signs);
      const swapped = i32x4.shuffle(value, value, 1, 0, 3, 2);
      storePart(to + at, f32x4.add(f32x4.mul(value, cosines), f32x4.mul(swapped, sines)), count);
    }
    x += xStride;
    to += toStride;
    table += <usize>headSize << 2;
  }
}

/**
 * What is added to scores, rows of `columns` floats: one row that shuts the padding out, or per mask one row per query.
 * @returns bytes from one query's row to the next
 */
function prepareShift(to: usize, blocked: usize, masks: i32, length: i32): usize {
  const columns = scoreColumns(length);
  const rows = masks > 0 ? masks * length : 1;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const shut = j >= length || (masks > 0 && load<u8>(blocked + <usize>(i * length + j)) != 0);
      store<f32>(to + (<usize>(i * columns + j) << 2), shut ? BLOCKED : 0);
    }
  }
  return masks > 0 ? <usize>columns << 2 : 0;
}

/**
 * qkv [G, L, 3D] -> out [G, L, D], stats [G, H, L, 2] (maximum and sum of each row of exponentials).
 * blocked: [masks * L * L] bytes, 1 = blocked; masks: none, one for all heads, or one per head. table: of `turn`, or 0.
 * Weights, as elements of [G, H, L, L], are dropped as in `dropFactor`; a threshold of 0 drops none.
 */
export function attentionForward(
  qkv: usize, out: usize, stats: usize, blocked: usize, masks: i32, groups: i32, length: i32, width: i32, heads: i32,
  table: usize, key: i32, threshold: u32, kept: f32, scratch: usize,
): void {
  const headSize = width / heads;
  const inStride = <usize>width * 12;
  const outStride = <usize>width << 2;
  const columns = padded(length);
  const scoreStride = <usize>scoreColumns(length) << 2;
  const scale: f32 = 1 / sqrt<f32>(<f32>headSize);
  const keys = scratch;
  const values = keys + packedBytes(headSize, length);
  const scores = values + packedBytes(length, headSize);
  const turned = scores + <usize>QUERIES * scoreStride;
  const shift = turned + (table ? 2 * headBytes(length, headSize) : 0);
  const shiftStride = prepareShift(shift, blocked, masks, length);
  const headShift = masks > 1 ? <usize>length * shiftStride : 0;
  const turnedStride = <usize>headSize << 2;
  let firstIndex = 0;
  for (let g = 0; g < groups; g++) {
    for (let h = 0; h < heads; h++) {
      const ownShift = shift + <usize>h * headShift;
      const own = qkv + <usize>g * <usize>length * inStride + (<usize>(h * headSize) << 2);
      let q = own, k = own + outStride;
      let stride = inStride;
      if (table) {
        q = turned;
        k = turned + headBytes(length, headSize);
        stride = turnedStride;
        turn(own, inStride, q, stride, table, length, headSize, false);
        turn(own + outStride, inStride, k, stride, table, length, headSize, false);
      }
      packColumns(k, stride, headSize, length, keys);
      packRows(own + 2 * outStride, inStride, length, headSize, values);
      const target = out + <usize>g * <usize>length * outStride + (<usize>(h * headSize) << 2);
      for (let first = 0; first < length; first += QUERIES) {
        const count = min(QUERIES, length - first);
        multiply(q + <usize>first * stride, stride, count, keys, headSize, columns, 0, scores, scoreStride);
        for (let i = 0; i < count; i++) {
          const row = scores + <usize>i * scoreStride;
          softmax(row, columns, scale, ownShift + <usize>(first + i) * shiftStride, stats);
          if (threshold) drop(row, columns, firstIndex, key, threshold, kept);
          firstIndex += length;
          stats += 8;
        }
        multiply(scores, scoreStride, count, values, length, headSize, 0, target + <usize>first * outStride, outStride);
      }
    }
  }
}

function softmax(row: usize, columns: i32, scale: f32, shift: usize, stats: usize): void {
  const bytes = <usize>columns << 2;
  const factor = splat(scale);
  let highest = splat(-Infinity);
  for (let j: usize = 0; j < bytes; j += 16) {
    const s = f32x4.add(f32x4.mul(v128.load(row + j), factor), v128.load(shift + j));
    v128.store(row + j, s);
    // A NaN is passed over here and comes back through the exponential.
    highest = f32x4.pmax(highest, s);
  }
  const top = maxLanes(highest);
  const tops = splat(top);
  const c = constants;
  let total = splat(0);
  for (let j: usize = 0; j < bytes; j += 16) {
    const e = expNonPositive(f32x4.sub(v128.load(row + j), tops), c);
    v128.store(row + j, e);
    total = f32x4.add(total, e);
  }
  const sum = sumLanes(total);
  const inverse = splat(1 / sum);
  for (let j: usize = 0; j < bytes; j += 16) v128.store(row + j, f32x4.mul(v128.load(row + j), inverse));
  store<f32>(stats, top);
  store<f32>(stats, sum, 4);
}

/** row: weights, of which the first is element `first`; entries beyond the sequence stay 0. */
function drop(row: usize, columns: i32, first: i32, key: i32, threshold: u32, kept: f32): void {
  const bytes = <usize>columns << 2;
  let index = i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3));
  for (let j: usize = 0; j < bytes; j += 16) {
    v128.store(row + j, f32x4.mul(v128.load(row + j), dropFactor(index, key, threshold, kept)));
    index = i32x4.add(index, i32x4.splat(4));
  }
}

/** dy [G, L, D], qkv and stats of the forward pass -> dqkv [G, L, 3D]; the rest as there. */
export function attentionBackward(
  dy: usize, qkv: usize, stats: usize, dqkv: usize, blocked: usize, masks: i32, groups: i32, length: i32, width: i32,
  heads: i32, table: usize, key: i32, threshold: u32, kept: f32, scratch: usize,
): void {
  const headSize = width / heads;
  const inStride = <usize>width * 12;
  const outStride = <usize>width << 2;
  const columns = padded(length);
  const scoreStride = <usize>scoreColumns(length) << 2;
  const scale: f32 = 1 / sqrt<f32>(<f32>headSize);
  const keys = scratch;
  const values = keys + packedBytes(headSize, length);
  const keyRows = values + packedBytes(headSize, length);
  const weights = keyRows + packedBytes(length, headSize);
  const dScores = weights + <usize>BACKWARD_QUERIES * scoreStride;
  const packed = dScores + <usize>BACKWARD_QUERIES * scoreStride;
  const turned = packed + transposedScratch(BACKWARD_QUERIES, headSize);
  const shift = turned + (table ? 2 * headBytes(length, headSize) : 0);
  const shiftStride = prepareShift(shift, blocked, masks, length);
  const headShift = masks > 1 ? <usize>length * shiftStride : 0;
  const turnedStride = <usize>headSize << 2;
  let firstIndex = 0;
  // Gradients of keys and values are sums over blocks of queries.
  memory.fill(dqkv, 0, <usize>groups * <usize>length * inStride);
  for (let g = 0; g < groups; g++) {
    for (let h = 0; h < heads; h++) {
      const ownShift = shift + <usize>h * headShift;
      const offset = <usize>g * <usize>length * inStride + (<usize>(h * headSize) << 2);
      const own = qkv + offset;
      const dq = dqkv + offset;
      const dk = dq + outStride;
      const dv = dk + outStride;
      const source = dy + <usize>g * <usize>length * outStride + (<usize>(h * headSize) << 2);
      let q = own, k = own + outStride;
      let stride = inStride;
      if (table) {
        q = turned;
        k = turned + headBytes(length, headSize);
        stride = turnedStride;
        turn(own, inStride, q, stride, table, length, headSize, false);
        turn(own + outStride, inStride, k, stride, table, length, headSize, false);
      }
      packColumns(k, stride, headSize, length, keys);
      packColumns(own + 2 * outStride, inStride, headSize, length, values);
      packRows(k, stride, length, headSize, keyRows);
      for (let first = 0; first < length; first += BACKWARD_QUERIES) {
        const count = min(BACKWARD_QUERIES, length - first);
        const qBlock = q + <usize>first * stride;
        const dyBlock = source + <usize>first * outStride;
        multiply(qBlock, stride, count, keys, headSize, columns, 0, weights, scoreStride);
        multiply(dyBlock, outStride, count, values, headSize, columns, 0, dScores, scoreStride);
        for (let i = 0; i < count; i++) {
          const row = <usize>i * scoreStride;
          // The weights' gradient passes through the dropout before the softmax sees it.
          if (threshold) drop(dScores + row, columns, firstIndex, key, threshold, kept);
          softmaxGradient(weights + row, dScores + row, columns, scale, ownShift + <usize>(first + i) * shiftStride, stats);
          if (threshold) drop(weights + row, columns, firstIndex, key, threshold, kept);
          firstIndex += length;
          stats += 8;
        }
        multiply(dScores, scoreStride, count, keyRows, length, headSize, 0, dq + <usize>first * inStride, inStride);
        multiplyTransposed(dScores, scoreStride, count, length, qBlock, stride, headSize, dk, inStride, packed);
        multiplyTransposed(weights, scoreStride, count, length, dyBlock, outStride, headSize, dv, inStride, packed);
      }
      if (table) {
        turn(dq, inStride, dq, inStride, table, length, headSize, true);
        turn(dk, inStride, dk, inStride, table, length, headSize, true);
      }
    }
  }
}

/** row: raw scores -> weights; gradient: of the weights -> of the raw scores. */
function softmaxGradient(row: usize, gradient: usize, columns: i32, scale: f32, shift: usize, stats: usize): void {
  const bytes = <usize>columns << 2;
  const factor = splat(scale);
  const top = splat(load<f32>(stats));
  const c = constants;
  const inverse = splat(1 / load<f32>(stats, 4));
  let product = splat(0);
  for (let j: usize = 0; j < bytes; j += 16) {
    const s = f32x4.add(f32x4.mul(v128.load(row + j), factor), v128.load(shift + j));
    const p = f32x4.mul(expNonPositive(f32x4.sub(s, top), c), inverse);
    v128.store(row + j, p);
    product = f32x4.add(product, f32x4.mul(p, v128.load(gradient + j)));
  }
  const inner = splat(sumLanes(product));
  for (let j: usize = 0; j < bytes; j += 16) {
    const d = f32x4.mul(v128.load(row + j), f32x4.sub(v128.load(gradient + j), inner));
    v128.store(gradient + j, f32x4.mul(d, factor));
  }
}
