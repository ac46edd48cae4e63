// Gradient methods are refused where they make no sense, with the reason and what to do.
import '../../platform/nodeGradients.ts';
import { describe, expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import { requireExperiment } from '../config/experiment.ts';
import { planExperiment } from './plan.ts';

const issuesOf = async (model: string, training: Record<string, unknown>, more = {}) => {
  const raw = {
    version: 1,
    data: { id: 'multitab-bench', params: { rows: 60, features: 4 } },
    tasks: { count: 3 },
    model: { id: model, params: {} },
    training,
    ...more,
  };
  return (await planExperiment(requireExperiment(raw, catalog))).issues;
};

describe('a gradient method', () => {
  it('is fine with a multitask network, and with one among those compared', async () => {
    expect(await issuesOf('mmoe', { weighting: 'cagrad', sharpness: 'flat-regions' })).toEqual([]);
    const compare = [{ id: 'mt-mlp', params: {} }];
    expect(await issuesOf('st-mlp', { weighting: 'cagrad' }, { compare })).toEqual([]);
    expect(await issuesOf('st-mlp', {})).toEqual([]);
  });

  it.each(['st-mlp', 'ft-transformer'])('is refused for %s, whose networks share nothing', async (id) => {
    expect(await issuesOf(id, { weighting: 'cagrad' })).toMatchObject([
      {
        path: 'training.weighting',
        expected: expect.stringContaining('no parameters that tasks share'),
        got: 'cagrad',
      },
    ]);
    expect(await issuesOf(id, { sharpness: 'sam' })).toMatchObject([{ path: 'training.sharpness' }]);
  });

  it.each([
    ['sharpness', { weighting: 'mgda', sharpness: 'sam' }, /no weighted sum/],
    ['sharpness', { weighting: 'famo', sharpness: 'samo' }, /off with FAMO/],
    ['trimmed', { weighting: 'trimmed-mean', trimmed: 2 }, /fewer than half of 3/],
    ['tawtTarget', { weighting: 'tawt', tawtTarget: 4 }, /1 to 3/],
  ])('is refused by %s of %j', async (key, training, expected) => {
    expect(await issuesOf('mmoe', training)).toMatchObject([
      { path: `training.${key}`, expected: expect.stringMatching(expected) },
    ]);
  });
});
