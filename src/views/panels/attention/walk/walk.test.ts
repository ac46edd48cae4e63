import { describe, expect, it } from 'vitest';
import type { AttentionWalk } from '../../../../engine/protocol/attention.ts';
import { largestOf, walkCsv, walked } from './walk.ts';

/** Two dimensions, three keys, computed by hand: products 2, 0 and 4; scores of the open ones √2 and 2√2. */
const walk: AttentionWalk = {
  place: { network: null, block: 0, kind: 'feature', head: 0 },
  row: 0,
  query: 0,
  tokens: ['a', 'b', 'c'].map((name) => ({ name, group: 'numeric' })),
  cells: ['1', '2', '3'],
  headSize: 2,
  queryVector: new Float32Array([1, 2]),
  keys: new Float32Array([2, 0, 2, -1, 0, 2]),
  values: new Float32Array([1, 0, 9, 9, 0, 1]),
  scores: new Float32Array([Math.SQRT2, 0, 2 * Math.SQRT2]),
  weights: new Float32Array([0.19557, 0, 0.80443]),
  blocked: new Uint8Array([0, 1, 0]),
  mixed: new Float32Array([0.19557, 0.80443]),
};

describe('the steps of a walk', () => {
  it('multiply, scale, mask, weigh and mix', () => {
    const { keys, largest, sum, mixed, deviation } = walked(walk);
    expect(keys.map((k) => k.product)).toEqual([2, 0, 4]);
    expect(keys[2]?.score).toBeCloseTo(2 * Math.SQRT2, 12);
    expect(largest).toBeCloseTo(2 * Math.SQRT2, 12);
    expect(keys.map((k) => k.blocked)).toEqual([false, true, false]);
    expect(keys[1]).toMatchObject({ power: 0, weight: 0 });
    expect(sum).toBeCloseTo(1 + Math.exp(-Math.SQRT2), 12);
    expect(keys[0]?.weight).toBeCloseTo(Math.exp(-Math.SQRT2) / sum, 12);
    // The blocked key's value is 9 and contributes nothing.
    expect(mixed[0]).toBeCloseTo(keys[0]?.weight as number, 12);
    expect(deviation).toBeLessThan(1e-5);
  });

  it('are saved with every number of both vectors', () => {
    const [head, query, ...keys] = walkCsv(walk).split('\r\n');
    expect(head).toBe(
      'part,token,product,score,blocked,weight,query_or_key_0,query_or_key_1,value_0,value_1',
    );
    expect(query).toMatch(/^query and mix,a,,,,,1,2,0\.195\d*,0\.804\d*$/);
    expect(keys[1]).toBe('key,b,0,0,true,0,2,-1,9,9');
  });

  it('tell how far the network is from them', () => {
    const weights = walk.weights.map((w, i) => (i === 2 ? w - 0.1 : w));
    expect(walked({ ...walk, weights }).deviation).toBeCloseTo(0.1, 4);
    expect(walked({ ...walk, mixed: new Float32Array([0.5, 0.8]) }).deviation).toBeGreaterThan(0.3);
  });
});

it('shows the largest of many, with the one that is asked about, in order', () => {
  const sizes = [5, 1, 9, 0, 7];
  expect(largestOf(5, (at) => sizes[at] as number, 3, 3)).toEqual([2, 3, 4]);
  expect(largestOf(3, (at) => sizes[at] as number, 3)).toEqual([0, 1, 2]);
});
