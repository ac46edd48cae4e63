// The inner problem of CAGrad.
import { squaredLength } from './dense.ts';
import { minNormWeights } from './minNorm.ts';

/** A squared length below this share of that of its parts cannot be told from 0. */
const ROUNDING = 1e-14;
/** How much smaller the s is that is tried next while the root lies below. */
const NARROWED = 16;

/**
 * argmin over the simplex of g_w . g_0 + radius |g_w|, where g_w = J^T w and g_0 = J^T mean.
 * Since |g_w| = min over s > 0 of (|g_w|^2 / s + s) / 2, the weights are those of a shortest convex combination of g_i + (s /
 * radius) g_0, for the s that equals |g_w|. That s is the root of an increasing function, found by the Illinois method.
 * @param gram - [n, n]
 * @param towards - g_i . g_0, [n]
 * @param square - |g_0|^2
 * @param radius - c |g_0|
 * @returns [n]; null where g_w vanishes and so has no direction: for radius < |g_0| only where g_0 is 0, or up to rounding
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
    const length = squaredLength(gram, weights);
    const parts = weights.reduce(
      (sum, w, i) => sum + w * Math.sqrt(Math.max(gram[i * n + i] as number, 0)),
      0,
    );
    return { weights, excess: s - Math.sqrt(length), isRounding: length <= ROUNDING * parts * parts };
  };
  let high = longest * (1 + 1e-9);
  let above = at(high);
  // From above, because near 0 the length of g_w is rounding of what cancels in it.
  let low = high / NARROWED;
  let below = at(low);
  while (below.excess >= 0) {
    if (below.isRounding || !(low > 0)) return null;
    [high, above] = [low, below];
    low /= NARROWED;
    below = at(low);
  }
  let [lowValue, highValue] = [below.excess, above.excess];
  let side = 0;
  for (let round = 0; round < 200 && high - low > 1e-15 * high; round++) {
    const width = highValue - lowValue;
    let s = width > 0 ? high - (highValue * (high - low)) / width : (low + high) / 2;
    if (!(s > low && s < high)) s = (low + high) / 2;
    const found = at(s);
    if (found.isRounding) return null;
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
