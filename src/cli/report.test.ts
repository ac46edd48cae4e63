import { describe, expect, it } from 'vitest';
import type { Role } from '../engine/core/roles.ts';
import type { ComparedModel, RunResult, TaskScore, TrainedWith } from '../engine/protocol/result.ts';
import { compareModels, type Tested } from '../engine/training/comparison.ts';
import { decompose } from '../engine/training/decomposition.ts';
import { gainReport } from '../engine/training/gain.ts';
import { resultTable } from './report.ts';

const scores = (value: number, tasks: number): TaskScore[] =>
  Array.from({ length: tasks }, (_, i) => ({
    task: `y${i + 1}`,
    primary: 'auroc',
    metrics: { auroc: { value } },
  }));

function tested(role: Role, label: string, value: number, tasks: number): Tested {
  const plan = {
    id: label,
    label,
    parameters: 5,
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
    trainMs: 2500,
    evaluationMs: 0,
    trainedWith: null,
  };
  const result = { role, ...plan, ...trained, validation: scores(value, tasks), test: scores(value, tasks) };
  return { result, gain: null, decomposition: null };
}

/** @param values - of every network, one per seed, the same for every task */
function table(values: Partial<Record<Role, number[]>>, tasks = 1): string {
  const labels: Partial<Record<Role, string>> = {
    baseline: 'ST-MLP',
    model: 'MT-MLP',
    'model:twin': 'MT-MLP twin',
    'model-2': 'MMoE',
  };
  const roles = Object.keys(values) as Role[];
  const count = values[roles[0] as Role]?.length ?? 0;
  const seeds = Array.from({ length: count }, (_, seed) =>
    roles.map((role): Tested => {
      const of = (r: Role) => (values[r] ? scores(values[r][seed] as number, tasks) : null);
      const own = tested(role, labels[role] ?? role, values[role]?.[seed] as number, tasks);
      const [baseline, twin] = [of('baseline'), of('model:twin')];
      const gain = baseline && role !== 'baseline' ? gainReport(own.result.test, baseline) : null;
      const decomposition = twin && role === 'model' ? decompose(own.result.test, twin, baseline) : null;
      return { ...own, gain, decomposition };
    }),
  );
  return resultTable({
    seeds,
    comparison: compareModels(seeds),
    backend: { active: 'wasm', adapter: 'SIMD' },
  } as unknown as RunResult);
}

