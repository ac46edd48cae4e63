// The arithmetic of one attention cell, step by step, from the vectors of the network. Recomputed here in float64, and compared
// with the network's own result.
// Shapes: L keys, hd numbers of a head.
import type { AttentionWalk } from '../../../../engine/protocol/attention.ts';
import { toCsv } from '../../../charts/csv.ts';

export const WALK_STEPS = [
  { id: 'tokens', title: 'Vectors' },
  { id: 'product', title: 'Product' },
  { id: 'scale', title: 'Scale' },
  { id: 'mask', title: 'Mask' },
  { id: 'softmax', title: 'Softmax' },
  { id: 'mix', title: 'Value mix' },
] as const;

export type WalkStep = (typeof WALK_STEPS)[number]['id'];

export interface Key {
  /** Position among the keys. */
  at: number;
  /** q · k */
  product: number;
  /** q · k / √hd */
  score: number;
  blocked: boolean;
  /** exp(score − largest open score); 0 if blocked. */
  power: number;
  weight: number;
}

export interface Walked {
  keys: readonly Key[];
  /** The largest score of an open key. */
  largest: number;
  /** Sum of the powers. */
  sum: number;
  /** Sum over the keys of weight × value, [hd]. */
  mixed: readonly number[];
  /** The largest difference to the network's own weights and output. */
  deviation: number;
}

export const vectorOf = ({ headSize }: AttentionWalk, all: Float32Array, at: number): Float32Array =>
  all.subarray(at * headSize, (at + 1) * headSize);

/** Vaswani et al. 2017, Eq. 1, for one query. */
export function walked(walk: AttentionWalk): Walked {
  const { headSize, queryVector, blocked, tokens } = walk;
  const scored = tokens.map((_, at) => {
    const product = vectorOf(walk, walk.keys, at).reduce(
      (sum, k, d) => sum + k * (queryVector[d] as number),
      0,
    );
    return { at, product, score: product / Math.sqrt(headSize), blocked: blocked?.[at] === 1 };
  });
  const largest = scored.reduce(
    (most, key) => (key.blocked ? most : Math.max(most, key.score)),
    Number.NEGATIVE_INFINITY,
  );
  const powers = scored.map((key) => (key.blocked ? 0 : Math.exp(key.score - largest)));
  const sum = powers.reduce((a, b) => a + b, 0);
  const keys = scored.map((key, i): Key => {
    const power = powers[i] as number;
    return { ...key, power, weight: power / sum };
  });
  const mixed = Array.from({ length: headSize }, (_, d) =>
    keys.reduce((total, { at, weight }) => total + weight * (walk.values[at * headSize + d] as number), 0),
  );
  const distance = (own: readonly number[], theirs: Float32Array) =>
    own.reduce((most, value, i) => Math.max(most, Math.abs(value - (theirs[i] as number))), 0);
  const ownWeights = keys.map((key) => key.weight);
  return {
    keys,
    largest,
    sum,
    mixed,
    deviation: Math.max(distance(ownWeights, walk.weights), distance(mixed, walk.mixed)),
  };
}

/** A line per key: product, score, weight, and the vectors, after a line with those of the query and the sum of the values. */
export function walkCsv(walk: AttentionWalk): string {
  const { keys, mixed } = walked(walk);
  const numbers = Array.from({ length: walk.headSize }, (_, d) => d);
  const nameAt = (at: number) => walk.tokens[at]?.name ?? String(at);
  return toCsv(
    [
      ...['part', 'token', 'product', 'score', 'blocked', 'weight'],
      ...numbers.map((d) => `query_or_key_${d}`),
      ...numbers.map((d) => `value_${d}`),
    ],
    [
      ['query and mix', nameAt(walk.query), null, null, null, null, ...walk.queryVector, ...mixed],
      ...keys.map(({ at, product, score, blocked, weight }) => [
        'key',
        nameAt(at),
        product,
        score,
        blocked,
        weight,
        ...vectorOf(walk, walk.keys, at),
        ...vectorOf(walk, walk.values, at),
      ]),
    ],
  );
}

/**
 * Positions of the largest items, including a required one, in their own order.
 * @param size - size of the item at a position
 * @param always - position of the required item
 */
export function largestOf(count: number, size: (at: number) => number, most: number, always = 0): number[] {
  const all = Array.from({ length: count }, (_, at) => at);
  if (count <= most) return all;
  const chosen = all
    .filter((at) => at !== always)
    .sort((a, b) => size(b) - size(a))
    .slice(0, most - 1);
  return [...chosen, always].sort((a, b) => a - b);
}
