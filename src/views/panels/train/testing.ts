// Runs of two tasks for tests of what the Train tab shows.
import type { GainReport } from '../../../engine/protocol/gain.ts';
import type { EpochRecord, NetworkResult, SeedResult, TaskScore } from '../../../engine/protocol/result.ts';
import type { RunRecord, SeedState } from '../../../store/runRecord.ts';

export const score = (task: string, value: number, reason?: string): TaskScore => ({
  task,
  primary: 'auroc',
  metrics: { auroc: reason ? { value, reason } : { value }, accuracy: { value: value - 0.1 } },
});

export function gain(values: number[], flag: GainReport['perTask'][number]['flag'] = null): GainReport {
  return {
    perTask: values.map((value, i) => ({
      task: `task${i + 1}`,
      metric: 'auroc',
      higherIsBetter: true,
      model: 0.8,
      baseline: 0.75,
      gain: value,
      difference: 0.05,
      flag: i === 0 ? flag : null,
    })),
    mean: 1,
    leftOut: flag ? 1 : 0,
  };
}

export const part = (role: 'model' | 'baseline' | 'model:twin', test: TaskScore[]): NetworkResult => ({
  role,
  id: role,
  label: role,
  parameters: 1,
  singleTask: role === 'baseline',
  boosted: false,
  stage: 0,
  stepsPerEpoch: 10,
  trainedWith: null,
  epochs: [],
  bestEpochs: [2, 2],
  selection: ['metric-then-loss', 'metric-then-loss'],
  bestSteps: [20, 30],
  validation: test,
  test,
  trainMs: 0,
  evaluationMs: 0,
  steps: 40,
});

export const record = (epoch: number, value: number): EpochRecord => ({
  epoch,
  step: epoch * 10,
  trainLosses: [1, 1],
  validationLosses: [1, 1],
  validation: [score('task1', value), score('task2', value)],
  score: value,
  isBest: [epoch === 1, epoch === 1],
});

const queue = { stage: 0, stepsPerEpoch: 10, epochs: 4, trainedWith: null };

export function seed(number: number, result: SeedResult | null, live: GainReport | null): SeedState {
  return {
    seed: number,
    parts: [
      { role: 'model', id: 'm', label: 'M', parameters: 1, singleTask: false, boosted: false, ...queue },
      { role: 'baseline', id: 'b', label: 'B', parameters: 1, singleTask: true, boosted: false, ...queue },
    ],
    stepsPerEpoch: 10,
    epochs: 4,
    records: { model: [record(1, 0.7), record(2, 0.6)], baseline: [record(1, 0.65)] },
    liveGain: live,
    liveDecomposition: null,
    liveMeans: {},
    tested: {},
    result,
  };
}

export function finished(
  number: number,
  value: number,
  flag: GainReport['perTask'][number]['flag'] = null,
): SeedResult {
  const test = [score('task1', value, flag ? 'one class only' : undefined), score('task2', value)];
  return {
    seed: number,
    model: part('model', test),
    baseline: part('baseline', test),
    gain: gain([value, 2], flag),
    decomposition: null,
    others: [],
  };
}

export const run = (seedStates: SeedState[]): RunRecord => ({
  version: 1,
  runId: 'r',
  number: 1,
  isExample: false,
  notes: [],
  createdAt: '2026-01-01T00:00:00Z',
  experiment: {
    version: 1,
    seed: 0,
    repeats: 1,
    data: { id: 'd', params: {} },
    tasks: {},
    model: { id: 'm', params: {} },
    compare: [],
    training: {},
    baseline: null,
  },
  seeds: [0, 1, 2],
  backend: null,
  status: 'running',
  dataset: null,
  seedStates,
  weightsRead: null,
  comparison: [],
  gain: null,
  error: null,
  result: null,
  checkpointStep: null,
});
