import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomDataset } from '../data/randomDataset.ts';
import type { Batch, ForwardOptions } from '../layers/forward.ts';
import type { Model } from '../models/model.ts';
import { multitab } from '../models/multitab.ts';
import { taskTypes } from '../tasks/registry.ts';
import { evaluateLogits, predictModel, warmUpEvaluation } from './evaluate.ts';
import { createNetwork, mixedDataset } from './testing.ts';

const dataset = {
  ...randomDataset(
    [
      { name: 'c', kind: 'categorical', cardinality: 9 },
      { name: 'x', kind: 'numeric', cardinality: 1 },
    ],
    [
      { name: 'level', type: 'regression', outputs: 1, description: '' },
      { name: 'kind', type: 'multiclass', outputs: 3, description: '' },
    ],
    7,
  ),
  categorical: [Int32Array.of(0, 1, 2, 3, 4, 5, 6)],
  numeric: [Float32Array.of(0, 10, 20, 30, 40, 50, 60)],
  targets: [Float32Array.of(0, 1, 2, 3, 4, 5, 6), Float32Array.of(0, 1, 2, 0, 1, 2, 0)],
  targetScaling: [{ mean: 100, scale: 10 }, null],
};
const types = [taskTypes.regression, taskTypes.multiclass];

/** Predicts for every row its value plus the batch size, and its code three times. */
function companyModel() {
  const seen: { rows: number; options: ForwardOptions }[] = [];
  const forward = (batch: Batch, options: ForwardOptions) => {
    const [rows] = batch.numeric.shape;
    seen.push({ rows, options });
    const codes = tf.cast(batch.categorical, 'float32');
    return [tf.add(batch.numeric, rows), tf.concat([codes, codes, codes], 1)] as tf.Tensor2D[];
  };
  return { model: { forward } as Pick<Model, 'forward'> as Model, seen };
}

const noPause = async () => {};

beforeAll(() => tf.setBackend('cpu'));

