// `multitab relations` on small runs: every measure, the truths it is compared with, and its errors.
import '../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { backend, smallExperiment } from '../engine/training/sessionTesting.ts';
import { overSeeds, relationsOfSeed, withTruths } from './relations.ts';

beforeAll(() => tf.setBackend('cpu'));

describe('multitab relations', () => {
  it('has every measure with its agreement, by seed', async () => {
    const training = { epochs: 2, batchSize: 32, evaluationBatch: 30, weighting: 'uw' };
    const experiment = smallExperiment({ tasks: { count: 4, rho: 0.3 }, training });
    const found = await relationsOfSeed(experiment, 3, { backend });
    if ('failed' in found) throw new Error(found.failed);
    expect(found.seed).toBe(3);
    expect(found.measures.map((m) => m.id)).toEqual([
      'cosine',
      'magnitude',
      'etap',
      'tawt',
      'look-ahead',
      'cka-input',
      'cka-tower',
      'grad-tag',
      'mean-cosine',
      'conflict-rate',
    ]);
    expect(found.truths.map((t) => t.id)).toEqual(['weight-cosine', 'label-correlation', 'gain']);
    expect(found.agreements.length).toBe(30);
    // Five measures, in two and in three groups.
    expect(found.groups.map((g) => g.groups.length)).toEqual([2, 3, 2, 3, 2, 3, 2, 3, 2, 3]);
    const labels = found.agreements.find((a) => a.measure === 'cosine' && a.truth === 'label-correlation');
    expect(labels?.count).toBe(6);
    expect(Math.abs(labels?.rank ?? 2)).toBeLessThanOrEqual(1);
    // After the first step and every epoch, at any speed of the machine.
    expect(found.looks.map((look) => look.step)).toEqual([1, 5, 10]);
    // The last look has weights too, although the method is disposed of with the training.
    expect(found.looks.map((look) => look.weights?.length)).toEqual(found.looks.map(() => 4));
    expect(found.looks.at(-1)?.update.share.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
  });

  it('fails with the reason where nothing is shared', async () => {
    const experiment = smallExperiment({ model: { id: 'st-mlp', params: { hidden: [4], embedding: 2 } } });
    expect(await relationsOfSeed(experiment, 0, { backend })).toEqual({
      failed: 'The tasks of this network share no parameters.',
      isOfInput: true,
    });
  });

  it('joins seeds by their mean and range, those without a number left out', () => {
    const seed = (rank: number) => ({ agreements: [{ measure: 'a', truth: 'b', count: 3, rank }] });
    expect(overSeeds([seed(0.5), seed(Number.NaN), seed(-0.1)])).toEqual([
      { measure: 'a', truth: 'b', count: 3, mean: 0.2, lowest: -0.1, highest: 0.5, seeds: 2 },
    ]);
    expect(overSeeds([])).toEqual([]);
  });

  it('trains every pair, and ranks the measures by what came of it', async () => {
    const model = { id: 'mt-mlp', params: { shared: [4], tower: [4], embedding: 2 } };
    const tasks = { count: 3, rho: 0.3, degrees: [1] };
    const experiment = withTruths(smallExperiment({ tasks, model }), 'pairs,leave-one-out', 3);
    const found = await relationsOfSeed(experiment, 0, { backend });
    if ('failed' in found) throw new Error(found.failed);
    const pairs = found.truths.find((t) => t.id === 'pair-gain')?.pairs as Float64Array;
    // With three tasks, all but one is a pair: the loss from leaving a task out is the joint network less that pair.
    expect(Array.from(pairs).filter(Number.isFinite)).toHaveLength(6);
    const left = found.truths.find((t) => t.id === 'left-out-gain')?.pairs as Float64Array;
    const together = left[0 * 3 + 1] as number;
    expect(together + (pairs[2 * 3 + 1] as number)).toBeCloseTo(
      (left[2 * 3 + 1] as number) + (pairs[0 * 3 + 1] as number),
      6,
    );
    const of = (measure: string) =>
      found.agreements.find((a) => a.measure === measure && a.truth === 'pair-gain');
    expect(of('etap')?.count).toBe(6);
    expect(of('cosine')?.count).toBe(3);
  });

  it('refuses truths that it does not know, or cannot train', () => {
    const experiment = smallExperiment();
    expect(() => withTruths(experiment, 'triples', 3)).toThrow(
      /--truth: expected pairs or leave-one-out, got triples/,
    );
    expect(() => withTruths(experiment, 'pairs', 40)).toThrow(/40 tasks take 39 networks/);
    expect(() => withTruths(experiment, 'pairs,leave-one-out', 10)).toThrow(
      /at most 16 networks in a run, got 19/,
    );
    const alone = smallExperiment({ model: { id: 'st-mlp', params: { hidden: [4] } } });
    expect(() => withTruths(alone, 'pairs', 3)).toThrow(/does not train tasks together/);
  });
});
