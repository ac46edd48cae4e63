// Work on single elements: the optimizer's update, sums of squares and products, dropout.
import { dropFactor, loadPart, multiplyAdd, splat, storePart, sumLanes } from './math';

/** One AdamW step in place; `rate` = learning rate / (1 - beta1^t), `correction2` = 1 / (1 - beta2^t). */
export function adamw(
  values: usize, gradients: usize, first: usize, second: usize, size: i32, beta1: f32, beta2: f32, rest1: f32,
  rest2: f32, gradientScale: f32, decay: f32, rate: f32, correction2: f32, epsilon: f32,
): void {
  for (let i = 0; i < size; i += 4, values += 16, gradients += 16, first += 16, second += 16) {
    const count = min(4, size - i);
    const whole = count == 4;
    const gradient = f32x4.mul(whole ? v128.load(gradients) : loadPart(gradients, count), splat(gradientScale));
    const oldM = whole ? v128.load(first) : loadPart(first, count);
    const oldV = whole ? v128.load(second) : loadPart(second, count);
    const newM = f32x4.add(f32x4.mul(oldM, splat(beta1)), f32x4.mul(gradient, splat(rest1)));
    const newV = f32x4.add(f32x4.mul(oldV, splat(beta2)), f32x4.mul(f32x4.mul(gradient, gradient), splat(rest2)));
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(newV, splat(correction2))), splat(epsilon));
    const step = f32x4.div(f32x4.mul(newM, splat(rate)), root);
    const old = whole ? v128.load(values) : loadPart(values, count);
    storePart(first, newM, count);
    storePart(second, newV, count);
    storePart(values, f32x4.sub(f32x4.mul(old, splat(decay)), step), count);
  }
}

/** Sum of squares, collected in float64. */
export function sumOfSquares(x: usize, size: i32): f64 {
  let total = f64x2.splat(0);
  let i = 0;
  for (; i + 4 <= size; i += 4, x += 16) {
    const v = v128.load(x);
    const low = f64x2.promote_low_f32x4(v);
    const high = f64x2.promote_low_f32x4(i32x4.shuffle(v, v, 2, 3, 0, 1));
    total = f64x2.add(total, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)));
  }
  let sum = f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1);
  for (; i < size; i++, x += 4) {
    const value = <f64>load<f32>(x);
    sum += value * value;
  }
  return sum;
}

/** Floats of each row that stay in the cache while all pairs of rows meet; what is summed in float32 before float64. */
const BLOCK: i32 = 2048;

/**
 * Adds the inner products of `count` rows to the lower triangle of `sums` (float64, count x count): of `size` floats of each from `start`
 * on. `rows`: their addresses, one after another.
 */
export function innerProducts(rows: usize, count: i32, start: i32, size: i32, sums: usize): void {
  for (let from = 0; from < size; from += BLOCK) {
    const length = min(BLOCK, size - from);
    const offset = <usize>(start + from) * 4;
    for (let i = 0; i < count; i += 2) {
      const nextI = min(i + 1, count - 1);
      for (let j = 0; j <= i; j += 2) {
        const nextJ = min(j + 1, count - 1);
        let a0 = <usize>load<u32>(rows + i * 4) + offset;
        let a1 = <usize>load<u32>(rows + nextI * 4) + offset;
        let b0 = <usize>load<u32>(rows + j * 4) + offset;
        let b1 = <usize>load<u32>(rows + nextJ * 4) + offset;
        let s00 = splat(0);
        let s01 = splat(0);
        let s10 = splat(0);
        let s11 = splat(0);
        for (let k = 0; k < length; k += 4, a0 += 16, a1 += 16, b0 += 16, b1 += 16) {
          const rest = length - k;
          const whole = rest >= 4;
          const x0 = whole ? v128.load(a0) : loadPart(a0, rest);
          const x1 = whole ? v128.load(a1) : loadPart(a1, rest);
          const y0 = whole ? v128.load(b0) : loadPart(b0, rest);
          const y1 = whole ? v128.load(b1) : loadPart(b1, rest);
          s00 = multiplyAdd(x0, y0, s00);
          s01 = multiplyAdd(x0, y1, s01);
          s10 = multiplyAdd(x1, y0, s10);
          s11 = multiplyAdd(x1, y1, s11);
        }
        addTo(sums, count, i, j, s00);
        if (nextJ > j) addTo(sums, count, i, nextJ, s01);
        if (nextI > i) addTo(sums, count, nextI, j, s10);
        if (nextI > i && nextJ > j) addTo(sums, count, nextI, nextJ, s11);
      }
    }
  }
}

@inline
function addTo(sums: usize, count: i32, row: i32, column: i32, value: v128): void {
  const at = sums + <usize>(row * count + column) * 8;
  store<f64>(at, load<f64>(at) + <f64>sumLanes(value));
}

/** y = x / (1 - rate) where the hash of (key, index) is at or above the threshold, else 0. */
export function dropout(x: usize, y: usize, size: i32, key: i32, threshold: u32, kept: f32): void {
  let index = i32x4(0, 1, 2, 3);
  for (let i = 0; i < size; i += 4, x += 16, y += 16) {
    const count = size - i;
    const value = count >= 4 ? v128.load(x) : loadPart(x, count);
    storePart(y, f32x4.mul(value, dropFactor(index, key, threshold, kept)), count);
    index = i32x4.add(index, i32x4.splat(4));
  }
}
