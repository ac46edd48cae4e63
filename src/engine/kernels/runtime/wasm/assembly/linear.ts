// y = activation(x W^T + b) and its gradient, in blocks of rows that stay in the cache: the gradient of the
// pre-activation never exists as a whole. Activation codes: 0 none, 1 ReLU, 2 GELU.
import { multiply, multiplyTransposed, packColumns, packedBytes, packRows, transposedScratch } from './gemm';
import { constants, geluWithSlope, loadPart, padded, splat, storePart } from './math';

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
  const rows = blockRows(inputs, outputs);
  return weights + <usize>rows * blockStride(outputs) + transposedScratch(rows, inputs) + 64;
}

/**
 * x [rows, in], w [out, in], bias [out] -> y [rows, out]; for GELU also the slope there, [rows, out]. The strides are
 * bytes from row to row of x, and of y and the slope: a group of columns of a wider matrix is served in place.
 */
export function linearForward(
  x: usize, xStride: usize, w: usize, bias: usize, y: usize, slope: usize, yStride: usize, rows: i32, inputs: i32,
  outputs: i32, activation: i32, scratch: usize,
): void {
  packColumns(w, <usize>inputs << 2, inputs, outputs, scratch);
  const dense = yStride == <usize>outputs << 2;
  for (let first = 0; first < rows; first += 64) {
    const count = min(64, rows - first);
    const block = y + <usize>first * yStride;
    multiply(x + <usize>first * xStride, xStride, count, scratch, inputs, outputs, bias, block, yStride);
    if (!activation) continue;
    const slopes = slope + <usize>first * yStride;
    const slices = dense ? 1 : count;
    const size = dense ? count * outputs : outputs;
    for (let r = 0; r < slices; r++) {
      const at = <usize>r * yStride;
      if (activation == 1) relu(block + at, size);
      else gelu(block + at, slopes + at, size);
    }
  }
}

function relu(y: usize, size: i32): void {
  const zero = splat(0);
  let i = 0;
  for (; i + 4 <= size; i += 4, y += 16) v128.store(y, f32x4.pmax(v128.load(y), zero));
  if (i < size) storePart(y, f32x4.pmax(loadPart(y, size - i), zero), size - i);
}

/** y holds the argument and gets the value. */
function gelu(y: usize, slope: usize, size: i32): void {
  const c = constants;
  let i = 0;
  for (; i + 4 <= size; i += 4, y += 16, slope += 16) geluWithSlope(v128.load(y), y, slope, 4, c);
  if (i < size) geluWithSlope(loadPart(y, size - i), y, slope, size - i, c);
}

/**
 * saved: y for ReLU, the slope for GELU. Writes dw [out, in], and dx [rows, in] and db [out] unless they are 0. Strides in bytes:
 * xStride of x and dx, yStride of dy and saved.
 */
export function linearBackward(
  dy: usize, saved: usize, yStride: usize, x: usize, xStride: usize, w: usize, dx: usize, dw: usize, db: usize,
  rows: i32, inputs: i32, outputs: i32, activation: i32, scratch: usize,
): void {
  const inBytes = <usize>inputs << 2;
  memory.fill(dw, 0, <usize>outputs * inBytes);
  if (db) memory.fill(db, 0, <usize>outputs << 2);
  if (dx) packRows(w, inBytes, outputs, inputs, scratch);
  const step = blockRows(inputs, outputs);
  const block = scratch + packedBytes(outputs, inputs);
  const packed = block + <usize>step * blockStride(outputs);
  for (let first = 0; first < rows; first += step) {
    const count = min(step, rows - first);
    const outOffset = <usize>first * yStride;
    let dz = dy + outOffset;
    let dzStride = yStride;
    if (activation) {
      dzStride = blockStride(outputs);
      differentiate(dz, saved + outOffset, yStride, block, dzStride, count, outputs, activation);
      dz = block;
    }
    const xOffset = <usize>first * xStride;
    if (dx) multiply(dz, dzStride, count, scratch, outputs, inputs, 0, dx + xOffset, xStride);
    multiplyTransposed(dz, dzStride, count, outputs, x + xOffset, xStride, inputs, dw, inBytes, packed);
    if (db) addColumns(dz, dzStride, count, outputs, db);
  }
}

/** to = dy * activation'(.), rows [count, outputs] at another stride. */
function differentiate(
  dy: usize, saved: usize, stride: usize, to: usize, toStride: usize, count: i32, outputs: i32, activation: i32,
): void {
  const whole = outputs & ~3;
  const left = outputs - whole;
  for (let r = 0; r < count; r++) {
    for (let i = 0; i < whole; i += 4) {
      const at = <usize>i << 2;
      v128.store(to + at, scaled(v128.load(dy + at), v128.load(saved + at), activation));
    }
    if (left) {
      const at = <usize>whole << 2;
      storePart(to + at, scaled(loadPart(dy + at, left), loadPart(saved + at, left), activation), left);
    }
    dy += stride;
    saved += stride;
    to += toStride;
  }
}

@inline
function scaled(dy: v128, saved: v128, activation: i32): v128 {
  return activation == 2 ? f32x4.mul(dy, saved) : v128.and(dy, f32x4.gt(saved, splat(0)));
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