describe('predictions of a split', () => {
  it('are made in batches of consecutive rows, the last one smaller', async () => {
    const { model, seen } = companyModel();
    const before = tf.memory().numTensors;
    let pauses = 0;
    const mask = () => null;
    const rows = Uint32Array.of(6, 5, 1, 0, 2);
    const [level, kind] = await predictModel(model, dataset, rows, 2, async () => void pauses++, mask);
    expect(Array.from(level ?? [])).toEqual([62, 52, 12, 2, 21]);
    expect(Array.from(kind ?? [])).toEqual([6, 6, 6, 5, 5, 5, 1, 1, 1, 0, 0, 0, 2, 2, 2]);
    expect(seen.map((s) => s.rows)).toEqual([2, 2, 1]);
    for (const { options } of seen) expect(options).toMatchObject({ training: false, mask });
    expect(pauses).toBe(3);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('may be stopped between batches', async () => {
    const { model, seen } = companyModel();
    const stop = async () => {
      throw new Error('stop');
    };
    await expect(predictModel(model, dataset, dataset.split.train, 3, stop)).rejects.toThrow('stop');
    expect(seen).toHaveLength(1);
  });
});

describe('a split is measured', () => {
  it('by its own rows, in the units of the label, every task under its name', async () => {
    const before = tf.memory().numTensors;
    const rows = Uint32Array.of(4, 2);
    // Off by 0.5 and -1; the classes of the rows are 1 and 2.
    const logits = [Float32Array.of(4.5, 1), Float32Array.of(0, 50, 0, 0, 0, 50)];
    const { losses, scores } = await evaluateLogits(dataset, types, rows, logits);
    expect(losses[0]).toBeCloseTo((0.25 + 1) / 2, 6);
    expect(losses[1]).toBeCloseTo(0, 6);
    expect(scores.map((s) => [s.task, s.primary])).toEqual([
      ['level', 'explained-variance'],
      ['kind', 'auroc'],
    ]);
    expect(scores[0]?.metrics.mae?.value).toBeCloseTo(7.5, 10);
    expect(scores[1]?.metrics.accuracy?.value).toBe(1);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('the validation split of a network', () => {
  it('is measured in batches of the setting, on which predictions depend with attention between rows', async () => {
    const rows = mixedDataset(24);
    const validation = rows.split.train.subarray(16);
    const data = { ...rows, split: { ...rows.split, validation } };
    const params = { width: 4, heads: 2, feedForward: 6, tower: [3], attention: 'row_col' };
    const network = createNetwork(multitab, params, { dataset: data, training: { evaluationBatch: 3 } });
    const { validationLosses } = await network.finishEpoch(0, noPause);
    const lossesIn = async (batchSize: number) => {
      const logits = await predictModel(network.model, data, validation, batchSize, noPause);
      const all = data.tasks.map(({ type }) => taskTypes[type]);
      return (await evaluateLogits(data, all, validation, logits)).losses;
    };
    expect(validationLosses).toEqual(await lossesIn(3));
    expect(validationLosses).not.toEqual(await lossesIn(8));
    network.dispose();
  });
});

describe('a split with missing labels', () => {
  it('is measured over the rows that have one, task by task', async () => {
    const gaps = {
      ...dataset,
      targets: [
        Float32Array.of(0, 1, Number.NaN, 3, 4, 5, 6),
        Float32Array.of(0, Number.NaN, 2, 0, 1, Number.NaN, 0),
      ],
    };
    const rows = Uint32Array.of(6, 2, 1, 4);
    const level = Float32Array.of(6.5, -99, 1, 3);
    // Right for rows 6, 2 and 4, whatever stands for row 1.
    const kind = Float32Array.of(9, 0, 0, 0, 0, 9, 7, 8, -9, 0, 9, 0);
    const whole = await evaluateLogits(gaps, types, rows, [level, kind]);
    const levelAlone = await evaluateLogits(dataset, types, Uint32Array.of(6, 1, 4), [
      Float32Array.of(6.5, 1, 3),
      new Float32Array(9),
    ]);
    const kindAlone = await evaluateLogits(dataset, types, Uint32Array.of(6, 2, 4), [
      new Float32Array(3),
      Float32Array.of(9, 0, 0, 0, 0, 9, 0, 9, 0),
    ]);
    expect(whole.losses).toEqual([levelAlone.losses[0], kindAlone.losses[1]]);
    expect(whole.scores).toEqual([levelAlone.scores[0], kindAlone.scores[1]]);
    expect(whole.scores[1]?.metrics.accuracy?.value).toBe(1);
  });

  it('has loss 0 and no metric of a task without a label in it', async () => {
    const none = {
      ...dataset,
      targets: [new Float32Array(7).fill(Number.NaN), dataset.targets[1] as Float32Array],
    };
    const logits = [Float32Array.of(1, 2), Float32Array.of(0, 9, 0, 0, 0, 9)];
    const { losses, scores } = await evaluateLogits(none, types, Uint32Array.of(4, 2), logits);
    expect(losses[0]).toBe(0);
    expect(scores[0]?.metrics['explained-variance']?.value).toBeNaN();
    expect(scores[1]?.metrics.accuracy?.value).toBe(1);
  });
});

describe('a warm-up of measuring', () => {
  it('launches every size of batch once, and leaves nothing behind', () => {
    const { model, seen } = companyModel();
    const before = tf.memory().numTensors;
    const splits = [new Uint32Array(10), new Uint32Array(4), new Uint32Array(0), new Uint32Array(3)];
    warmUpEvaluation(model, dataset, types, splits, 4);
    expect(seen.map((s) => s.rows).sort()).toEqual([2, 3, 4]);
    for (const { options } of seen) expect(options.training).toBe(false);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('launches nothing for splits without rows', () => {
    const { model, seen } = companyModel();
    warmUpEvaluation(model, dataset, types, [new Uint32Array(0)], 4);
    expect(seen).toEqual([]);
  });
});
