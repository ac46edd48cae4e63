// Projection on the dual cone {d : g_i . d >= 0 for every task}, computed from the Gram matrix.
import { at, isPositiveDefinite, solve, subMatrix, times } from './dense.ts';

/**
 * argmin of v^T G v over v >= lower: J^T v is the projection of J^T lower on the dual cone of the gradients.
 *
 * With v = lower + z this is a problem of non-negative least squares; solved by the active sets of Lawson and Hanson (1974) in the
 * form of Bro and De Jong (1997), which needs G alone. A zero gradient never becomes active.
 * @param gram - [n, n]
 * @param lower - [n], not negative
 * @returns [n]
 */
export function projectOnDualCone(
  gram: ArrayLike<number>,
  n: number,
  lower: ArrayLike<number>,
): Float64Array {
  // Scaled to a unit diagonal, so that one tolerance suits short and long gradients: z_i is measured in units of 1 / |g_i|.
  const scale = Float64Array.from({ length: n }, (_, i) => {
    const square = at(gram, n, i, i);
    return square > 0 ? 1 / Math.sqrt(square) : 0;
  });
  const c = Float64Array.from(
    { length: n * n },
    (_, k) => (gram[k] as number) * (scale[Math.floor(k / n)] as number) * (scale[k % n] as number),
  );
  const b = times(gram, lower).map((v, i) => -v * (scale[i] as number)); // minus u_i . (J^T lower)
  let size = 0;
  for (let i = 0; i < n; i++) size += (lower[i] as number) * Math.sqrt(Math.max(at(gram, n, i, i), 0));
  const tolerance = 1e-14 * size;
  const z = new Float64Array(n);
  let passive: number[] = [];
  const barred = new Set<number>();
  for (let round = 0; round < 20 * n + 50; round++) {
    const slope = times(c, z).map((v, i) => (b[i] as number) - v);
    let entering = -1;
    for (let i = 0; i < n; i++) {
      if (passive.includes(i) || barred.has(i) || scale[i] === 0) continue;
      if ((slope[i] as number) > Math.max(tolerance, entering < 0 ? 0 : (slope[entering] as number)))
        entering = i;
    }
    if (entering < 0) break;
    passive.push(entering);
    let moved = false;
    while (passive.length > 0) {
      const m = passive.length;
      const active = subMatrix(c, n, passive);
      // Rounding gives dependent gradients pivots near 0, and with them solutions of any size.
      const target = isPositiveDefinite(active, m)
        ? solve(
            active,
            passive.map((i) => b[i] as number),
          )
        : null;
      // A gradient that depends on the active ones adds nothing; neither does one that was admitted only by rounding.
      if (!target?.every(Number.isFinite) || (!moved && (target[m - 1] as number) <= 0)) {
        passive = passive.filter((i) => i !== entering);
        barred.add(entering);
        break;
      }
      if (target.every((v) => v > 0)) {
        passive.forEach((i, k) => {
          z[i] = target[k] as number;
        });
        barred.clear();
        break;
      }
      moved = true;
      let step = 1;
      passive.forEach((i, k) => {
        const [from, to] = [z[i] as number, target[k] as number];
        if (to <= 0) step = Math.min(step, from / (from - to));
      });
      passive.forEach((i, k) => {
        z[i] = (z[i] as number) + step * ((target[k] as number) - (z[i] as number));
      });
      passive = passive.filter((i) => (z[i] as number) > 1e-15 * size);
      for (let i = 0; i < n; i++) if (!passive.includes(i)) z[i] = 0;
    }
  }
  return Float64Array.from(lower, (v, i) => v + (z[i] as number) * (scale[i] as number));
}
