// Results of single-seed runs without training, for tests of their evaluation.
import type { Experiment } from '../config/experiment.ts';
import type { NetworkResult, RunResult } from '../protocol/result.ts';
import type { CellResult } from './aggregate.ts';
import type { Cell } from './expand.ts';

const network = (role: NetworkResult['role'], scores: readonly number[]): NetworkResult => {
  const test = scores.map((value, i) => ({
    task: `y${i}`,
    primary: 'explained-variance',
    metrics: { 'explained-variance': { value } },
  }));
  const score = scores.reduce((a, b) => a + b, 0) / scores.length;
  const epoch = {
    epoch: 1,
    step: 3,
    trainLosses: [],
    validationLosses: [],
    validation: [],
    score,
    isBest: [],
  };
  return {
    role,
    id: role === 'baseline' ? 'st-mlp' : 'mt-mlp',
    label: role === 'baseline' ? 'ST-MLP' : 'MT-MLP',
    parameters: 10,
    singleTask: role === 'baseline',
    boosted: false,
    stage: 0,
    stepsPerEpoch: 3,
    trainedWith: null,
    epochs: [epoch],
    bestEpochs: scores.map(() => 1),
    bestSteps: scores.map(() => 3),
    selection: scores.map(() => 'metric-then-loss'),
    validation: test,
    test,
    trainMs: 120,
    evaluationMs: 4,
    steps: 3,
  };
};

const EMPTY: Omit<RunResult, 'status' | 'experiment' | 'seeds' | 'error'> = {
  version: 1,
  backend: { active: 'cpu', adapter: 'test', reason: '', tried: [], software: false },
  startedAt: '2025-01-01T00:00:00Z',
  elapsedMs: 1000,
  dataset: null,
  unfinished: null,
  gain: null,
  comparison: [],
  notes: [],
};

/** A finished run with these test scores, task by task, over a baseline of 0.5. */
export function endedWith(
  cell: Pick<Cell, 'id' | 'experiment'>,
  seed: number,
  scores: readonly number[],
): CellResult {
  const model = network('model', scores);
  const perTask = scores.map((value, i) => ({
    task: `y${i}`,
    metric: 'explained-variance',
    higherIsBetter: true,
    model: value,
    baseline: 0.5,
    gain: 200 * (value - 0.5),
    difference: value - 0.5,
    flag: null,
  }));
  const mean = perTask.reduce((sum, task) => sum + task.gain, 0) / perTask.length;
  const baseline = network(
    'baseline',
    scores.map(() => 0.5),
  );
  const gain = { perTask, mean, leftOut: 0 };
  return {
    cell: cell.id,
    result: {
      ...EMPTY,
      status: 'finished',
      experiment: ofSeed(cell.experiment, seed),
      seeds: [{ seed, model, baseline, gain, decomposition: null, others: [] }],
      error: null,
    },
  };
}

/** A run that failed. */
export const failedWith = (
  cell: Pick<Cell, 'id' | 'experiment'>,
  seed: number,
  message: string,
): CellResult => ({
  cell: cell.id,
  result: {
    ...EMPTY,
    status: 'failed',
    experiment: ofSeed(cell.experiment, seed),
    seeds: [],
    error: { kind: 'numeric', message, issues: [] },
  },
});

const ofSeed = (experiment: Experiment, seed: number): Experiment => ({ ...experiment, seed, repeats: 1 });
