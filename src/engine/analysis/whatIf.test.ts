import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import { defaultsOf } from '../config/params.ts';
import { placeKey } from '../core/attentionPlace.ts';
import { randomDataset } from '../data/randomDataset.ts';
import { gridText } from '../masks/custom.ts';
import { masks } from '../masks/registry.ts';
import { multitab } from '../models/multitab.ts';
import { regression } from '../tasks/regression.ts';
import { UNWATCHED } from './measuring.ts';
import { whatIf } from './whatIf.ts';

const feature = (name: string) => ({ name, kind: 'numeric' as const, cardinality: 1 });
const task = (name: string) => ({ name, type: 'regression' as const, outputs: 1, description: '' });
const noise = randomDataset(['x0', 'x1'].map(feature), ['A', 'B'].map(task), 40);
const dataset = { ...noise, split: { ...noise.split, validation: noise.split.train } };

beforeAll(async () => {
  await startNodeBackend({ backend: 'cpu', allowSoftwareAdapter: false });
});

it('measures the same model under another mask, and refuses what is no mask', async () => {
  const build = (mask: string) =>
    multitab.build({
      ...dataset,
      params: { ...defaultsOf(multitab.params), width: 4, heads: 2, blocks: 2, mask },
      seed: 2,
    });
  const [open, masked] = [build('none'), build('TxT')];
  const tensors = tf.memory().numTensors;
  const ask = (model: typeof open, text: string) =>
    whatIf({
      model,
      dataset,
      taskTypes: [regression, regression],
      batchSize: 16,
      text,
      baseline: null,
      measuring: UNWATCHED,
    });
  const txt = gridText(masks.TxT.build({ numTaskTokens: 2, numTokens: 4, block: 0, heads: 2, text: '' }), 4);
  const { report } = await ask(open, txt);
  // Both start from the same values, so the unmasked model under the mask equals the masked model.
  expect(report?.after).toEqual((await ask(masked, txt)).report?.before);
  expect(report?.outputChange.every((c) => c > 0)).toBe(true);
  expect((await ask(masked, txt)).report?.outputChange).toEqual([0, 0]);
  const maskedMaps = (await ask(masked, txt)).report?.attention.before;
  expect(report?.attention.after).toEqual(maskedMaps);
  expect(report?.attention.after.map(placeKey)).toEqual(report?.attention.before.map(placeKey));
  expect(report?.attention.before).not.toEqual(maskedMaps);
  // The same mask for every head of every block equals one mask for all.
  const open4 = '..../..../..../....';
  const everyHead = [0, 1].flatMap((b) => [0, 1].map((h) => `@${b}.${h}:${txt}`)).join('');
  expect((await ask(open, open4 + everyHead)).report?.after).toEqual(report?.after);
  expect((await ask(open, `${open4}@1.1:${txt}`)).report?.after).not.toEqual(report?.after);
  expect((await ask(open, `${open4}@9:${txt}`)).issue?.got).toBe('@9');
  expect((await ask(open, 'xxxx/..../..../....')).issue?.got).toBe('none for A');
  expect(tf.memory().numTensors).toBe(tensors);
  open.dispose();
  masked.dispose();
});
