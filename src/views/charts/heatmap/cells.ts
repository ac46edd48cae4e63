// Maps the values of a heatmap to indices of a colour table (0 to 255), and computes facts about cells of an attention map.
// Matrices are row-major. Plain loops, because `Array.from` with a function takes a second for four million cells.

/** Cells [from, to) of a matrix. */
export interface CellRange {
  from: number;
  to: number;
}

/** 0 to `max` on a square-root scale, so that small weights are distinguishable; NaN maps to 0. */
export function sqrtIndices(
  values: ArrayLike<number>,
  max: number,
  { from, to }: CellRange = { from: 0, to: values.length },
): Uint8Array {
  const indices = new Uint8Array(to - from);
  if (!(max > 0)) return indices;
  for (let i = 0; i < indices.length; i++) {
    const share = (values[from + i] as number) / max;
    // The typed array truncates, so adding one half rounds.
    if (share > 0) indices[i] = share >= 1 ? 255 : 255 * Math.sqrt(share) + 0.5;
  }
  return indices;
}

/** `low` to `high`, linear; values that are not finite map to 0. `low` may be the larger one: then small values are bright. */
export function linearIndices(
  values: ArrayLike<number>,
  low: number,
  high: number,
  { from, to }: CellRange = { from: 0, to: values.length },
): Uint8Array {
  const indices = new Uint8Array(to - from);
  const span = high - low;
  if (!(Math.abs(span) > 0)) return indices;
  for (let i = 0; i < indices.length; i++) {
    const share = ((values[from + i] as number) - low) / span;
    if (share > 0 && share < Number.POSITIVE_INFINITY) indices[i] = share >= 1 ? 255 : 255 * share + 0.5;
  }
  return indices;
}

/** Largest finite value, at least 0. */
export function largest(values: ArrayLike<number>): number {
  let max = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value > max && value < Number.POSITIVE_INFINITY) max = value;
  }
  return max;
}

/**
 * Rank of a key among the keys that its query may read, largest weight first.
 * @param weights - [queries, keys]
 * @param blocked - same shape, 1 = blocked, or null
 * @returns rank from 1 and the number of open keys; rank 0 for a blocked key
 */
export function rankInRow(
  weights: ArrayLike<number>,
  blocked: ArrayLike<number> | null,
  keys: number,
  query: number,
  key: number,
): { rank: number; open: number } {
  const own = weights[query * keys + key] as number;
  let open = 0;
  let larger = 0;
  for (let k = 0; k < keys; k++) {
    const at = query * keys + k;
    if (blocked?.[at]) continue;
    open++;
    if ((weights[at] as number) > own) larger++;
  }
  return { rank: blocked?.[query * keys + key] ? 0 : larger + 1, open };
}

/** Positions of the open keys of a query, largest weight first, at most `limit`. */
export function strongestKeys(
  weights: ArrayLike<number>,
  blocked: ArrayLike<number> | null,
  keys: number,
  query: number,
  limit: number,
): number[] {
  return Array.from({ length: keys }, (_, key) => key)
    .filter((key) => !blocked?.[query * keys + key])
    .sort((a, b) => (weights[query * keys + b] as number) - (weights[query * keys + a] as number))
    .slice(0, limit);
}
