// `multitab relations` on small runs: every measure, the truths it is compared with, and why it may fail.
import '../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { backend, smallExperiment } from '../engine/training/sessionTesting.ts';
import { overSeeds, relationsOfSeed } from './relations.ts';

beforeAll(() => tf.setBackend('cpu'));

describe('multitab relations', () => {
  it('has every measure with its agreement, by seed', async () => {
    const experiment = smallExperiment({ tasks: { count: 4, rho: 0.3 } });
    const found = await relationsOfSeed(experiment, 3, { backend });
    if ('failed' in found) throw new Error(found.failed);
    expect(found.seed).toBe(3);
    expect(found.measures.map((m) => m.id)).toEqual([
      'cosine',
      'magnitude',
      'etap',
      'tawt',
      'look-ahead',
      'mean-cosine',
      'conflict-rate',
    ]);
    expect(found.truths.map((t) => t.id)).toEqual(['weight-cosine', 'label-correlation', 'gain']);
    expect(found.agreements.length).toBe(21);
    // Four measures, in two and in three groups.
    expect(found.groups.map((g) => g.groups.length)).toEqual([2, 3, 2, 3, 2, 3, 2, 3]);
    const labels = found.agreements.find((a) => a.measure === 'cosine' && a.truth === 'label-correlation');
    expect(labels?.count).toBe(6);
    expect(Math.abs(labels?.rank ?? 2)).toBeLessThanOrEqual(1);
    expect(found.looks.at(-1)?.update.share.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
  });

  it('fails with the reason where nothing is shared', async () => {
    const experiment = smallExperiment({ model: { id: 'st-mlp', params: { hidden: [4], embedding: 2 } } });
    expect(await relationsOfSeed(experiment, 0, { backend })).toEqual({
      failed: 'The tasks of this network share no parameters.',
    });
  });

  it('joins seeds by their mean and range, those without a number left out', () => {
    const seed = (rank: number) => ({ agreements: [{ measure: 'a', truth: 'b', count: 3, rank }] });
    expect(overSeeds([seed(0.5), seed(Number.NaN), seed(-0.1)])).toEqual([
      { measure: 'a', truth: 'b', count: 3, mean: 0.2, lowest: -0.1, highest: 0.5, seeds: 2 },
    ]);
    expect(overSeeds([])).toEqual([]);
  });
});
