// Batch norm over the rows with an optional ReLU, forward and backward. Sums are collected over 64 rows before they join
// the total, which keeps them accurate; all loops run along the rows in memory.
import { lanes, splat, storePart } from './math';

/** total [width] += block [width]; block = 0. */
function collect(total: usize, block: usize, width: i32): void {
  for (let j = 0; j < width; j += 4) {
    const at = <usize>j << 2;
    const count = width - j;
    storePart(total + at, f32x4.add(lanes(total + at, count), lanes(block + at, count)), count);
    storePart(block + at, splat(0), count);
  }
}

/** x [rows, width] -> y, and mean and biased variance per column. scratch: width floats. */
export function batchNormForward(
  x: usize, scale: usize, offset: usize, y: usize, mean: usize, variance: usize, rows: i32, width: i32, epsilon: f32,
  relu: i32, scratch: usize,
): void {
  const bytes = <usize>width << 2;
  memory.fill(scratch, 0, bytes);
  memory.fill(mean, 0, bytes);
  memory.fill(variance, 0, bytes);
  const share = splat(1 / <f32>rows);
  let row = x;
  for (let r = 1; r <= rows; r++, row += bytes) {
    for (let j = 0; j < width; j += 4) {
      const at = <usize>j << 2;
      const count = width - j;
      storePart(scratch + at, f32x4.add(lanes(scratch + at, count), lanes(row + at, count)), count);
    }
    if ((r & 63) == 0 || r == rows) collect(mean, scratch, width);
  }
  for (let j = 0; j < width; j += 4) {
    const at = <usize>j << 2;
    const count = width - j;
    storePart(mean + at, f32x4.mul(lanes(mean + at, count), share), count);
  }
  row = x;
  for (let r = 1; r <= rows; r++, row += bytes) {
    for (let j = 0; j < width; j += 4) {
      const at = <usize>j << 2;
      const count = width - j;
      const d = f32x4.sub(lanes(row + at, count), lanes(mean + at, count));
      storePart(scratch + at, f32x4.add(lanes(scratch + at, count), f32x4.mul(d, d)), count);
    }
    if ((r & 63) == 0 || r == rows) collect(variance, scratch, width);
  }
  // From here on scratch holds scale / standard deviation.
  for (let j = 0; j < width; j += 4) {
    const at = <usize>j << 2;
    const count = width - j;
    const v = f32x4.mul(lanes(variance + at, count), share);
    storePart(variance + at, v, count);
    const root = f32x4.sqrt(f32x4.add(v, splat(epsilon)));
    storePart(scratch + at, f32x4.div(lanes(scale + at, count), root), count);
  }
  const least = relu ? splat(0) : splat(-Infinity);
  row = x;
  for (let r = 0; r < rows; r++, row += bytes, y += bytes) {
    for (let j = 0; j < width; j += 4) {
      const at = <usize>j << 2;
      const count = width - j;
      const d = f32x4.sub(lanes(row + at, count), lanes(mean + at, count));
      const value = f32x4.add(f32x4.mul(d, lanes(scratch + at, count)), lanes(offset + at, count));
      storePart(y + at, f32x4.pmax(value, least), count);
    }
  }
}

/** Writes dx [rows, width], dscale and doffset [width]. scratch: 3 * width floats. */
export function batchNormBackward(
  dy: usize, x: usize, scale: usize, y: usize, mean: usize, variance: usize, dx: usize, dscale: usize, doffset: usize,
  rows: i32, width: i32, epsilon: f32, relu: i32, scratch: usize,
): void {
  const bytes = <usize>width << 2;
  const inverse = scratch;
  const products = scratch + bytes;
  const sums = products + bytes;
  memory.fill(products, 0, 2 * bytes);
  memory.fill(dscale, 0, bytes);
  memory.fill(doffset, 0, bytes);
  const share = splat(1 / <f32>rows);
  for (let j = 0; j < width; j += 4) {
    const at = <usize>j << 2;
    const count = width - j;
    const root = f32x4.sqrt(f32x4.add(lanes(variance + at, count), splat(epsilon)));
    storePart(inverse + at, f32x4.div(splat(1), root), count);
  }
  let offsetInBatch: usize = 0;
  for (let r = 1; r <= rows; r++, offsetInBatch += bytes) {
    for (let j = 0; j < width; j += 4) {
      const at = <usize>j << 2;
      const count = width - j;
      const dz = gradient(dy + offsetInBatch + at, y + offsetInBatch + at, count, relu);
      const d = f32x4.sub(lanes(x + offsetInBatch + at, count), lanes(mean + at, count));
      storePart(products + at, f32x4.add(lanes(products + at, count), f32x4.mul(dz, d)), count);
      storePart(sums + at, f32x4.add(lanes(sums + at, count), dz), count);
    }
    if ((r & 63) == 0 || r == rows) {
      collect(dscale, products, width);
      collect(doffset, sums, width);
    }
  }
  for (let j = 0; j < width; j += 4) {
    const at = <usize>j << 2;
    const count = width - j;
    storePart(dscale + at, f32x4.mul(lanes(dscale + at, count), lanes(inverse + at, count)), count);
  }
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < width; j += 4) {
      const at = <usize>j << 2;
      const count = width - j;
      const factor = lanes(inverse + at, count);
      const dz = gradient(dy + at, y + at, count, relu);
      const normed = f32x4.mul(f32x4.sub(lanes(x + at, count), lanes(mean + at, count)), factor);
      const mixed = f32x4.add(f32x4.mul(normed, lanes(dscale + at, count)), lanes(doffset + at, count));
      const d = f32x4.sub(dz, f32x4.mul(mixed, share));
      storePart(dx + at, f32x4.mul(d, f32x4.mul(lanes(scale + at, count), factor)), count);
    }
    dy += bytes;
    x += bytes;
    y += bytes;
    dx += bytes;
  }
}

@inline
function gradient(dy: usize, y: usize, count: i32, relu: i32): v128 {
  const value = lanes(dy, count);
  return relu ? v128.and(value, f32x4.gt(lanes(y, count), splat(0))) : value;
}
