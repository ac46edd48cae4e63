// The shortest convex combination of gradients, computed from their Gram matrix alone.
import { at, isPositiveDefinite, solve, subMatrix, times } from './dense.ts';

/**
 * argmin of w^T G w over w >= 0, sum w = 1.
 * The algorithm of Wolfe (1976, "Finding the nearest point in a polytope"): it is exact after finitely many steps and needs no
 * step size. It keeps a set of affinely independent gradients and projects 0 on their affine hull. A gradient enters the set
 * when that brings the hull nearer to 0; gradients whose weight would become negative leave it.
 * @param gram - [n, n], positive semi-definite up to rounding
 * @returns [n]; one of several solutions when there is more than one
 */
export function minNormWeights(gram: ArrayLike<number>, n: number): Float64Array {
  const w = new Float64Array(n);
  let first = 0;
  let largest = 0;
  for (let i = 0; i < n; i++) {
    if (at(gram, n, i, i) < at(gram, n, first, first)) first = i;
    largest = Math.max(largest, at(gram, n, i, i));
  }
  w[first] = 1;
  let corral = [first];
  const barred = new Set<number>();
  for (let round = 0; round < 20 * n + 50; round++) {
    const product = times(gram, w); // g_i . d
    const square = product.reduce((sum, v, i) => sum + v * (w[i] as number), 0);
    let entering = -1;
    for (let i = 0; i < n; i++) {
      if (barred.has(i)) continue;
      if (entering < 0 || (product[i] as number) < (product[entering] as number)) entering = i;
    }
    if (entering < 0) break;
    // Optimal when every gradient reaches at least as far along d as d itself, up to rounding in the products.
    const size = Math.sqrt(largest * Math.max(square, at(gram, n, entering, entering)));
    if (square - (product[entering] as number) <= 4e-15 * size || corral.includes(entering)) break;
    corral.push(entering);
    while (corral.length > 0) {
      const affine = affineMinimum(gram, n, corral);
      if (!affine) {
        // It lies in the affine hull already and would add nothing; another one may.
        corral = corral.filter((i) => i !== entering || (w[i] as number) > 0);
        barred.add(entering);
        break;
      }
      barred.clear();
      if (affine.every((v) => v > 0)) {
        w.fill(0);
        corral.forEach((i, k) => {
          w[i] = affine[k] as number;
        });
        break;
      }
      // Move towards the affine minimum as far as the weights allow. At least one weight becomes 0, and its gradient leaves the
      // set.
      let step = 1;
      corral.forEach((i, k) => {
        const [from, to] = [w[i] as number, affine[k] as number];
        if (to <= 0) step = Math.min(step, from / (from - to));
      });
      let smallest = corral[0] as number;
      corral.forEach((i, k) => {
        w[i] = (1 - step) * (w[i] as number) + step * (affine[k] as number);
        if ((w[i] as number) < (w[smallest] as number)) smallest = i;
      });
      w[smallest] = 0;
      corral = corral.filter((i) => (w[i] as number) > 1e-15);
      for (let i = 0; i < n; i++) if (!corral.includes(i)) w[i] = 0;
    }
  }
  const sum = w.reduce((a, b) => a + b, 0);
  return w.map((v) => v / sum);
}

/**
 * argmin of the squared length over the affine hull, with weights that sum to 1; null where the gradients are affinely
 * dependent.
 */
function affineMinimum(gram: ArrayLike<number>, n: number, corral: readonly number[]): Float64Array | null {
  const m = corral.length;
  if (m === 1) return Float64Array.of(1);
  const g = subMatrix(gram, n, corral);
  // Differences from the first gradient: [m - 1, m - 1], positive definite where the gradients are affinely independent.
  const origin = g[0] as number;
  const k = m - 1;
  const differences = Float64Array.from({ length: k * k }, (_, e) => {
    const [i, j] = [Math.floor(e / k) + 1, (e % k) + 1];
    return at(g, m, i, j) - at(g, m, 0, i) - at(g, m, 0, j) + origin;
  });
  const right = Float64Array.from({ length: k }, (_, i) => origin - at(g, m, 0, i + 1));
  // Scaled to a unit diagonal, so that short and long gradients are solved equally precisely.
  const scale = Array.from({ length: k }, (_, i) => 1 / Math.sqrt(at(differences, k, i, i)));
  if (!scale.every(Number.isFinite)) return null;
  const scaled = differences.map(
    (v, e) => v * (scale[Math.floor(e / k)] as number) * (scale[e % k] as number),
  );
  if (!isPositiveDefinite(scaled, k)) return null;
  const solution = solve(
    scaled,
    right.map((v, i) => v * (scale[i] as number)),
  );
  if (!solution) return null;
  const weights = solution.map((v, i) => v * (scale[i] as number));
  return Float64Array.of(1 - weights.reduce((a, b) => a + b, 0), ...weights);
}
