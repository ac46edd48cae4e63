import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import { defaultsOf, type Params } from '../config/params.ts';
import { randomDataset } from '../data/randomDataset.ts';
import { mmoe } from '../models/mmoe.ts';
import type { GradientModelDef } from '../models/model.ts';
import { multitab } from '../models/multitab.ts';
import { BATCH_MODES, type BatchMode, type RowPerturbationReport } from '../protocol/rowPerturbation.ts';
import { perturbRow } from './rowPerturbation.ts';

const noise = randomDataset(
  [
    { name: 'c', kind: 'categorical', cardinality: 3 },
    { name: 'x0', kind: 'numeric', cardinality: 1 },
    { name: 'x1', kind: 'numeric', cardinality: 1 },
  ],
  [
    { name: 'A', type: 'regression', outputs: 1, description: '' },
    { name: 'B', type: 'multiclass', outputs: 3, classes: ['p', 'q', 'r'], description: '' },
  ],
  20,
);
const dataset = { ...noise, split: { ...noise.split, validation: noise.split.train } };
const REQUEST = { row: 4, feature: 2, value: 2.5 };
const SMALL = { width: 4, heads: 2, feedForward: 6, tower: [3] };

const build = (def: GradientModelDef, params: Params) =>
  def.build({ ...dataset, params: { ...defaultsOf(def.params), ...params }, seed: 1 });

async function change(def: GradientModelDef, params: Params, request = REQUEST) {
  const model = build(def, params);
  const buffers = () => model.buffers.map((b) => [...b.variable.dataSync()]);
  const [state, tensors] = [buffers(), tf.memory().numTensors];
  const answer = await perturbRow(model, dataset, request);
  expect(tf.memory().numTensors).toBe(tensors);
  expect(buffers()).toEqual(state);
  model.dispose();
  return answer;
}

/** Rows whose outputs changed. */
function movedRows({ outputs, rows, tasks }: RowPerturbationReport, mode: BatchMode): number[] {
  const { before, after } = outputs[mode];
  const width = tasks.reduce((sum, t) => sum + t.outputs, 0);
  expect(before).toHaveLength(rows * width);
  return Array.from({ length: rows }, (_, row) => row).filter((row) =>
    before.subarray(row * width, (row + 1) * width).some((v, i) => v !== after[row * width + i]),
  );
}

beforeAll(async () => {
  await startNodeBackend({ backend: 'wasm', allowSoftwareAdapter: false });
});

const everyRow = Array.from({ length: dataset.split.validation.length }, (_, i) => i);

describe('a changed value of one row', () => {
  it.each([
    ['attention between features', multitab, { ...SMALL, attention: 'col' }, [[4], [4]]],
    [
      'attention between rows',
      multitab,
      { ...SMALL, attention: 'row_col', interSample: 'across-rows' },
      [everyRow, everyRow],
    ],
    [
      'attention between rows as released',
      multitab,
      { ...SMALL, attention: 'row_col', interSample: 'as-released' },
      [[4], [4]],
    ],
    ['batch norm', mmoe, { experts: 2, expert: [4], tower: [3], embedding: 2 }, [[4], everyRow]],
  ] as [string, GradientModelDef, Params, [number[], number[]]][])(
    'moves whom it can reach: %s',
    async (_, def, params, expected) => {
      const { report } = await change(def, params);
      if (!report) throw new Error('no report');
      BATCH_MODES.forEach((mode, i) => {
        expect(movedRows(report, mode), mode).toEqual(expected[i]);
      });
      // A row's companions matter whenever another row does.
      const { companions } = report;
      expect(companions === null).toBe(def === multitab);
      if (companions)
        BATCH_MODES.forEach((mode, i) => {
          for (const v of companions[mode].spread) expect(v > 0, mode).toBe(expected[i] === everyRow);
        });
      expect(report.from).toBeCloseTo(dataset.numeric[1]?.[dataset.split.validation[4] as number] as number);
    },
  );

  it('may be a category', async () => {
    const { report } = await change(
      multitab,
      { ...SMALL, attention: 'col' },
      { row: 0, feature: 0, value: 2 },
    );
    expect(report?.from).toBe(dataset.categorical[0]?.[dataset.split.validation[0] as number]);
  });

  it.each([
    [{ row: 99, feature: 0, value: 0 }, 'row-perturbation.row'],
    [{ row: 0, feature: 3, value: 0 }, 'row-perturbation.feature'],
    [{ row: 0, feature: 0, value: 3 }, 'row-perturbation.value'],
    [{ row: 0, feature: 1, value: Number.NaN }, 'row-perturbation.value'],
  ])('that is not there is refused: %o', async (request, path) => {
    const { report, issue } = await change(multitab, SMALL, request);
    expect([report, issue?.path]).toEqual([null, path]);
  });
});
