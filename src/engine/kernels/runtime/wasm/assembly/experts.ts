// Gates over experts, and groups of columns taken and put back. `gates` is a list of 32-bit integers: per gate the number
// of its experts, then one entry per expert, its index, with bit 30 set where it gets no gradient through this gate.
import { constants, expNonPositive, lanes, splat, storePart, sumLanes } from './math';

const DETACHED: i32 = 1 << 30;

/** to [width] += factor * from [width] */
@inline
function addScaled(to: usize, from: usize, factor: f32, width: i32): void {
  const f = splat(factor);
  for (let j = 0; j < width; j += 4) {
    const at = <usize>j << 2;
    const count = width - j;
    storePart(to + at, f32x4.add(lanes(to + at, count), f32x4.mul(f, lanes(from + at, count))), count);
  }
}

@inline
function dot(a: usize, b: usize, width: i32): f32 {
  let sum = splat(0);
  for (let j = 0; j < width; j += 4) {
    const at = <usize>j << 2;
    const count = width - j;
    sum = f32x4.add(sum, f32x4.mul(lanes(a + at, count), lanes(b + at, count)));
  }
  return sumLanes(sum);
}

/** logits [rows, total], experts [rows, numExperts * width] -> mixed [rows, numGates * width], weights [rows, total]. */
export function mixExpertsForward(
  logits: usize, experts: usize, mixed: usize, weights: usize, gates: usize, rows: i32, numGates: i32, numExperts: i32,
  width: i32,
): void {
  const c = constants;
  const widthBytes = <usize>width << 2;
  memory.fill(mixed, 0, <usize>rows * <usize>numGates * widthBytes);
  for (let r = 0; r < rows; r++) {
    let list = gates;
    for (let g = 0; g < numGates; g++) {
      const size = load<i32>(list);
      list += 4;
      let highest: f32 = -Infinity;
      for (let k = 0; k < size; k++) highest = max<f32>(highest, load<f32>(logits + (<usize>k << 2)));
      let total: f32 = 0;
      for (let k = 0; k < size; k += 4) {
        const at = <usize>k << 2;
        const count = min(4, size - k);
        storePart(weights + at, expNonPositive(f32x4.sub(lanes(logits + at, count), splat(highest)), c), count);
        for (let i = 0; i < count; i++) total += load<f32>(weights + at + (<usize>i << 2));
      }
      for (let k = 0; k < size; k++) {
        const at = <usize>k << 2;
        const weight = load<f32>(weights + at) / total;
        store<f32>(weights + at, weight);
        const expert = <usize>(load<i32>(list + at) & ~DETACHED);
        addScaled(mixed, experts + expert * widthBytes, weight, width);
      }
      const step = <usize>size << 2;
      list += step;
      logits += step;
      weights += step;
      mixed += widthBytes;
    }
    experts += <usize>numExperts * widthBytes;
  }
}

/** dmixed [rows, numGates * width] -> dlogits [rows, total], dexperts [rows, numExperts * width]. */
export function mixExpertsBackward(
  dmixed: usize, experts: usize, weights: usize, dlogits: usize, dexperts: usize, gates: usize, rows: i32, numGates: i32,
  numExperts: i32, width: i32,
): void {
  const widthBytes = <usize>width << 2;
  const expertBytes = <usize>numExperts * widthBytes;
  memory.fill(dexperts, 0, <usize>rows * expertBytes);
  for (let r = 0; r < rows; r++) {
    let list = gates;
    for (let g = 0; g < numGates; g++) {
      const size = load<i32>(list);
      list += 4;
      let total: f32 = 0;
      for (let k = 0; k < size; k++) {
        const at = <usize>k << 2;
        const entry = load<i32>(list + at);
        const expert = <usize>(entry & ~DETACHED) * widthBytes;
        const weight = load<f32>(weights + at);
        const slope = weight * dot(dmixed, experts + expert, width);
        store<f32>(dlogits + at, slope);
        total += slope;
        if (!(entry & DETACHED)) addScaled(dexperts + expert, dmixed, weight, width);
      }
      for (let k = 0; k < size; k++) {
        const at = <usize>k << 2;
        store<f32>(dlogits + at, load<f32>(dlogits + at) - load<f32>(weights + at) * total);
      }
      const step = <usize>size << 2;
      list += step;
      weights += step;
      dlogits += step;
      dmixed += widthBytes;
    }
    experts += expertBytes;
    dexperts += expertBytes;
  }
}

/** x [rows, total * width] -> y [rows, count * width], the groups of columns whose numbers `slots` lists. */
export function takeSlots(x: usize, y: usize, slots: usize, rows: i32, count: i32, total: i32, width: i32): void {
  const bytes = <usize>width << 2;
  for (let r = 0; r < rows; r++) {
    for (let s = 0; s < count; s++) {
      memory.copy(y, x + <usize>load<i32>(slots + (<usize>s << 2)) * bytes, bytes);
      y += bytes;
    }
    x += <usize>total * bytes;
  }
}

/** The gradient: dx [rows, total * width] = sums of the groups of dy [rows, count * width]. */
export function putSlots(dy: usize, dx: usize, slots: usize, rows: i32, count: i32, total: i32, width: i32): void {
  const bytes = <usize>width << 2;
  memory.fill(dx, 0, <usize>rows * <usize>total * bytes);
  for (let r = 0; r < rows; r++) {
    for (let s = 0; s < count; s++) {
      addScaled(dx + <usize>load<i32>(slots + (<usize>s << 2)) * bytes, dy, 1, width);
      dy += bytes;
    }
    dx += <usize>total * bytes;
  }
}
