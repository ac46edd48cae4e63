// How many launches a training step takes on WebGPU. A count is the same on every machine whose adapter binds as many
// buffers, so it is asserted.
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBrowserBackend } from '../../platform/browser.ts';
import { defaultsOf, type Params } from '../config/params.ts';
import { randomDataset } from '../data/randomDataset.ts';
import { countLaunches } from '../kernels/launches.ts';
import { mmoe } from '../models/mmoe.ts';
import type { GradientModelDef } from '../models/model.ts';
import { multitab } from '../models/multitab.ts';
import { regression } from '../tasks/regression.ts';
import { equal } from '../weighting/equal.ts';
import { GradientPart } from './gradientPart.ts';
import { type TrainingSettings, trainingParams } from './params.ts';
import { disposeBatch, toTensors } from './tensorBatch.ts';

const features = Array.from({ length: 6 }, (_, i) => ({
  name: `x${i}`,
  kind: 'numeric' as const,
  cardinality: 1,
}));
const tasks = Array.from({ length: 7 }, (_, i) => ({
  name: `y${i}`,
  type: 'regression' as const,
  outputs: 1,
  description: '',
}));

function createPart(def: GradientModelDef, params: Params): GradientPart {
  return new GradientPart({
    info: {
      role: 'model',
      id: def.id,
      label: def.label,
      singleTask: false,
      boosted: false,
      parameters: 0,
      stage: 0,
      stepsPerEpoch: 10,
      epochs: 1,
    },
    def,
    params: { ...defaultsOf(def.params), ...params },
    dataset: randomDataset(features, tasks, 2),
    taskTypes: tasks.map(() => regression),
    weighting: equal,
    settings: defaultsOf(trainingParams) as unknown as TrainingSettings,
    seed: 1,
  });
}

describe('launches of a training step on webgpu', () => {
  const deviceErrors: string[] = [];

  beforeAll(async () => {
    await startBrowserBackend({ backend: 'webgpu', allowSoftwareAdapter: true }, (message) =>
      deviceErrors.push(message),
    );
  });

  afterEach(() => expect(deviceErrors).toEqual([]));

  const small = { width: 4, heads: 2, feedForward: 6, tower: [3] };
  // Few rows, and more than one workgroup adds up.
  for (const rows of [8, 300]) {
    it.each([
      ['attention between features', multitab, { ...small, attention: 'col' }, 40],
      [
        'attention between features and rows',
        multitab,
        { ...small, attention: 'row_col', interSample: 'across-rows' },
        70,
      ],
      ['MMoE', mmoe, { experts: 3, expert: [5, 4], tower: [3], embedding: 2 }, 40],
    ] as const)(`${rows} rows, %s`, async (_name, def, params, most) => {
      const part = createPart(def, params as unknown as Params);
      const dataset = randomDataset(features, tasks, rows, 7);
      const batch = toTensors(dataset, dataset.split.train.subarray(0, rows));
      await part.trainStep(batch, 1);
      const { launches, byKernel } = await countLaunches(() => part.trainStep(batch, 1));
      expect(
        launches,
        byKernel.map(([kernel, count]) => `${count} ${kernel}`).join(', '),
      ).toBeLessThanOrEqual(most);
      expect(launches).toBeGreaterThan(0);
      part.dispose();
      disposeBatch(batch);
    });
  }

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const part = createPart(mmoe, { experts: 2, expert: [3], tower: [2], embedding: 2 });
    const dataset = randomDataset(features, tasks, 8, 7);
    const batch = toTensors(dataset, dataset.split.train.subarray(0, 8));
    const held = tf.memory().numTensors;
    for (let step = 0; step < 3; step++) await part.trainStep(batch, 1);
    expect(tf.memory().numTensors).toBe(held);
    part.dispose();
    disposeBatch(batch);
    expect(tf.memory().numTensors).toBe(before);
  });
});
