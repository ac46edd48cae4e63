import { describe, expect, it } from 'vitest';
import type { Role } from '../core/roles.ts';
import type { NetworkResult, TaskScore } from '../protocol/result.ts';
import { compareModels, type Tested, testedOf } from './comparison.ts';
import { decompose } from './decomposition.ts';
import { gainReport } from './gain.ts';

const scores = (values: readonly number[], primary: string): TaskScore[] =>
  values.map((value, i) => ({ task: `y${i + 1}`, primary, metrics: { [primary]: { value } } }));

function result(role: Role, values: readonly number[], primary = 'auroc', trainMs = 1000): NetworkResult {
  const plan = {
    id: `id-${role}`,
    label: role,
    singleTask: false,
    boosted: false,
    stage: 0,
    stepsPerEpoch: 1,
  };
  const trained = {
    epochs: [],
    bestEpochs: [],
    bestSteps: [],
    selection: [],
    steps: 1,
    trainMs,
    evaluationMs: 0,
    trainedWith: null,
  };
  const test = scores(values, primary);
  // Of other values: what is compared are test scores.
  const validation = scores(
    values.map((value) => 1 - value / 2),
    primary,
  );
  return { role, parameters: 7, ...plan, ...trained, validation, test };
}

/** Networks given by their values per seed and task, with gains over the baseline, and over the model's twin if given. */
function compare(networks: Partial<Record<Role, number[][]>>, primary = 'auroc') {
  const roles = Object.keys(networks) as Role[];
  const seeds = (networks[roles[0] as Role] ?? []).map((_, seed) =>
    roles.flatMap((role): Tested[] => {
      const values = networks[role]?.[seed];
      if (!values) return [];
      const own = result(role, values, primary, 1000 * (seed + 1));
      const [base, twin] = (['baseline', 'model:twin'] as const).map((r) => {
        const other = networks[r]?.[seed];
        return other ? scores(other, primary) : null;
      });
      return [
        {
          result: own,
          gain: base && role !== 'baseline' ? gainReport(own.test, base) : null,
          decomposition: twin && role === 'model' ? decompose(own.test, twin, base ?? null) : null,
        },
      ];
    }),
  );
  return compareModels(seeds);
}

