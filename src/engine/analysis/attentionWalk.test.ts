import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import { defaultsOf, type Params } from '../config/params.ts';
import { randomDataset } from '../data/randomDataset.ts';
import type { Dataset } from '../data/table.ts';
import { ftTransformer } from '../models/ftTransformer.ts';
import { mtMlp } from '../models/mtMlp.ts';
import { multitab } from '../models/multitab.ts';
import type { AttentionWalk, WalkRequest } from '../protocol/attention.ts';
import { captureAttention } from './attentionCapture.ts';
import { walkAttention } from './attentionWalk.ts';

const number = (name: string) => ({ name, kind: 'numeric' as const, cardinality: 1 });
const noise = randomDataset(
  [
    number('x0'),
    { name: 'c', kind: 'categorical', cardinality: 3, categories: ['u', 'v', 'w'] },
    number('x1'),
  ],
  [
    { name: 'A', type: 'regression', outputs: 1, description: '' },
    { name: 'B', type: 'binary', outputs: 1, classes: ['no', 'yes'], description: '' },
  ],
  80,
);
const dataset: Dataset = { ...noise, split: { ...noise.split, validation: noise.split.train } };
const FIRST = { network: null, block: 1, kind: 'feature', head: 1, row: 5, query: 2 } as const;

function build(params: Params) {
  const small = { width: 8, heads: 2, feedForward: 6, tower: [3], blocks: 2 };
  return multitab.build({
    ...dataset,
    params: { ...defaultsOf(multitab.params), ...small, ...params },
    seed: 1,
  });
}

async function walk(params: Params, request: Partial<WalkRequest> = {}) {
  const model = build(params);
  const wanted: WalkRequest = { ...FIRST, ...request };
  const found = await walkAttention(model, dataset, wanted);
  const rows = { kind: 'rows' as const, rows: [wanted.row] };
  const { maps } = await captureAttention(model, dataset, { rows });
  model.dispose();
  const map = maps.find((m) => m.block === wanted.block && m.kind === wanted.kind && m.head === wanted.head);
  if (!map) throw new Error('no such map');
  return { found: found as AttentionWalk, map };
}

/** Scores, weights and output recomputed from the vectors, in float64. */
function again({ headSize, queryVector, keys, values, blocked, tokens }: AttentionWalk) {
  const of = (all: Float32Array, i: number) => Array.from(all.subarray(i * headSize, (i + 1) * headSize));
  const scores = tokens.map(
    (_, i) =>
      of(keys, i).reduce((sum, k, d) => sum + k * (queryVector[d] as number), 0) / Math.sqrt(headSize),
  );
  const powers = scores.map((s, i) => (blocked?.[i] ? 0 : Math.exp(s)));
  const total = powers.reduce((a, b) => a + b);
  const weights = powers.map((p) => p / total);
  const mixed = Array.from(queryVector, (_, d) =>
    weights.reduce((sum, w, i) => sum + w * (of(values, i)[d] as number), 0),
  );
  return { scores, weights, mixed };
}

const near = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  expect(a.length).toBe(b.length);
  Array.from(a).forEach((value, i) => {
    expect(value).toBeCloseTo(b[i] as number, 5);
  });
};

beforeAll(async () => {
  await startNodeBackend({ backend: 'wasm', allowSoftwareAdapter: false });
});

describe('the walk through an attention cell', () => {
  it.each([
    ['masked, between features', { mask: 'TxT' }, {}, 2],
    ['where rows meet', { attention: 'row_col', interSample: 'across-rows' }, { kind: 'row', query: 7 }, 7],
    [
      'with rotary positions',
      { attention: 'row_col', interSample: 'across-rows', rotary: true },
      { kind: 'row' },
      2,
    ],
    [
      'as released, each row alone',
      { attention: 'row_col', interSample: 'as-released', rotary: true },
      { kind: 'row' },
      2,
    ],
  ] as const)(
    'has the vectors that scores, weights and mix come from: %s',
    async (_, params, request, reader) => {
      const { found, map } = await walk(params, request);
      const own = again(found);
      near(own.scores, found.scores);
      near(own.weights, found.weights);
      near(own.mixed, found.mixed);
      expect(Math.max(...found.mixed.map(Math.abs))).toBeGreaterThan(0);
      // The map on screen shows the same numbers.
      const cells = map.weights.subarray(reader * map.keys.length, (reader + 1) * map.keys.length);
      near(found.weights, found.tokens.length === 1 ? cells.subarray(reader, reader + 1) : cells);
    },
  );

  it('is of the row, the head and the query asked for', async () => {
    const first = (await walk({})).found;
    for (const other of [{ row: 6 }, { head: 0 }, { query: 3 }, { block: 0 }] as const) {
      const { found } = await walk({}, other);
      expect([...found.queryVector], JSON.stringify(other)).not.toEqual([...first.queryVector]);
    }
  });

  it('names tokens with what the row has, and blocked keys', async () => {
    const { found } = await walk({ mask: 'TxT' }, { query: 0 });
    expect(found.tokens.map((t) => t.name)).toEqual(['A', 'B', 'x0', 'c', 'x1']);
    expect([...(found.blocked ?? [])]).toEqual([0, 1, 0, 0, 0]);
    expect(found.weights[1]).toBe(0);
    const row = dataset.split.validation[FIRST.row] as number;
    expect(found.cells).toEqual([
      '',
      '',
      dataset.numeric[0]?.[row]?.toFixed(3),
      ['u', 'v', 'w'][dataset.categorical[0]?.[row] ?? -1],
      dataset.numeric[1]?.[row]?.toFixed(3),
    ]);
  });

  it('finds the network of a task, and nothing where there is no such head', async () => {
    const params = { ...defaultsOf(ftTransformer.params), width: 4, heads: 2, blocks: 1 };
    const perTask = ftTransformer.build({ ...dataset, params, seed: 1 });
    const request: WalkRequest = { ...FIRST, network: 'B', block: 0 };
    expect((await walkAttention(perTask, dataset, request))?.place.network).toBe('B');
    expect(await walkAttention(perTask, dataset, { ...request, network: null })).toBeNull();
    expect(await walkAttention(perTask, dataset, { ...request, head: 9 })).toBeNull();
    const plain = mtMlp.build({ ...dataset, params: defaultsOf(mtMlp.params), seed: 1 });
    expect(await walkAttention(plain, dataset, request)).toBeNull();
    perTask.dispose();
    plain.dispose();
  });

  it('refuses rows and tokens that are not there, and leaves no tensor behind', async () => {
    const model = build({});
    await walkAttention(model, dataset, FIRST);
    const before = tf.memory().numTensors;
    await walkAttention(model, dataset, FIRST);
    await expect(walkAttention(model, dataset, { ...FIRST, row: 64 })).rejects.toThrow(/row.*0 to 63/s);
    await expect(walkAttention(model, dataset, { ...FIRST, query: 5 })).rejects.toThrow(/token.*0 to 4/s);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});
