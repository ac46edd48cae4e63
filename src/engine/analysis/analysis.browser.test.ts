// Probes of a network on WebGPU (the software adapter) answer as in plain JavaScript, and the device refuses no operation: a
// refused one reads as zeros, which a mask test would count as a pass.
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { startBrowserBackend } from '../../platform/browser.ts';
import { defaultsOf, type Params } from '../config/params.ts';
import { mmoe } from '../models/mmoe.ts';
import type { GradientModelDef } from '../models/model.ts';
import { multitab } from '../models/multitab.ts';
import { tabTransformer } from '../models/tabTransformer.ts';
import { taskTypes } from '../tasks/registry.ts';
import { mixedDataset } from '../training/testing.ts';
import { captureAttention } from './attentionCapture.ts';
import { captureExperts } from './expertUse.ts';
import { testMasks } from './maskTests.ts';
import { UNWATCHED } from './measuring.ts';
import { perturbRow } from './rowPerturbation.ts';
import { whatIf } from './whatIf.ts';

const rows = mixedDataset(24);
const dataset = { ...rows, split: { ...rows.split, validation: rows.split.train.subarray(5, 22) } };
const SMALL = { width: 4, heads: 2, feedForward: 6, tower: [3], blocks: 1 };

const networks: [string, GradientModelDef, Params][] = [
  [
    'attention between features and rows',
    multitab,
    { ...SMALL, mask: 'FxT_TxT', attention: 'row_col', interSample: 'across-rows', rotary: true },
  ],
  ['a network per task', tabTransformer, { ...SMALL, hidden: [4] }],
  ['experts', mmoe, { experts: 3, expert: [5, 4], tower: [3], embedding: 2 }],
];

async function answersOf(def: GradientModelDef, params: Params) {
  const model = def.build({ ...dataset, params: { ...defaultsOf(def.params), ...params }, seed: 3 });
  const text = ['.x.....', ...Array.from({ length: 6 }, () => '.......')].join('/');
  const tested = await testMasks(model, dataset);
  const answers = {
    attention: await captureAttention(model, dataset, {
      rows: { kind: 'mean' },
      against: { kind: 'no-mask' },
    }),
    row: (await captureAttention(model, dataset, { rows: { kind: 'rows', rows: [3] } })).maps,
    experts: await captureExperts(model, dataset),
    // The sentences contain rounding errors.
    maskTests: tested && {
      ...tested,
      assertions: tested.assertions.map(({ id, passed, value }) => ({ id, passed, value })),
    },
    whatIf: await whatIf({
      model,
      dataset,
      taskTypes: dataset.tasks.map((t) => taskTypes[t.type]),
      batchSize: 16,
      text,
      baseline: null,
      measuring: UNWATCHED,
    }),
    perturbed: await perturbRow(model, dataset, { row: 2, feature: 3, value: 2.5 }),
  };
  model.dispose();
  return answers;
}

/** Compares all numbers by path, within float32 precision. */
function expectClose(got: unknown, expected: unknown, path: string): void {
  if (typeof expected === 'number') {
    if (Number.isNaN(expected)) expect(got, path).toBeNaN();
    else
      expect(Math.abs((got as number) - expected), path).toBeLessThan(2e-4 * Math.max(1, Math.abs(expected)));
  } else if (typeof expected === 'object' && expected !== null) {
    expect(Object.keys(got as object), path).toEqual(Object.keys(expected));
    for (const [key, value] of Object.entries(expected))
      expectClose((got as Record<string, unknown>)[key], value, `${path}/${key}`);
  } else expect(got, path).toEqual(expected);
}

describe('analysis on webgpu', () => {
  it.each(networks)('%s: the answers of plain JavaScript', async (_name, def, params) => {
    const faults: string[] = [];
    const answers: unknown[] = [];
    for (const backend of ['cpu', 'webgpu'] as const) {
      await startBrowserBackend({ backend, allowSoftwareAdapter: true }, (message) => faults.push(message));
      const tensors = tf.memory().numTensors;
      answers.push(await answersOf(def, params));
      expect(tf.memory().numTensors, backend).toBe(tensors);
    }
    expect(faults).toEqual([]);
    expectClose(answers[1], answers[0], '');
  });
});
