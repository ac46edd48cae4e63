// The inner problem of CAGrad.
import { squaredLength } from './dense.ts';
import { minNormWeights } from './minNorm.ts';

/**
 * argmin over the simplex of g_w . g_0 + radius |g_w|, where g_w = J^T w and g_0 = J^T mean.
 * Since |g_w| = min over s > 0 of (|g_w|^2 / s + s) / 2, the weights are those of a shortest convex combination of g_i + (s /
 * radius) g_0, for the s that equals |g_w|. That s is the root of an increasing function, found by the Illinois method.
 * @param gram - [n, n]
 * @param towards - g_i . g_0, [n]
 * @param square - |g_0|^2
 * @param radius - c |g_0|
 * @returns [n]; null where g_w vanishes and so has no direction
 */
export function conflictAverseWeights(
  gram: ArrayLike<number>,
  towards: ArrayLike<number>,
  square: number,
  radius: number,
): Float64Array | null {
  const n = towards.length;
  let longest = 0;
  for (let i = 0; i < n; i++) longest = Math.max(longest, Math.sqrt(Math.max(gram[i * n + i] as number, 0)));
  if (longest === 0 || !(radius > 0)) return null;
  const at = (s: number) => {
    const shift = s / radius;
    const shifted = Float64Array.from({ length: n * n }, (_, k) => {
      const [i, j] = [Math.floor(k / n), k % n];
      return (
        (gram[k] as number) +
        shift * ((towards[i] as number) + (towards[j] as number)) +
        shift * shift * square
      );
    });
    const weights = minNormWeights(shifted, n);
    return { weights, excess: s - Math.sqrt(squaredLength(gram, weights)) };
  };
  let [low, high] = [longest * 1e-9, longest * (1 + 1e-9)];
  let below = at(low);
  let above = at(high);
  if (below.excess >= 0) return null;
  let [lowValue, highValue] = [below.excess, above.excess];
  let side = 0;
  for (let round = 0; round < 200 && high - low > 1e-15 * high; round++) {
    const width = highValue - lowValue;
    let s = width > 0 ? high - (highValue * (high - low)) / width : (low + high) / 2;
    if (!(s > low && s < high)) s = (low + high) / 2;
    const found = at(s);
    if (found.excess === 0) return found.weights;
    if (found.excess < 0) {
      if (found.excess > -1e-15 * s) return found.weights;
      [low, lowValue, below] = [s, found.excess, found];
      // Illinois: the value at an end that stays in place twice is halved, so that both ends come closer.
      if (side < 0) highValue /= 2;
      side = -1;
    } else {
      if (found.excess < 1e-15 * s) return found.weights;
      [high, highValue, above] = [s, found.excess, found];
      if (side > 0) lowValue /= 2;
      side = 1;
    }
  }
  return -below.excess < above.excess ? below.weights : above.weights;
}