describe('the table of a result', () => {
  it.each([
    ['below zero', [-0.1], [0.3], '0.3000 (+0.4000, absolute difference)'],
    ['at zero', [0], [-0.25], '-0.2500 (-0.2500, absolute difference)'],
    ['near zero', [0.009], [0.5], '0.5000 (+0.4910, absolute difference)'],
  ])('shows the difference where the baseline is %s, and says that it does', (_, baseline, model, cell) => {
    const text = table({ baseline, model });
    expect(text).toContain(cell);
    expect(text).toContain(
      'Baseline near or below zero: y1: a percentage of it means nothing: the absolute difference is shown, and the mean leaves it out',
    );
    expect(text).toMatch(/mean +gain +undefined/);
  });

  it('shows no percentage of some of the seeds as that of all', () => {
    const text = table({ baseline: [-0.1, 0.5], model: [0.3, 0.6] });
    expect(text).toMatch(/0\.4500 \[[^\]]+\] \(\+0\.2500, absolute difference\)/);
    expect(text).toContain('the mean of a seed where that is so leaves it out');
  });

  it('shows the parts of such a gain as differences, too', () => {
    const text = table({ baseline: [-0.1], model: [0.3], 'model:twin': [0.2] });
    expect(text).toMatch(/architecture +\+0\.3000, absolute difference/);
    expect(text).toMatch(/sharing +\+0\.1000, absolute difference/);
    const twinOnly = table({ model: [0.3], 'model:twin': [-0.2] });
    expect(twinOnly).toMatch(/sharing +\+0\.5000, absolute difference/);
    expect(twinOnly).toContain('Twin near or below zero: y1');
  });

  it('says undefined of a gain whose metric is', () => {
    const text = table({ baseline: [Number.NaN], model: [0.3] });
    expect(text).toContain('0.3000 (undefined)');
    expect(text).not.toContain('absolute difference');
  });

  it('says with one seed that there is no interval, and what the gain mixes', () => {
    const text = table({ baseline: [0.5], model: [0.6] });
    expect(text).toContain('one seed, no interval');
    expect(text).toContain('0.6000 (+20.00 %)');
    expect(text).toContain('gain over ST-MLP: with one task nothing is shared');
    expect(text).not.toContain('sharing together');
    expect(text).not.toMatch(/[[*]/);
    const ofTwo = table({ baseline: [0.5], model: [0.6] }, 2);
    expect(ofTwo).toContain('gain over separate ST-MLPs: architecture and sharing together');
    expect(ofTwo).not.toContain('nothing is shared');
  });

  it('shows intervals over seeds, and marks what is clearly best', () => {
    const text = table({ baseline: [0.5, 0.5, 0.5], model: [0.6, 0.61, 0.62] });
    // t(2) = 4.3027; the standard error of the gain is 2 / sqrt(3).
    expect(text).toMatch(/mean +gain +\+22\.00 % \[\+17\.03, \+26\.97\]/);
    expect(text).toMatch(/0\.6100 \[0\.5852, 0\.6348\] \* \(\+22\.00 %\)/);
    expect(text).toContain('* better than every other network');
  });

  it('takes the gain apart where a twin was trained', () => {
    const text = table({ baseline: [0.5, 0.5], model: [0.6, 0.6], 'model:twin': [0.55, 0.55] });
    expect(text).toMatch(/mean +gain +\+20\.00 % .*\+10\.00 %/);
    expect(text).toMatch(/mean +architecture +\+10\.00 % \[\+10\.00, \+10\.00\]/);
    expect(text).toMatch(/mean +sharing +\+10\.00 % \[\+10\.00, \+10\.00\]/);
    expect(text).toContain('= architecture (twin against ST-MLP) + sharing (model against its twin)');
  });

  it('shows sharing alone where the twin takes the place of the baseline', () => {
    const text = table({ model: [0.6], 'model:twin': [0.5] });
    expect(text).toMatch(/mean +sharing +\+20\.00 %/);
    expect(text).not.toContain('architecture');
    expect(text).toContain('in % of |twin|');
  });

  it('compares models on the same seeds', () => {
    const text = table({ baseline: [0.5, 0.5], model: [0.6, 0.7], 'model-2': [0.59, 0.69] });
    expect(text).toContain('MT-MLP over MMoE: +2.00 [+2.00, +2.00] points of mean gain, paired by seed');
  });
});

const network = (
  role: ComparedModel['role'],
  label: string,
  trainedWith: TrainedWith | null,
): ComparedModel => ({
  role,
  id: label.toLowerCase(),
  label,
  parameters: 1,
  perTask: [],
  gain: null,
  decomposition: null,
  against: [],
  isBest: { perTask: [], gain: false },
  trainSeconds: 1,
  trainedWith,
});

it('says of every network what it was trained with, and what each rate that was tried came to', () => {
  const rates = [
    { learningRate: 0.001, score: 0.5, loss: 1, failure: null },
    { learningRate: 0.001 / 3, score: Number.NaN, loss: Number.NaN, failure: 'stopped at step 3' },
    { learningRate: 0.003, score: 0.75, loss: 1, failure: null },
  ];
  const result = {
    comparison: [
      network('baseline', 'ST-MLP', { initialValues: 'PyTorch', learningRate: 0.001, rates: [] }),
      network('model', 'MMoE', { initialValues: 'As released', learningRate: 0.003, rates }),
      network('model-2', 'Trees', null),
    ],
    seeds: [],
    backend: { active: 'wasm', adapter: 'SIMD', reason: '', tried: [], software: false },
  } as Partial<RunResult> as RunResult;
  const lines = resultTable(result).split('\n');
  expect(lines.find((l) => l.includes('initial values'))).toMatch(/PyTorch +As released$/);
  expect(lines.find((l) => l.includes('learning rate'))).toMatch(/0\.001 +0\.003$/);
  expect(lines.filter((l) => l.startsWith('rate search'))).toEqual([
    'rate search, validation score of MMoE: 0.001 0.5000, 0.000333 failed: stopped at step 3, 0.003 0.7500 (kept)',
  ]);
});
