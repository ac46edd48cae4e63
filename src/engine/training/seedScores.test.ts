import { describe, expect, it } from 'vitest';
import type { Role } from '../core/roles.ts';
import type { PartResult, TaskScore } from '../protocol/result.ts';
import type { TrainingSettings } from './params.ts';
import { SeedScores } from './seedScores.ts';

const scores = (value: number): TaskScore[] => [
  { task: 'y', primary: 'auroc', metrics: { auroc: { value } } },
];

function result(role: Role, test: number, singleTask = false): PartResult {
  const plan = {
    id: role,
    label: role,
    singleTask,
    boosted: false,
    stage: 0,
    stepsPerEpoch: 1,
    parameters: 1,
  };
  const trained = {
    epochs: [],
    bestEpochs: [],
    bestSteps: [],
    selection: [],
    steps: 1,
    trainMs: 0,
    evaluationMs: 0,
    trainedWith: null,
  };
  return { role, ...plan, ...trained, validation: scores(test / 2), test: scores(test) };
}

/** @param live - best validation scores of networks in training */
const board = (twin: TrainingSettings['twin'], live: Partial<Record<Role, number | null>> = {}) =>
  new SeedScores({ twin } as TrainingSettings, () =>
    Object.entries(live).map(([role, value]) => ({
      role: role as Role,
      bestScores: () => (value === null || value === undefined ? null : scores(value)),
    })),
  );
const value = (found: TaskScore[] | null) => found?.[0]?.metrics.auroc?.value ?? null;

describe('the scores of a seed', () => {
  it('are the best of validation so far, then those of the test', () => {
    const seed = board('off', { model: 0.7, baseline: null });
    expect(value(seed.of('model', 'validation'))).toBe(0.7);
    expect(seed.of('model', 'test')).toBeNull();
    expect(seed.of('baseline', 'validation')).toBeNull();
    expect(seed.of('model-2', 'validation')).toBeNull();
    seed.add([result('model', 0.8)]);
    expect(value(seed.of('model', 'test'))).toBe(0.8);
    expect(value(seed.of('model', 'validation'))).toBe(0.4);
  });

  it('compare every network with the baseline', () => {
    const seed = board('off', { model: 0.6, baseline: 0.5 });
    const { gain, decomposition } = seed.compare({ role: 'model', singleTask: false }, 'validation');
    expect(gain?.mean).toBeCloseTo(20, 10);
    expect(decomposition).toBeNull();
    expect(seed.compare({ role: 'baseline', singleTask: true }, 'validation')).toEqual({
      gain: null,
      decomposition: null,
    });
    expect(seed.compare({ role: 'model', singleTask: false }, 'test').gain).toBeNull();
  });

  it('compare a model with its own twin', () => {
    const seed = board('both', {
      baseline: 0.5,
      model: 0.6,
      'model:twin': 0.55,
      'model-2': 0.7,
      'model-2:twin': 0.5,
    });
    const part = (role: Role, singleTask = false) =>
      seed.compare({ role, singleTask }, 'validation').decomposition;
    expect(part('model')?.mean.sharing).toBeCloseTo(10, 10);
    expect(part('model-2')?.mean.sharing).toBeCloseTo(40, 10);
    expect(part('model:twin', true)).toBeNull();
    // Networks that share nothing are their own twins.
    expect(part('model', true)?.mean.sharing).toBe(0);
    const alone = board('only', { model: 0.6, 'model:twin': 0.5 });
    expect(alone.compare({ role: 'model', singleTask: false }, 'validation')).toMatchObject({
      gain: null,
      decomposition: { reference: 'twin' },
    });
    expect(
      board('off', { model: 0.6 }).compare({ role: 'model', singleTask: true }, 'validation').decomposition,
    ).toBeNull();
  });

  it('are completed by a twin that is tested later', () => {
    const seed = board('both');
    const [, model] = seed.add([result('baseline', 0.5), result('model', 0.6)]);
    expect(model?.gain?.mean).toBeCloseTo(20, 10);
    expect(model?.decomposition).toBeNull();
    const [twin] = seed.add([result('model:twin', 0.55)]);
    expect(twin?.gain?.mean).toBeCloseTo(10, 10);
    expect(seed.tested[1]?.decomposition?.mean.sharing).toBeCloseTo(10, 10);
    expect(seed.tested.map((t) => t.result.role)).toEqual(['baseline', 'model', 'model:twin']);
  });

  it('become the result of the seed', () => {
    const seed = board('both');
    seed.add([result('baseline', 0.5), result('model', 0.6), result('model:twin', 0.55)]);
    seed.add([result('model-2', 0.7, true)]);
    const all = seed.seedResult(4);
    expect(all).toMatchObject({ seed: 4, model: { role: 'model' }, baseline: { role: 'baseline' } });
    expect(all.gain?.mean).toBeCloseTo(20, 10);
    expect(all.decomposition?.mean.architecture).toBeCloseTo(10, 10);
    expect(all.others.map((o) => o.result.role)).toEqual(['model:twin', 'model-2']);
    const without = board('off');
    without.add([result('model', 0.6)]);
    expect(without.seedResult(0).baseline).toBeNull();
    expect(() => board('off').seedResult(0)).toThrow('no model');
  });

  it('go on from those before a resume, on a copy', () => {
    const first = board('off');
    first.add([result('model', 0.6)]);
    const again = new SeedScores({ twin: 'off' } as TrainingSettings, () => [], first.tested);
    again.add([result('model-2', 0.7)]);
    expect(again.tested).toHaveLength(2);
    expect(first.tested).toHaveLength(1);
    expect(again.tested[0]).not.toBe(first.tested[0]);
  });
});
