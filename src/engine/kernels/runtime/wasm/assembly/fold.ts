// The vectors of numeric tokens folded into the layer that reads them, and the gradient. See kernels/ops/tokenLinear.
import { lanes, multiplyAdd, splat, storePart, sumLanes } from './math';

/** weight [outputs, n * width], bias [outputs], token weights and biases [n, width] -> folded [outputs, n], foldedBias [outputs]. */
export function foldForward(
  weight: usize, bias: usize, tokenWeight: usize, tokenBias: usize, folded: usize, foldedBias: usize,
  outputs: i32, n: i32, width: i32,
): void {
  for (let o = 0; o < outputs; o++, bias += 4, foldedBias += 4) {
    let shift = splat(0);
    let at: usize = 0;
    for (let i = 0; i < n; i++, folded += 4) {
      let sum = splat(0);
      for (let j = 0; j < width; j += 4) {
        const count = width - j;
        const w = lanes(weight, count);
        sum = multiplyAdd(w, lanes(tokenWeight + at, count), sum);
        shift = multiplyAdd(w, lanes(tokenBias + at, count), shift);
        const step = <usize>min(4, count) << 2;
        weight += step;
        at += step;
      }
      store<f32>(folded, sumLanes(sum));
    }
    store<f32>(foldedBias, load<f32>(bias) + sumLanes(shift));
  }
}

/** Outputs whose sums are collected before they join the total, which keeps long sums accurate. */
const BLOCK: i32 = 64;

/**
 * dfolded [outputs, n], dbias [outputs] -> dweight [outputs, n * width], dtokenWeight and dtokenBias [n, width]. scratch:
 * 2 * n * width floats.
 */
export function foldBackward(
  dfolded: usize, dbias: usize, weight: usize, tokenWeight: usize, tokenBias: usize, dweight: usize,
  dtokenWeight: usize, dtokenBias: usize, outputs: i32, n: i32, width: i32, scratch: usize,
): void {
  const bytes = <usize>(n * width) << 2;
  const biases = scratch + bytes;
  memory.fill(dtokenWeight, 0, bytes);
  memory.fill(dtokenBias, 0, bytes);
  for (let first = 0; first < outputs; first += BLOCK) {
    memory.fill(scratch, 0, 2 * bytes);
    const end = min(outputs, first + BLOCK);
    for (let o = first; o < end; o++, dbias += 4) {
      const shared = v128.load32_splat(dbias);
      let at: usize = 0;
      for (let i = 0; i < n; i++, dfolded += 4) {
        const own = v128.load32_splat(dfolded);
        for (let j = 0; j < width; j += 4) {
          const count = width - j;
          const w = lanes(weight, count);
          const d = multiplyAdd(own, lanes(tokenWeight + at, count), f32x4.mul(shared, lanes(tokenBias + at, count)));
          storePart(dweight, d, count);
          storePart(scratch + at, multiplyAdd(own, w, lanes(scratch + at, count)), count);
          storePart(biases + at, multiplyAdd(shared, w, lanes(biases + at, count)), count);
          const step = <usize>min(4, count) << 2;
          weight += step;
          dweight += step;
          at += step;
        }
      }
    }
    for (let at: usize = 0; at < bytes; at += 4) {
      store<f32>(dtokenWeight + at, load<f32>(dtokenWeight + at) + load<f32>(scratch + at));
      store<f32>(dtokenBias + at, load<f32>(dtokenBias + at) + load<f32>(biases + at));
    }
  }
}