describe('networks side by side', () => {
  it('have their means, intervals and gains over the seeds, in the order they came', () => {
    const [baseline, model] = compare({ baseline: [[0.5], [0.5]], model: [[0.6], [0.7]] });
    expect([baseline?.role, model?.role]).toEqual(['baseline', 'model']);
    expect(model).toMatchObject({ id: 'id-model', label: 'model', parameters: 7, trainSeconds: 1.5 });
    expect(model?.perTask[0]).toMatchObject({
      task: 'y1',
      metric: 'auroc',
      higherIsBetter: true,
      perSeed: [0.6, 0.7],
    });
    expect(model?.perTask[0]?.mean).toBeCloseTo(0.65, 12);
    expect(model?.perTask[0]?.low).toBeCloseTo(0.65 - 12.7062 * 0.05, 4);
    expect(baseline?.gain).toBeNull();
    expect(model?.gain?.mean).toBeCloseTo(30, 10);
    expect(model?.decomposition).toBeNull();
  });

  it('are paired by seed, signed so that positive is better', () => {
    const [, model, second] = compare({
      baseline: [[0.5], [0.5]],
      model: [[0.6], [0.7]],
      'model-2': [[0.59], [0.68]],
    });
    expect(model?.against.map((a) => a.role)).toEqual(['baseline', 'model-2']);
    const pair = model?.against[1];
    expect(pair?.perTask[0]?.mean).toBeCloseTo(0.015, 12);
    expect(pair?.perTask[0]?.low).toBeCloseTo(0.015 - 12.7062 * 0.005, 4);
    expect(pair?.gain?.mean).toBeCloseTo(3, 10);
    expect(second?.against[1]?.gain?.mean).toBeCloseTo(-3, 10);
    expect(model?.against[0]?.gain).toBeNull();
    const [low] = compare({ model: [[0.2], [0.3]], 'model-2': [[0.4], [0.6]] }, 'mse');
    expect(low?.against[0]?.perTask[0]?.mean).toBeCloseTo(0.25, 12);
  });

  it('are best where every other network is beaten in all likelihood', () => {
    const best = (networks: Parameters<typeof compare>[0], metric?: string) =>
      compare(networks, metric).map((m) => [m.isBest.perTask[0], m.isBest.gain]);
    // Beats both others: by 0.1 and by 0.05 in every seed.
    const baseline = [[0.5], [0.4]];
    expect(best({ baseline, model: [[0.6], [0.5]], 'model-2': [[0.55], [0.45]] })).toEqual([
      [false, false],
      [true, false],
      [false, false],
    ]);
    expect(best({ baseline, model: [[0.6], [0.48]], 'model-2': [[0.55], [0.44]] })[1]?.[1]).toBe(true);
    // One of two rivals alone is beaten in gain.
    const three = {
      baseline,
      model: [[0.6], [0.48]],
      'model-2': [[0.55], [0.44]],
      'model-3': [[0.61], [0.47]],
    };
    expect(best(three).map(([, gain]) => gain)).toEqual([false, false, false, false]);
    // One of them is missing in a seed.
    expect(best({ baseline, model: [[0.6], [0.5]], 'model-2': [[0.5], [0.51]] })[1]).toEqual([false, false]);
    // One seed, one network, and equal networks.
    expect(best({ baseline: [[0.5]], model: [[0.9]] })[1]).toEqual([false, false]);
    expect(best({ model: [[0.9], [0.8]] })).toEqual([[false, false]]);
    expect(best({ baseline, model: baseline })).toEqual([
      [false, false],
      [false, false],
    ]);
    expect(best({ baseline, model: [[0.3], [0.2]] }, 'mse')[1]?.[0]).toBe(true);
    // The gain of a single model has no rival.
    expect(best({ baseline, model: [[0.9], [0.8]] })[1]).toEqual([true, false]);
  });

  it('carry what the gain of a model consists of, and no twin does', () => {
    const columns = compare({
      baseline: [[0.5], [0.5]],
      model: [[0.6], [0.7]],
      'model:twin': [[0.55], [0.5]],
    });
    expect(columns.map((c) => c.decomposition === null)).toEqual([true, false, true]);
    expect(columns[1]?.decomposition?.mean.sharing.mean).toBeCloseTo(25, 10);
  });

  it('may be missing in the last seed', () => {
    const columns = compare({ baseline: [[0.5], [0.5]], model: [[0.6]] });
    expect(columns[1]?.perTask[0]?.perSeed).toEqual([0.6]);
    expect(columns[1]?.against[0]?.perTask[0]?.perSeed).toHaveLength(1);
    expect(compareModels([])).toEqual([]);
  });
});

it('keeps the networks of a finished seed in their order', () => {
  const [baseline, model, other] = (['baseline', 'model', 'model-2'] as const).map((r) => result(r, [1]));
  const gain = gainReport(scores([1], 'auroc'), scores([0.5], 'auroc'));
  const decomposition = decompose(scores([1], 'auroc'), scores([0.7], 'auroc'), null);
  const others = other ? [{ result: other, gain: null, decomposition: null }] : [];
  const seed = { seed: 0, model: model as NetworkResult, gain, decomposition, others };
  const tested = testedOf({ ...seed, baseline: baseline as NetworkResult });
  expect(tested.map((t) => t.result.role)).toEqual(['baseline', 'model', 'model-2']);
  expect(tested[0]).toMatchObject({ gain: null, decomposition: null });
  expect(tested[1]).toMatchObject({ gain, decomposition });
  expect(testedOf({ ...seed, baseline: null }).map((t) => t.result.role)).toEqual(['model', 'model-2']);
});
