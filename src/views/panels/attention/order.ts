// The order of the rows of a batch on maps between rows: as in the batch, by a feature or a label, or clustered by which rows
// they read.
import type { AttentionMap, RowFact } from '../../../engine/protocol/attention.ts';
import type { RowOrder } from '../../../store/view.ts';

/** Maximum number of rows for clustering, whose time and memory are quadratic. */
export const MAX_CLUSTERED = 256;

export const factKey = ({ kind, column }: Pick<RowFact, 'kind' | 'column'>): RowOrder => `${kind}:${column}`;

/** Positions in the requested order; null for the order of the batch. Ties keep their order; missing values come last. */
export function orderOf(
  map: AttentionMap,
  facts: readonly RowFact[],
  order: RowOrder,
): readonly number[] | null {
  if (map.kind !== 'row' || order === 'index') return null;
  if (order === 'cluster') {
    return map.queries.length <= MAX_CLUSTERED ? clusterOrder(map.weights, map.queries.length) : null;
  }
  const values = facts.find((fact) => factKey(fact) === order)?.values;
  if (!values || values.length !== map.queries.length) return null;
  const rank = (i: number) => {
    const value = values[i] ?? Number.NaN;
    return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
  };
  return Array.from(values.keys()).sort((a, b) => (rank(a) === rank(b) ? a - b : rank(a) < rank(b) ? -1 : 1));
}

/** The map with queries and keys permuted alike. */
export function permuteMap(map: AttentionMap, order: readonly number[] | null): AttentionMap {
  if (!order) return map;
  const size = order.length;
  const move = <T extends Float32Array | Uint8Array>(values: T, into: T): T => {
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++)
        into[i * size + j] = values[(order[i] as number) * size + (order[j] as number)] as number;
    return into;
  };
  const pick = (labels: AttentionMap['keys']) => order.map((i) => labels[i] as (typeof labels)[number]);
  return {
    ...map,
    queries: pick(map.queries),
    keys: pick(map.keys),
    weights: move(map.weights, new Float32Array(map.weights.length)),
    scores: move(map.scores, new Float32Array(map.scores.length)),
    valueWeights: move(map.valueWeights, new Float32Array(map.valueWeights.length)),
    blocked: map.blocked && move(map.blocked, new Uint8Array(map.blocked.length)),
  };
}

/**
 * Leaves of an average-linkage tree (UPGMA) over the rows of weights, by their L1 distance: rows with similar weights are
 * adjacent. Nearest-neighbour chain (Murtagh 1983), so that the time is quadratic in the rows.
 * @param weights - row-major [size, size]
 */
export function clusterOrder(weights: Float32Array, size: number): number[] {
  const distance = new Float64Array(size * size);
  for (let a = 0; a < size; a++)
    for (let b = 0; b < a; b++) {
      let sum = 0;
      for (let k = 0; k < size; k++)
        sum += Math.abs((weights[a * size + k] as number) - (weights[b * size + k] as number));
      distance[a * size + b] = sum;
      distance[b * size + a] = sum;
    }
  const members: (number[] | null)[] = Array.from({ length: size }, (_, i) => [i]);
  const nearest = (from: number, before: number): number => {
    let best = before;
    for (let k = 0; k < size; k++) {
      if (k === from || !members[k]) continue;
      // The previous element wins ties, or the chain would never end.
      if (best < 0 || (distance[from * size + k] as number) < (distance[from * size + best] as number))
        best = k;
    }
    return best;
  };
  const chain: number[] = [];
  for (let left = size; left > 1; ) {
    if (chain.length === 0) chain.push(members.findIndex((m) => m !== null));
    const end = chain.at(-1) as number;
    const before = chain.at(-2) ?? -1;
    const next = nearest(end, before);
    if (next !== before) {
      chain.push(next);
      continue;
    }
    chain.length -= 2;
    const [a, b] = [members[before] as number[], members[end] as number[]];
    for (let k = 0; k < size; k++) {
      const mean =
        (a.length * (distance[before * size + k] as number) +
          b.length * (distance[end * size + k] as number)) /
        (a.length + b.length);
      distance[before * size + k] = mean;
      distance[k * size + before] = mean;
    }
    members[before] = (a[0] as number) < (b[0] as number) ? [...a, ...b] : [...b, ...a];
    members[end] = null;
    left--;
  }
  return members.find((m) => m !== null) ?? [];
}
