// Unsuitable gradient methods are refused, with reason and remedy.
import '../../platform/nodeGradients.ts';
import { describe, expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import { requireExperiment } from '../config/experiment.ts';
import { methods } from '../methods/registry.ts';
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

describe('choices that make no sense', () => {
  const unsuitable = async (model: string, training: Record<string, unknown> = {}, more = {}) => {
    const raw = {
      version: 1,
      data: { id: 'multitab-bench', params: { rows: 60, features: 4 } },
      tasks: { count: 3 },
      model: { id: model, params: {} },
      training,
      ...more,
    };
    const { summary } = await planExperiment(requireExperiment(raw, catalog));
    const { 'training.weighting': weighting = {}, 'training.sharpness': sharpness = {} } =
      summary?.unsuitable ?? {};
    return { weighting, sharpness };
  };

  it('are told with the reason before they are chosen', async () => {
    const alone = await unsuitable('st-mlp');
    expect(Object.keys(alone.weighting)).toHaveLength(Object.keys(methods).length - 1);
    expect(alone.weighting.cagrad).toMatch(/ST-MLP has no parameters that tasks share/);
    expect(alone.weighting.equal).toBeUndefined();
    expect(Object.keys(alone.sharpness)).toEqual(['sam', 'flat-regions', 'samo']);
    expect(await unsuitable('mmoe')).toEqual({ weighting: {}, sharpness: {} });
  });

  it('follow what else is chosen', async () => {
    expect(Object.keys((await unsuitable('mmoe', { weighting: 'cagrad' })).sharpness)).toEqual(['sam']);
    const sam = await unsuitable('mmoe', { sharpness: 'sam' });
    expect(sam.weighting.pcgrad).toMatch(/no weighted sum to climb/);
    expect(sam.weighting.uw).toBeUndefined();
    const groups = await unsuitable('mmoe', {}, { model: { id: 'mmoe', params: { together: [1, 1, 2] } } });
    expect(groups.weighting.uw).toMatch(/networks of their own/);
    expect(groups.weighting.fixed).toBeUndefined();
  });
});
