import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import { defaultsOf, type Params } from '../config/params.ts';
import { placeKey, samePlace } from '../core/attentionPlace.ts';
import { randomDataset } from '../data/randomDataset.ts';
import type { Dataset } from '../data/table.ts';
import type { AttentionKernel, AttentionRecord } from '../layers/forward.ts';
import { ftTransformer } from '../models/ftTransformer.ts';
import { multitab } from '../models/multitab.ts';
import type { AttentionMap, AttentionRequest } from '../protocol/attention.ts';
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
    expect(against?.map((m) => placeKey(m))).toEqual(maps.map((m) => placeKey(m)));
    const [masked, open] = [maps[0] as AttentionMap, against?.[0] as AttentionMap];
    expect(masked.blocked?.some((b) => b === 1)).toBe(true);
    expect(open.blocked).toBeNull();
    masked.blocked?.forEach((b, i) => {
      if (b) expect(masked.weights[i]).toBe(0);
      expect(open.weights[i]).toBeGreaterThan(0);
    });
    expect(sumOf(open, 0)).toBeCloseTo(1, 5);
    // Scores of the first block do not depend on the mask.
    expect([...open.scores]).toEqual([...masked.scores]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('takes the rows of wide tables in parts, with the same means', async () => {
    const columns = Array.from({ length: 300 }, (_, i) => number(`x${i}`));
    const wide = randomDataset(columns, noise.tasks, 20);
    const model = multitab.build({
      ...wide,
      params: { ...defaultsOf(multitab.params), width: 4, heads: 1, feedForward: 4, tower: [2] },
      seed: 1,
    });
    const table = { ...wide, split: { ...wide.split, validation: wide.split.train } };
    const rows = [0, 2, 3, 5, 7, 8, 9];
    let parts = 0;
    const of = (chosen: number[]) =>
      captureAttention(
        model,
        table,
        { rows: { kind: 'rows', rows: chosen } },
        {
          progress: () => {},
          yieldOrStop: async () => {
            parts++;
          },
        },
      );
    const all = (await of(rows)).maps[0]?.weights as Float32Array;
    expect(parts).toBe(2);
    const mean = new Float64Array(all.length);
    for (const row of rows)
      (await of([row])).maps[0]?.weights.forEach((w, i) => {
        mean[i] += w / rows.length;
      });
    expect(Math.max(...all.map((w, i) => Math.abs(w - (mean[i] as number))))).toBeLessThan(1e-7);
    model.dispose();
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
    const map = rows.maps.find((m) => m.kind === 'row');
    expect(map?.keys).toHaveLength(256);
    expect(sumOf(map as AttentionMap, 255)).toBeCloseTo(1, 4);
    expect(rows.rowFacts[0]?.values).toHaveLength(256);
    expect((await capture({}, { batch: 256 })).batch).toBe(64);
    // More rows than there are.
    const all = await capture({ attention: 'row_col', interSample: 'across-rows' }, { batch: 1024 });
    expect(all.batch).toBe(dataset.split.validation.length);
  });

  it.each([
    ['one network', multitab, null],
    ['a network per task', ftTransformer, 'B'],
  ] as const)('weighs what keys add: ‖v W_O‖ of the head, with %s', async (_, def, network) => {
    const params = { ...defaultsOf(def.params), width: 4, heads: 2, blocks: 1 };
    const model = def.build({ ...dataset, params, seed: 1 });
    const records: AttentionRecord[] = [];
    const rows = 3;
    const batch = {
      categorical: tf.tensor2d([0, 2, 1], [rows, 1], 'int32'),
      numeric: tf.tensor2d([0.5, -1, 2, 0.1, -0.3, 0.7], [rows, 2]),
    };
    tf.tidy(() => {
      model.forward(batch, {
        training: false,
        step: 0,
        capture: {
          attention: (record) => {
            tf.keep((record.kernel as AttentionKernel).qkv);
            tf.keep(record.valueNorms);
            records.push(record);
          },
        },
      });
    });
    const record = records.find(({ place }) =>
      samePlace(place, { network, block: 0, kind: 'feature' }),
    ) as AttentionRecord;
    // Computed by hand from the state_dict: head h adds the columns h*2 and h*2+1 of out_proj, times its two values.
    const part = model.parameters
      .flatMap((p) => p.parts.map((at) => ({ ...at, variable: p.variable })))
      .find((p) => p.name.endsWith('attention.out_proj.weight') && (network === null || p.task === 1));
    if (!part) throw new Error('no out_proj');
    const projection = part.variable.dataSync().subarray(part.start, part.start + part.size);
    const { qkv: packed } = record.kernel as AttentionKernel;
    const qkv = packed.dataSync();
    const norms = record.valueNorms.dataSync();
    const [, length] = packed.shape;
    const at = { row: 2, head: 1, key: 1 };
    const value = [0, 1].map((d) => qkv[(at.row * length + at.key) * 12 + 8 + at.head * 2 + d] as number);
    const added = [0, 1, 2, 3].map((o) =>
      [0, 1].reduce(
        (sum, d) => sum + (value[d] as number) * (projection[o * 4 + at.head * 2 + d] as number),
        0,
      ),
    );
    expect(Math.hypot(...added)).toBeGreaterThan(0);
    expect(norms[(at.row * 2 + at.head) * length + at.key]).toBeCloseTo(Math.hypot(...added), 6);
    tf.dispose([
      records.flatMap((r) => [r.kernel?.qkv ?? [], r.valueNorms]),
      batch.categorical,
      batch.numeric,
    ]);
    model.dispose();
  });

  it('averages weight times value norm over rows, blocked cells at zero', async () => {
    const of = (rows: number[]) => capture({ mask: 'TxT' }, { rows: { kind: 'rows', rows } });
    const [both, first, second] = await Promise.all([of([1, 4]), of([1]), of([4])]);
    const values = both.maps[1]?.valueWeights as Float32Array;
    values.forEach((v, i) => {
      const mean = ((first.maps[1]?.valueWeights[i] ?? 0) + (second.maps[1]?.valueWeights[i] ?? 0)) / 2;
      expect(v).toBeCloseTo(mean, 6);
      if (both.maps[1]?.blocked?.[i]) expect(v).toBe(0);
    });
    expect(Math.max(...values)).toBeGreaterThan(0);
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
