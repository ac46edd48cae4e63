// Layer norm over the last axis, forward and backward.
import { loadPart, splat, storePart, sumLanes } from './math';

/** x [rows, width] -> y, and mean and 1 / standard deviation per row. */
export function layerNormForward(
  x: usize, scale: usize, offset: usize, y: usize, mean: usize, inverse: usize, rows: i32, width: i32, epsilon: f32,
): void {
  const bytes = <usize>width << 2;
  const whole = bytes & ~15;
  const left = width & 3;
  const share: f32 = 1 / <f32>width;
  for (let r = 0; r < rows; r++) {
    let total = left ? loadPart(x + whole, left) : splat(0);
    for (let j: usize = 0; j < whole; j += 16) total = f32x4.add(total, v128.load(x + j));
    const centre = sumLanes(total) * share;
    const middle = splat(centre);
    total = splat(0);
    for (let j: usize = 0; j < whole; j += 16) {
      const d = f32x4.sub(v128.load(x + j), middle);
      total = f32x4.add(total, f32x4.mul(d, d));
    }
    let squares = sumLanes(total);
    for (let j = whole; j < bytes; j += 4) {
      const d = load<f32>(x + j) - centre;
      squares += d * d;
    }
    const factor: f32 = 1 / sqrt<f32>(squares * share + epsilon);
    const factors = splat(factor);
    for (let j: usize = 0; j < whole; j += 16) {
      const d = f32x4.mul(f32x4.sub(v128.load(x + j), middle), factors);
      v128.store(y + j, f32x4.add(f32x4.mul(d, v128.load(scale + j)), v128.load(offset + j)));
    }
    for (let j = whole; j < bytes; j += 4) {
      store<f32>(y + j, (load<f32>(x + j) - centre) * factor * load<f32>(scale + j) + load<f32>(offset + j));
    }
    store<f32>(mean, centre);
    store<f32>(inverse, factor);
    x += bytes;
    y += bytes;
    mean += 4;
    inverse += 4;
  }
}

/**
 * Writes dx [rows, width], dscale and doffset [width]. scratch: 2 * width floats, where sums of 64 rows are collected
 * before they join the total, which keeps long sums accurate.
 */
export function layerNormBackward(
  dy: usize, x: usize, scale: usize, mean: usize, inverse: usize, dx: usize, dscale: usize, doffset: usize,
  rows: i32, width: i32, scratch: usize,
): void {
  const bytes = <usize>width << 2;
  const whole = bytes & ~15;
  const left = width & 3;
  const share = splat(1 / <f32>width);
  const offsets = scratch + bytes;
  memory.fill(dscale, 0, bytes);
  memory.fill(doffset, 0, bytes);
  for (let first = 0; first < rows; first += 64) {
    memory.fill(scratch, 0, 2 * bytes);
    const end = min(rows, first + 64);
    for (let r = first; r < end; r++) {
      const centre = v128.load32_splat(mean);
      const factor = v128.load32_splat(inverse);
      let sum = splat(0);
      let product = splat(0);
      for (let j: usize = 0; j < whole; j += 16) {
        const g = v128.load(dy + j);
        const normed = f32x4.mul(f32x4.sub(v128.load(x + j), centre), factor);
        const weighted = f32x4.mul(g, normed);
        v128.store(scratch + j, f32x4.add(v128.load(scratch + j), weighted));
        v128.store(offsets + j, f32x4.add(v128.load(offsets + j), g));
        const s = v128.load(scale + j);
        sum = f32x4.add(sum, f32x4.mul(g, s));
        product = f32x4.add(product, f32x4.mul(weighted, s));
      }
      if (left) {
        const g = loadPart(dy + whole, left);
        const normed = f32x4.mul(f32x4.sub(loadPart(x + whole, left), centre), factor);
        const weighted = f32x4.mul(g, normed);
        storePart(scratch + whole, f32x4.add(loadPart(scratch + whole, left), weighted), left);
        storePart(offsets + whole, f32x4.add(loadPart(offsets + whole, left), g), left);
        const s = loadPart(scale + whole, left);
        sum = f32x4.add(sum, f32x4.mul(g, s));
        product = f32x4.add(product, f32x4.mul(weighted, s));
      }
      const meanGradient = f32x4.mul(splat(sumLanes(sum)), share);
      const meanProduct = f32x4.mul(splat(sumLanes(product)), share);
      for (let j: usize = 0; j < bytes; j += 16) {
        const count = min<i32>(4, <i32>((bytes - j) >> 2));
        const g = count == 4 ? v128.load(dy + j) : loadPart(dy + j, count);
        const value = count == 4 ? v128.load(x + j) : loadPart(x + j, count);
        const s = count == 4 ? v128.load(scale + j) : loadPart(scale + j, count);
        const normed = f32x4.mul(f32x4.sub(value, centre), factor);
        const d = f32x4.sub(f32x4.sub(f32x4.mul(g, s), meanGradient), f32x4.mul(normed, meanProduct));
        storePart(dx + j, f32x4.mul(d, factor), count);
      }
      dy += bytes;
      x += bytes;
      dx += bytes;
      mean += 4;
      inverse += 4;
    }
    for (let j: usize = 0; j < bytes; j += 4) {
      store<f32>(dscale + j, load<f32>(dscale + j) + load<f32>(scratch + j));
      store<f32>(doffset + j, load<f32>(doffset + j) + load<f32>(offsets + j));
    }
  }
}
