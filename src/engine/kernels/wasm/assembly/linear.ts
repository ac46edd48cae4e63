// y = activation(x W^T + b) and its gradient, in blocks of rows that stay in the cache: the gradient of the
// pre-activation never exists as a whole. Activation codes: 0 none, 1 ReLU, 2 GELU.
import { multiply, multiplyTransposed, packColumns, packedBytes, packRows } from './gemm';
import { gelu, geluDerivative, loadPart, padded, splat, storePart } from './math';

/** Rows per block: long enough to add to the weight gradient rarely, short enough for the cache. */
@inline
function blockRows(inputs: i32, outputs: i32): i32 {
  return inputs * outputs > 65536 ? 256 : 64;
}

/** Bytes between rows of a block of pre-activation gradients; not a power of two, so that columns spread over the cache. */
@inline
function blockStride(outputs: i32): usize {
  return <usize>(padded(outputs) + 16) << 2;
}

/** Bytes of scratch for either direction. */
export function linearScratch(inputs: i32, outputs: i32): usize {
  const weights = max(packedBytes(inputs, outputs), packedBytes(outputs, inputs));
  return weights + <usize>blockRows(inputs, outputs) * blockStride(outputs) + 64;
}

/** x [rows, in], w [out, in], bias [out] -> y [rows, out]; for GELU also z = x W^T + b. */
export function linearForward(
  x: usize, w: usize, bias: usize, y: usize, z: usize, rows: i32, inputs: i32, outputs: i32, activation: i32,
  scratch: usize,
): void {
  const inBytes = <usize>inputs << 2;
  const outBytes = <usize>outputs << 2;
  packColumns(w, inBytes, inputs, outputs, scratch);
  for (let first = 0; first < rows; first += 64) {
    const count = min(64, rows - first);
    const yBlock = y + <usize>first * outBytes;
    const zBlock = activation == 2 ? z + <usize>first * outBytes : yBlock;
    multiply(x + <usize>first * inBytes, inBytes, count, scratch, inputs, outputs, bias, zBlock, outBytes);
    if (activation) activate(zBlock, yBlock, count * outputs, activation);
  }
}

function activate(z: usize, y: usize, size: i32, activation: i32): void {
  const zero = splat(0);
  let i = 0;
  for (; i + 4 <= size; i += 4, z += 16, y += 16) {
    const v = v128.load(z);
    v128.store(y, activation == 2 ? gelu(v) : f32x4.pmax(v, zero));
  }
  if (i < size) {
    const v = loadPart(z, size - i);
    storePart(y, activation == 2 ? gelu(v) : f32x4.pmax(v, zero), size - i);
  }
}

/**
 * saved: y for ReLU, z for GELU. Writes dx [rows, in], dw [out, in], db [out].
 */
export function linearBackward(
  dy: usize, saved: usize, x: usize, w: usize, dx: usize, dw: usize, db: usize,
  rows: i32, inputs: i32, outputs: i32, activation: i32, scratch: usize,
): void {
  const inBytes = <usize>inputs << 2;
  const outBytes = <usize>outputs << 2;
  memory.fill(dw, 0, <usize>outputs * inBytes);
  memory.fill(db, 0, outBytes);
  packRows(w, inBytes, outputs, inputs, scratch);
  const block = scratch + packedBytes(outputs, inputs);
  const step = blockRows(inputs, outputs);
  for (let first = 0; first < rows; first += step) {
    const count = min(step, rows - first);
    const outOffset = <usize>first * outBytes;
    let dz = dy + outOffset;
    let dzStride = outBytes;
    if (activation) {
      dzStride = blockStride(outputs);
      differentiate(dz, saved + outOffset, block, dzStride, count, outputs, activation);
      dz = block;
    }
    const xBlock = x + <usize>first * inBytes;
    multiply(dz, dzStride, count, scratch, outputs, inputs, 0, dx + <usize>first * inBytes, inBytes);
    multiplyTransposed(dz, dzStride, count, outputs, xBlock, inBytes, inputs, dw, inBytes);
    addColumns(dz, dzStride, count, outputs, db);
  }
}

/** to = dy * activation'(saved), rows [count, outputs] at another stride. */
function differentiate(
  dy: usize, saved: usize, to: usize, toStride: usize, count: i32, outputs: i32, activation: i32,
): void {
  const zero = splat(0);
  for (let r = 0; r < count; r++) {
    let place = to + <usize>r * toStride;
    let i = 0;
    for (; i + 4 <= outputs; i += 4, dy += 16, saved += 16, place += 16) {
      const v = v128.load(saved);
      const g = v128.load(dy);
      v128.store(place, activation == 2 ? f32x4.mul(g, geluDerivative(v)) : v128.and(g, f32x4.gt(v, zero)));
    }
    if (i < outputs) {
      const left = outputs - i;
      const v = loadPart(saved, left);
      const g = loadPart(dy, left);
      storePart(place, activation == 2 ? f32x4.mul(g, geluDerivative(v)) : v128.and(g, f32x4.gt(v, zero)), left);
      dy += <usize>left << 2;
      saved += <usize>left << 2;
    }
  }
}

/** sums [columns] += the sum of a [rows, columns] over its rows. */
export function addColumns(a: usize, stride: usize, rows: i32, columns: i32, sums: usize): void {
  for (let j = 0; j < columns; j += 4) {
    let from = a + (<usize>j << 2);
    let sum = splat(0);
    for (let i = 0; i < rows; i++, from += stride) sum = f32x4.add(sum, v128.load(from));
    const to = sums + (<usize>j << 2);
    storePart(to, f32x4.add(v128.load(to), sum), columns - j);
  }
}
