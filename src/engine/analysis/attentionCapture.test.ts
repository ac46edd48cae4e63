import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import { defaultsOf, type Params } from '../config/params.ts';
import { randomDataset } from '../data/randomDataset.ts';
import type { Dataset } from '../data/table.ts';
import { multitab } from '../models/multitab.ts';
import type { AttentionMap, AttentionRequest } from '../protocol.ts';
import { captureAttention } from './attentionCapture.ts';

const number = (name: string) => ({ name, kind: 'numeric' as const, cardinality: 1 });
const noise = randomDataset(
  [number('x0'), { name: 'c', kind: 'categorical', cardinality: 3 }, number('x1')],
  [
    { name: 'A', type: 'regression', outputs: 1, description: '' },
    { name: 'B', type: 'binary', outputs: 1, classes: ['no', 'yes'], description: '' },
  ],
  300,
);
const dataset: Dataset = { ...noise, split: { ...noise.split, validation: noise.split.train } };

async function capture(params: Params, request: Partial<AttentionRequest>) {
  const model = multitab.build({
    ...dataset,
    params: { ...defaultsOf(multitab.params), width: 4, heads: 2, feedForward: 6, tower: [3], ...params },
    seed: 1,
  });
  const captured = await captureAttention(model, dataset, { rows: { kind: 'mean' }, ...request });
  model.dispose();
  return captured;
}

/** Sum of the weights of a query. */
const sumOf = (map: AttentionMap, query: number) =>
  map.weights.subarray(query * map.keys.length, (query + 1) * map.keys.length).reduce((a, b) => a + b, 0);

beforeAll(async () => {
  await startNodeBackend({ backend: 'wasm', allowSoftwareAdapter: false });
});

describe('captures of attention', () => {
  it('records the same without a mask beside it, and leaves nothing behind', async () => {
    const before = tf.memory().numTensors;
    const { maps, against } = await capture({ mask: 'TxT' }, { against: { kind: 'no-mask' } });
    expect(against?.map((m) => m.key)).toEqual(maps.map((m) => m.key));
    const [masked, open] = [maps[0] as AttentionMap, against?.[0] as AttentionMap];
    expect(masked.blocked?.some((b) => b === 1)).toBe(true);
    expect(open.blocked).toBeNull();
    masked.blocked?.forEach((b, i) => {
      if (b) expect(masked.weights[i]).toBe(0);
      expect(open.weights[i]).toBeGreaterThan(0);
    });
    expect(sumOf(open, 0)).toBeCloseTo(1, 5);
    // Scores of the first block do not know of the mask.
    expect([...open.scores]).toEqual([...masked.scores]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('records other rows beside it', async () => {
    const third = { kind: 'rows' as const, rows: [3] };
    const { maps, against } = await capture({}, { against: { kind: 'rows', rows: third } });
    const alone = await capture({}, { rows: third });
    expect([...(against?.[0]?.weights ?? [])]).toEqual([...(alone.maps[0]?.weights ?? [])]);
    expect([...(against?.[0]?.weights ?? [])]).not.toEqual([...(maps[0]?.weights ?? [])]);
  });

  it('takes a larger batch where rows attend to rows, and only there', async () => {
    const rows = await capture({ attention: 'row_col', interSample: 'across-rows' }, { batch: 256 });
    expect(rows.batch).toBe(256);
    const map = rows.maps.find((m) => m.layer === 'row');
    expect(map?.keys).toHaveLength(256);
    expect(sumOf(map as AttentionMap, 255)).toBeCloseTo(1, 4);
    expect(rows.rowFacts[0]?.values).toHaveLength(256);
    expect((await capture({}, { batch: 256 })).batch).toBe(64);
    // More than there are.
    const all = await capture({ attention: 'row_col', interSample: 'across-rows' }, { batch: 1024 });
    expect(all.batch).toBe(dataset.split.validation.length);
  });

  it('knows groups of rows by feature and label, each row in one of them', async () => {
    const { rowFacts } = await capture({}, {});
    expect(rowFacts.map((f) => `${f.kind}:${f.column}`)).toEqual([
      'feature:x0',
      'feature:c',
      'feature:x1',
      'label:A',
      'label:B',
    ]);
    for (const { column, groups, values } of rowFacts) {
      const all = groups.flatMap((g) => g.rows).sort((a, b) => a - b);
      expect(all, column).toEqual(Array.from({ length: 64 }, (_, i) => i));
      const largest = groups.slice(0, -1).map((g) => Math.max(...g.rows.map((r) => values[r] as number)));
      const smallest = groups.slice(1).map((g) => Math.min(...g.rows.map((r) => values[r] as number)));
      largest.forEach((v, i) => {
        expect(v).toBeLessThan(smallest[i] as number);
      });
    }
    expect(rowFacts.at(-1)?.groups.map((g) => g.label)).toEqual(['no', 'yes']);
  });
});
