import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import { requireExperiment } from '../config/experiment.ts';
import { defaultsOf } from '../config/params.ts';
import type { Role } from '../core/roles.ts';
import { randomDataset } from '../data/randomDataset.ts';
import type { BoostedModelDef } from '../models/model.ts';
import { models } from '../models/registry.ts';
import { trainingSettings } from '../training/params.ts';
import { costRows, measureCost } from './cost.ts';

const experiment = requireExperiment(
  {
    version: 1,
    data: { id: 'multitab-bench', params: { rows: 300, features: 3 } },
    tasks: { count: 2 },
    model: { id: 'mmoe', params: { experts: 2, expert: [4], tower: [3], embedding: 2 } },
    compare: [{ id: 'mmoe', params: { experts: 3, expert: [4], tower: [3], embedding: 2 } }],
    baseline: { id: 'st-mlp', params: { hidden: [4], embedding: 0 } },
    training: { batchSize: 16, epochs: 3 },
  },
  catalog,
);
const feature = (name: string) => ({ name, kind: 'numeric' as const, cardinality: 1 });
const task = (name: string) => ({ name, type: 'regression' as const, outputs: 1, description: '' });
const shape = { features: ['a', 'b', 'c'].map(feature), tasks: ['y', 'z'].map(task) };

beforeAll(() => tf.setBackend('cpu'));

describe('costs', () => {
  it('lists every architecture in the order of the registry, as the experiment sets it', () => {
    const rows = costRows(experiment, shape, 200);
    const ids = catalog.models.flatMap(({ id }) => (id === 'mmoe' ? [id, id] : [id]));
    expect(rows.map((r) => r.id)).toEqual(ids);
    const find = (role: Role) => rows.find((r) => r.role === role);
    const [baseline, model, second] = [find('baseline'), find('model'), find('model-2')];
    expect([baseline, model, second].map((r) => r?.id)).toEqual(['st-mlp', 'mmoe', 'mmoe']);
    // Two ST-MLPs [3 -> 4 -> 1] with batch norm: 2 x (16 + 8 + 5).
    expect(baseline?.parameters).toBe(58);
    expect(baseline?.flopsPerRow).toBe(2 * 2 * (12 + 4));
    expect(model?.stepsPerEpoch).toBe(13);
    // One more expert [6 -> 4] with batch norm, and one more output in each of two gates.
    expect((second?.parameters ?? 0) - (model?.parameters ?? 0)).toBe(6 * 4 + 4 + 8 + 2 * 7);
    expect((second?.flopsPerRow ?? 0) - (model?.flopsPerRow ?? 0)).toBe(2 * (6 * 4 + 2 * 6 + 2 * 4));
    const tab = rows.find((r) => r.id === 'tab-transformer');
    expect(tab?.issues[0]?.expected).toContain('categorical');
    expect(tab?.parameters).toBeNull();
  });

  it('measures every architecture that fits, and leaves nothing behind', async () => {
    const settings = trainingSettings(experiment.training);
    const before = tf.memory().numTensors;
    for (const { id, params, issues } of costRows(experiment, shape, 40)) {
      if (issues.length > 0 || id === 'saint' || id === 'multitab-net' || id === 'ft-transformer') continue;
      const cost = await measureCost({ id, params }, shape, settings, 40, async () => {});
      expect(cost.stepMs).toBeGreaterThan(0);
      if (cost.launches !== null) expect(cost.launches).toBeGreaterThan(20);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it('says why a network is too large to be tried out', async () => {
    const settings = trainingSettings({ ...experiment.training, batchSize: 4096 });
    const params = {
      ...defaultsOf(models.mmoe.params),
      experts: 4,
      expert: [4096, 4096],
      tower: [3],
      embedding: 2,
      dropout: 0,
      initialisation: 'scaled',
    };
    const cost = await measureCost({ id: 'mmoe', params }, shape, settings, 1e5, async () => {});
    expect(cost).toMatchObject({ stepMs: null, skipped: expect.stringContaining('billion operations') });
    const larger = { ...params, experts: 32 };
    const refused = await measureCost({ id: 'mmoe', params: larger }, shape, settings, 1e5, async () => {});
    expect(refused).toMatchObject({ stepMs: null, skipped: expect.stringContaining('100,000,000') });
  });

  it('counts memory of the network alone, and a round of R-MTGB as the mean of its kinds', async () => {
    const settings = trainingSettings(experiment.training);
    const choice = { id: 'mt-mlp', params: defaultsOf(models['mt-mlp']?.params ?? []) };
    const alone = await measureCost(choice, shape, settings, 40, async () => {});
    const held = tf.zeros([1 << 22]);
    const beside = await measureCost(choice, shape, settings, 40, async () => {});
    held.dispose();
    expect(beside.peakBytes).toBe(alone.peakBytes);
    const robust = models['r-mtgb'] as BoostedModelDef;
    const phases =
      robust.phases?.({ ...defaultsOf(robust.params), rounds: 10, sharedRounds: 2, outlierRounds: 3 }) ?? [];
    expect(phases.map((p) => p.rounds)).toEqual([2, 3, 5]);
    expect(phases.map((p) => [p.params.sharedRounds, p.params.outlierRounds])).toEqual([
      [10, 0],
      [0, 10],
      [0, 0],
    ]);
  });
});

it('noise has the shape of the table', () => {
  const kinds = [feature('a'), { name: 'c', kind: 'categorical' as const, cardinality: 3 }];
  const classes = { name: 'k', type: 'multiclass' as const, outputs: 4, description: '' };
  const { categorical, targets } = randomDataset(kinds, [task('y'), classes], 200);
  expect(new Set(categorical[0])).toEqual(new Set([0, 1, 2]));
  expect(new Set(targets[1])).toEqual(new Set([0, 1, 2, 3]));
});
