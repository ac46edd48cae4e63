// Multi-head self-attention over packed projections [G, L, 3D], forward and backward, in blocks of queries. The
// softmax weights are never kept: the maximum and the sum of each row are, and weights are computed again from them.
import { multiply, multiplyTransposed, packColumns, packedBytes, packRows, transposedScratch } from './gemm';
import { constants, expNonPositive, maxLanes, padded, splat, sumLanes } from './math';

const QUERIES: i32 = 64;
/** Added to the score of a blocked key; its weight is exactly 0. */
const BLOCKED: f32 = -1e30;

/** Floats between rows of scores; longer rows get a gap, so that a column does not fall on few lines of the cache. */
@inline
function scoreColumns(length: i32): i32 {
  return padded(length) + (length > 64 ? 16 : 0);
}

/** Bytes of scratch for either direction. */
export function attentionScratch(length: i32, headSize: i32, masks: i32): usize {
  const packed = packedBytes(headSize, length) * 2 + packedBytes(length, headSize);
  const rowBytes = <usize>scoreColumns(length) << 2;
  const shiftRows: usize = max(1, masks * length);
  return packed + rowBytes * (QUERIES * 2) + rowBytes * shiftRows + transposedScratch(QUERIES, headSize) + 64;
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
 * blocked: [masks * L * L] bytes, 1 = blocked; masks: none, one for all heads, or one per head.
 */
export function attentionForward(
  qkv: usize, out: usize, stats: usize, blocked: usize, masks: i32,
  groups: i32, length: i32, width: i32, heads: i32, scratch: usize,
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
  const shift = scores + <usize>QUERIES * scoreStride;
  const shiftStride = prepareShift(shift, blocked, masks, length);
  const headShift = masks > 1 ? <usize>length * shiftStride : 0;
  for (let g = 0; g < groups; g++) {
    for (let h = 0; h < heads; h++) {
      const ownShift = shift + <usize>h * headShift;
      const q = qkv + <usize>g * <usize>length * inStride + (<usize>(h * headSize) << 2);
      packColumns(q + outStride, inStride, headSize, length, keys);
      packRows(q + 2 * outStride, inStride, length, headSize, values);
      const target = out + <usize>g * <usize>length * outStride + (<usize>(h * headSize) << 2);
      for (let first = 0; first < length; first += QUERIES) {
        const count = min(QUERIES, length - first);
        multiply(q + <usize>first * inStride, inStride, count, keys, headSize, columns, 0, scores, scoreStride);
        for (let i = 0; i < count; i++) {
          softmax(scores + <usize>i * scoreStride, columns, scale, ownShift + <usize>(first + i) * shiftStride, stats);
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

/** dy [G, L, D], qkv and stats of the forward pass -> dqkv [G, L, 3D]. */
export function attentionBackward(
  dy: usize, qkv: usize, stats: usize, dqkv: usize, blocked: usize, masks: i32,
  groups: i32, length: i32, width: i32, heads: i32, scratch: usize,
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
  const dScores = weights + <usize>QUERIES * scoreStride;
  const packed = dScores + <usize>QUERIES * scoreStride;
  const shift = packed + transposedScratch(QUERIES, headSize);
  const shiftStride = prepareShift(shift, blocked, masks, length);
  const headShift = masks > 1 ? <usize>length * shiftStride : 0;
  // Gradients of keys and values are sums over blocks of queries.
  memory.fill(dqkv, 0, <usize>groups * <usize>length * inStride);
  for (let g = 0; g < groups; g++) {
    for (let h = 0; h < heads; h++) {
      const ownShift = shift + <usize>h * headShift;
      const offset = <usize>g * <usize>length * inStride + (<usize>(h * headSize) << 2);
      const q = qkv + offset;
      const dq = dqkv + offset;
      const source = dy + <usize>g * <usize>length * outStride + (<usize>(h * headSize) << 2);
      packColumns(q + outStride, inStride, headSize, length, keys);
      packColumns(q + 2 * outStride, inStride, headSize, length, values);
      packRows(q + outStride, inStride, length, headSize, keyRows);
      for (let first = 0; first < length; first += QUERIES) {
        const count = min(QUERIES, length - first);
        const qBlock = q + <usize>first * inStride;
        const dyBlock = source + <usize>first * outStride;
        multiply(qBlock, inStride, count, keys, headSize, columns, 0, weights, scoreStride);
        multiply(dyBlock, outStride, count, values, headSize, columns, 0, dScores, scoreStride);
        for (let i = 0; i < count; i++) {
          const row = <usize>i * scoreStride;
          softmaxGradient(weights + row, dScores + row, columns, scale, ownShift + <usize>(first + i) * shiftStride, stats);
          stats += 8;
        }
        multiply(dScores, scoreStride, count, keyRows, length, headSize, 0, dq + <usize>first * inStride, inStride);
        const dk = dq + outStride;
        const dv = dk + outStride;
        multiplyTransposed(dScores, scoreStride, count, length, qBlock, inStride, headSize, dk, inStride, packed);
        multiplyTransposed(weights, scoreStride, count, length, dyBlock, outStride, headSize, dv, inStride, packed);
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
