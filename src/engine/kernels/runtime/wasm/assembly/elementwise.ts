// Work on single elements: the optimizer's update, sums of squares, dropout.
import { dropFactor, loadPart, splat, storePart } from './math';

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
