import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import { defaultsOf, type Params } from '../config/params.ts';
import { randomDataset } from '../data/randomDataset.ts';
import type { Dataset } from '../data/table.ts';
import type { Model } from '../models/model.ts';
import { multitab } from '../models/multitab.ts';
import { stMlp } from '../models/stMlp.ts';
import type { ProbeProgress } from '../protocol/probe.ts';
import { testMasks } from './maskTests.ts';

const feature = (name: string) => ({ name, kind: 'numeric' as const, cardinality: 1 });
const task = (name: string) => ({ name, type: 'regression' as const, outputs: 1, description: '' });
const noise = randomDataset(['x0', 'x1', 'x2'].map(feature), ['A', 'B'].map(task), 12);
const dataset: Dataset = { ...noise, split: { ...noise.split, validation: noise.split.train } };

const build = (params: Params): Model =>
  multitab.build({
    ...dataset,
    params: { ...defaultsOf(multitab.params), width: 4, heads: 2, feedForward: 6, tower: [3], ...params },
    seed: 1,
  });

async function run(params: Params, change: (model: Model) => Model = (m) => m) {
  const model = build(params);
  const report = await testMasks(change(model), dataset);
  model.dispose();
  if (!report) throw new Error('no report');
  const failed = report.assertions.filter((a) => !a.passed).map((a) => a.id);
  return { report, failed };
}

beforeAll(async () => {
  await startNodeBackend({ backend: 'wasm', allowSoftwareAdapter: false });
});

describe('tests of masks', () => {
  it.each([
    ['one block', { mask: 'TxT', blocks: 1 }, -1],
    ['two blocks leak through a feature', { mask: 'TxT', blocks: 2 }, 2],
    ['both masks', { mask: 'FxT_TxT', blocks: 2 }, -1],
    [
      'rows as released mix the tokens of a row',
      { mask: 'TxT', attention: 'row_col', interSample: 'as-released' },
      1,
    ],
    ['rows mix', { mask: 'FxT_TxT', attention: 'row_col', interSample: 'across-rows' }, 1],
  ] as [string, Params, number][])(
    '%s: reach, influence and gradients agree',
    async (_name, params, hops) => {
      const tensors = tf.memory().numTensors;
      const { report, failed } = await run(params);
      expect(failed).toEqual([]);
      const throughMask = report.assertions.find((a) => a.id === 'masked-gradients');
      expect([throughMask?.value, throughMask?.detail]).toEqual([0, expect.stringMatching(/up to 0\.\d/)]);
      expect(report.hops[1]).toBe(hops);
      report.hops.forEach((h, i) => {
        if (h < 0) expect(report.influence[i]).toBe(0);
        else expect(report.influence[i]).toBeGreaterThan(0);
      });
      expect(report.rowsCanMix).toBe(params.interSample === 'across-rows');
      expect(report.otherRows.every((v) => v > 0)).toBe(report.rowsCanMix);
      // Another row has influence by none of its tokens, or by every one.
      for (const v of report.otherRowsByToken) expect(v > 0).toBe(report.rowsCanMix);
      for (const v of report.companions.spread) expect(v > 0).toBe(report.rowsCanMix);
      expect(tf.memory().numTensors).toBe(tensors);
    },
  );

  it('finds an influence that the masks do not explain', async () => {
    const { failed } = await run({ mask: 'TxT', blocks: 1 }, (model) => ({
      ...model,
      forward: (batch, options) => {
        let leak: tf.Tensor | null = null;
        const outputs = model.forward(batch, {
          ...options,
          editTokens: (tokens) => {
            const edited = options.editTokens?.(tokens) ?? tokens;
            leak = tf.mul(tf.reshape(tf.sum(edited, [1, 2]), [-1, 1]), 0.01);
            return edited;
          },
        });
        return outputs.map((o) => tf.add(o, leak as unknown as tf.Tensor)) as tf.Tensor2D[];
      },
    }));
    expect(failed).toEqual(['gradients', 'influence']);
  });

  it('finds one open cell of one head, and the output it reaches', async () => {
    // Both masks in every head, except head 1 of block 0, where B reads A.
    const closed = '.x.../x..../xx.../xx.../xx...';
    const holed = `${closed}@0.1:${closed.replace('x....', '.....')}`;
    const { report, failed } = await run({ mask: 'custom', blocks: 2, customMask: holed });
    expect(failed).toEqual([]);
    const reaches = (task: number, token: number) => report.hops[task * 5 + token];
    expect([reaches(0, 1), reaches(1, 0)]).toEqual([-1, 1]);
    expect(report.influence[1]).toBe(0);
    expect(report.influence[5]).toBeGreaterThan(0);
    expect(report.paths[5]).toBe('In block 0 B reads A.');
  });

  it('finds a mask that is applied in training only, and names its layers', async () => {
    const [masked, open] = [build({ mask: 'TxT' }), build({ mask: 'none' })];
    const inTrainingOnly: Model = {
      ...masked,
      forward: (batch, options) => (options.training ? masked : open).forward(batch, options),
    };
    const report = await testMasks(inTrainingOnly, dataset);
    const failed = report?.assertions.filter((a) => !a.passed).map((a) => a.id);
    expect(failed).toEqual(['same-mask', 'gradients', 'influence']);
    expect(report?.assertions.find((a) => a.id === 'same-mask')?.detail).toBe(
      'Layers whose masks differ, of 1: feature attention of block 0.',
    );
    masked.dispose();
    open.dispose();
  });

  it('has nothing to say of networks whose tasks share no tokens', async () => {
    const model = stMlp.build({
      ...dataset,
      params: { ...defaultsOf(stMlp.params), hidden: [4], embedding: 2 },
      seed: 1,
    });
    expect(await testMasks(model, dataset)).toBeNull();
    model.dispose();
  });

  it('tell every part of the work, and may be ended in each', async () => {
    const model = build({ mask: 'TxT' });
    const labels: string[] = [];
    const progress = ({ label, done }: ProbeProgress) => {
      if (done === 0) labels.push(label);
    };
    await testMasks(model, dataset, { progress, yieldOrStop: async () => {} });
    expect(labels).toEqual([
      'moving every token of all rows',
      'gradients of every task',
      'masks in evaluation and in training',
      'predicting a row in other batches',
    ]);
    const tensors = tf.memory().numTensors;
    for (const last of labels) {
      let now = '';
      const measuring = {
        progress: ({ label }: ProbeProgress) => {
          now = label;
        },
        yieldOrStop: async () => {
          if (now === last) throw new Error(`ended: ${last}`);
        },
      };
      await expect(testMasks(model, dataset, measuring)).rejects.toThrow(`ended: ${last}`);
    }
    expect(tf.memory().numTensors).toBe(tensors);
    model.dispose();
  });
});
