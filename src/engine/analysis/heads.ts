// What whole heads do, from their weights: how sharp each looks and how far apart they are. Computed beside the capture, since
// maps between thousands of rows have millions of cells.
import type { AttentionMap, HeadSummary } from '../protocol.ts';

type Weights = Pick<AttentionMap, 'weights' | 'blocked' | 'queries' | 'keys'>;

/** Mean over the queries of the entropy of their weights, divided by ln(open keys): 0 = one key, 1 = all open keys alike. */
export function headEntropy({ weights, blocked, queries, keys }: Weights): number {
  const width = keys.length;
  let sum = 0;
  for (let query = 0; query < queries.length; query++) {
    let entropy = 0;
    let open = 0;
    for (let at = query * width; at < (query + 1) * width; at++) {
      if (!blocked?.[at]) open++;
      const w = weights[at] as number;
      if (w > 0) entropy -= w * Math.log(w);
    }
    sum += open > 1 ? entropy / Math.log(open) : 0;
  }
  return sum / queries.length;
}

/** Mean over the queries of the total variation distance of two heads' weights: 0 = the same, 1 = no key in common. */
export function headDistance(a: Weights, b: Weights): number {
  if (a.weights.length !== b.weights.length) return Number.NaN;
  let sum = 0;
  for (let i = 0; i < a.weights.length; i++)
    sum += Math.abs((a.weights[i] as number) - (b.weights[i] as number));
  return sum / (2 * a.queries.length);
}

/** Distances within each network; NaN across networks and between maps of different sizes. */
export function summariseHeads(maps: readonly AttentionMap[]): HeadSummary {
  const count = maps.length;
  const distances = new Float32Array(count * count).fill(Number.NaN);
  maps.forEach((a, i) => {
    distances[i * (count + 1)] = 0;
    for (let j = 0; j < i; j++) {
      const b = maps[j] as AttentionMap;
      if (a.network !== b.network) continue;
      const distance = headDistance(a, b);
      distances[i * count + j] = distance;
      distances[j * count + i] = distance;
    }
  });
  return { entropies: Float32Array.from(maps, headEntropy), distances };
}
