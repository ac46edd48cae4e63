// Test scores are measured on the test split, and gain is computed from test scores. (bestEpoch.test.ts recomputes the scores
// from the weights.)
import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import { requireExperiment } from '../config/experiment.ts';
import { randomDataset } from '../data/randomDataset.ts';
import type { Dataset, TaskMeta } from '../data/table.ts';
import type { BackendReport } from '../protocol/backend.ts';
import type { TaskScore } from '../protocol/result.ts';
import type { RunEvent } from '../protocol/run.ts';
import { taskTypes } from '../tasks/registry.ts';
import { evaluateLogits, predictModel } from './evaluate.ts';
import { RunControl } from './runControl.ts';
import { runSession } from './session.ts';
import { createNetwork, linearModel } from './testing.ts';

const backend: BackendReport = { active: 'cpu', adapter: 'test', reason: '', tried: [], software: false };
const now = async () => {};

async function run(changes: Record<string, unknown>) {
  const events: RunEvent[] = [];
  const session = await runSession({
    runId: 'test',
    experiment: requireExperiment(
      {
        version: 1,
        data: { id: 'multitab-bench', params: { rows: 120, features: 3 } },
        tasks: { count: 2, rho: 0.3, degrees: [1, 2], kinds: ['regression', 'binary'] },
        model: { id: 'mt-mlp', params: { shared: [6], tower: [4], embedding: 2 } },
        training: { epochs: 3, batchSize: 32, patience: 0 },
        baseline: { id: 'st-mlp', params: { hidden: [6], embedding: 2 } },
        ...changes,
      },
      catalog,
    ),
    backend,
    control: new RunControl(),
    emit: (event) => events.push(event),
  });
  session.dispose();
  const seed = session.result.seeds[0];
  if (!seed) throw new Error('no seed finished');
  return { seed, events };
}

const primaryOf = (scores: readonly TaskScore[] | undefined, task: number) => {
  const score = scores?.[task];
  return score?.metrics[score.primary]?.value ?? Number.NaN;
};

beforeAll(() => tf.setBackend('cpu'));

describe('gain', () => {
  it('is made of the test scores of model and baseline, network by network', async () => {
    // Trained long enough that no baseline is below zero, which would have no percentage.
    const { seed, events } = await run({
      compare: [{ id: 'gradient-boosting' }],
      training: { epochs: 12, batchSize: 32, patience: 0 },
    });
    const networks = [{ result: seed.model, gain: seed.gain }, ...seed.others];
    expect(networks).toHaveLength(2);
    for (const { result, gain } of networks) {
      const percents = [0, 1].map((task) => {
        const [model, baseline] = [primaryOf(result.test, task), primaryOf(seed.baseline?.test, task)];
        expect(gain?.perTask[task]).toMatchObject({ model, baseline, difference: model - baseline });
        // Otherwise the number would not show its split.
        expect(model).not.toBe(primaryOf(result.validation, task));
        expect(baseline).not.toBe(primaryOf(seed.baseline?.validation, task));
        return (100 * (model - baseline)) / Math.abs(baseline);
      });
      percents.forEach((percent, task) => {
        expect(gain?.perTask[task]?.gain).toBeCloseTo(percent, 9);
      });
      expect(gain?.mean).toBeCloseTo(((percents[0] as number) + (percents[1] as number)) / 2, 9);
    }
    // During training, gain compares the best validation scores so far of both networks.
    const live = events.filter((e) => e.type === 'gain' && e.role === 'model').at(-1);
    expect(live).toMatchObject({
      gain: {
        perTask: [0, 1].map((task) => ({
          model: primaryOf(seed.model.validation, task),
          baseline: primaryOf(seed.baseline?.validation, task),
        })),
      },
    });
  });
});

describe('a run', () => {
  it('ends `patience` epochs behind the best one, long before the last it may have', async () => {
    const { seed } = await run({ training: { epochs: 400, batchSize: 84, patience: 2, learningRate: 0.05 } });
    const { epochs, bestEpochs } = seed.model;
    expect(bestEpochs[0]).toBe(bestEpochs[1]);
    expect(epochs).toHaveLength((bestEpochs[0] as number) + 2);
    expect(epochs.length).toBeLessThan(200);
    expect(seed.baseline?.epochs).toHaveLength(Math.max(...(seed.baseline?.bestEpochs ?? [])) + 2);
  });
});

describe('a split', () => {
  const tasks: TaskMeta[] = [{ name: 'y', type: 'regression', outputs: 1, description: '' }];
  const features = [{ name: 'x', kind: 'numeric' as const, cardinality: 1 }];
  const noise = randomDataset(features, tasks, 50, 5);

  it('is measured as one, whatever the batches are, and in its own units', async () => {
    const data: Dataset = { ...noise, targetScaling: [{ mean: 100, scale: 4 }] };
    const network = createNetwork(linearModel(), {}, { dataset: data });
    const rows = Uint32Array.from({ length: 23 }, (_, i) => 2 * i + 1);
    const measure = async (batchSize: number) => {
      const logits = await predictModel(network.model, data, rows, batchSize, now);
      return evaluateLogits(data, [taskTypes.regression], rows, logits);
    };
    const whole = await measure(23);
    for (const batchSize of [1, 5, 11, 64]) {
      const parts = await measure(batchSize);
      expect(parts.losses[0]).toBeCloseTo(whole.losses[0] as number, 6);
      expect(parts.scores).toEqual(whole.scores);
    }
    const [weight = 0] = network.model.parameters[0]?.variable.dataSync() ?? [];
    const errors = Array.from(
      rows,
      (row) => (data.targets[0]?.[row] ?? 0) - weight * (data.numeric[0]?.[row] ?? 0),
    );
    const mse = errors.reduce((sum, e) => sum + e * e, 0) / errors.length;
    expect(whole.losses[0]).toBeCloseTo(mse, 5);
    expect(whole.scores[0]?.metrics.mse?.value).toBeCloseTo(16 * mse, 4);
    expect(whole.scores[0]).toMatchObject({ task: 'y', primary: 'explained-variance' });
    network.dispose();
  });
});
