// Distances between whole heads, from the displayed weights. Plain numbers, so that the page computes the same.
import type { AttentionMap } from '../protocol/attention.ts';

type Weights = Pick<AttentionMap, 'weights' | 'queries'>;

/** Mean over the queries of the total variation distance between two heads' weights: 0 = equal, 1 = no key in common. */
export function headDistance(a: Weights, b: Weights): number {
  if (a.weights.length !== b.weights.length) return Number.NaN;
  let sum = 0;
  for (let i = 0; i < a.weights.length; i++)
    sum += Math.abs((a.weights[i] as number) - (b.weights[i] as number));
  return sum / (2 * a.queries.length);
}

/** Distances between the maps of each network, [maps, maps]; NaN between networks and between maps of different sizes. */
export function headDistances(maps: readonly AttentionMap[]): Float32Array {
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
  return distances;
}
