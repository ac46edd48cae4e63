// Gates over experts, and groups of columns taken and put back. `gates` is a list of 32-bit integers: per gate the number
// of its experts, then one entry per expert, its index, with bit 30 set where it gets no gradient through this gate.
import { addScaled, constants, expNonPositive, lanes, splat, storePart, sumLanes } from './math';
import { resultOf, routeStride } from './routing';

const DETACHED: i32 = 1 << 30;

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

/**
 * logits [rows, total], experts -> mixed [rows, numGates * width], weights [rows, total]. With routes, experts whose weight is
 * exactly 0 are not read.
 */
export function mixExpertsForward(
  logits: usize, experts: usize, mixed: usize, weights: usize, gates: usize, routes: usize, rows: i32, numGates: i32,
  numExperts: i32, width: i32,
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
        if (routes && weight == 0) continue;
        const expert = <usize>(load<i32>(list + at) & ~DETACHED);
        const result = resultOf(experts, routes, expert, r, rows, numExperts, widthBytes);
        if (result) addScaled(mixed, result, weight, width);
      }
      const step = <usize>size << 2;
      list += step;
      logits += step;
      weights += step;
      mixed += widthBytes;
    }
  }
}

/** dmixed [rows, numGates * width] -> dlogits [rows, total], dexperts in the layout of experts. */
export function mixExpertsBackward(
  dmixed: usize, experts: usize, weights: usize, dlogits: usize, dexperts: usize, gates: usize, routes: usize, rows: i32,
  numGates: i32, numExperts: i32, width: i32,
): void {
  const widthBytes = <usize>width << 2;
  if (routes) {
    for (let e = 0; e < numExperts; e++) {
      const count = <usize>load<f32>(routes + <usize>e * routeStride(rows));
      memory.fill(dexperts + <usize>e * <usize>rows * widthBytes, 0, count * widthBytes);
    }
  } else {
    memory.fill(dexperts, 0, <usize>rows * <usize>numExperts * widthBytes);
  }
  for (let r = 0; r < rows; r++) {
    let list = gates;
    for (let g = 0; g < numGates; g++) {
      const size = load<i32>(list);
      list += 4;
      let total: f32 = 0;
      for (let k = 0; k < size; k++) {
        const at = <usize>k << 2;
        const weight = load<f32>(weights + at);
        store<f32>(dlogits + at, 0);
        if (routes && weight == 0) continue;
        const entry = load<i32>(list + at);
        const result = resultOf(experts, routes, <usize>(entry & ~DETACHED), r, rows, numExperts, widthBytes);
        if (!result) continue;
        const slope = weight * dot(dmixed, result, width);
        store<f32>(dlogits + at, slope);
        total += slope;
        if (!(entry & DETACHED)) addScaled(dexperts + (result - experts), dmixed, weight, width);
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
