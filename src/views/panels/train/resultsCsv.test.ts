import { expect, it } from 'vitest';
import type { DatasetSummary } from '../../../engine/protocol/data.ts';
import type { EpochRecord } from '../../../engine/protocol/result.ts';
import { resultsCsv } from './resultsCsv.ts';
import { run as recordOf } from './testing.ts';

it('has one line per task and metric, gain on the primary one, and names the positive class', () => {
  const record = (value: number): EpochRecord => ({
    epoch: 1,
    step: 10,
    trainLosses: [1],
    validationLosses: [1],
    validation: [{ task: 'y', primary: 'r2', metrics: { r2: { value }, mse: { value: 0.5 } } }],
    score: value,
    isBest: [true],
  });
  const perTask = {
    task: 'y',
    metric: 'r2',
    higherIsBetter: true,
    model: 0.9,
    baseline: 0.75,
    gain: 20,
    difference: 0.15,
    flag: null,
  };
  const run = recordOf([
    {
      seed: 0,
      parts: [
        {
          role: 'baseline',
          id: 'b',
          label: 'B',
          parameters: 1,
          singleTask: true,
          boosted: false,
          stage: 0,
          stepsPerEpoch: 10,
          epochs: 1,
          trainedWith: null,
        },
      ],
      stepsPerEpoch: 10,
      epochs: 1,
      records: { model: [record(0.9)], baseline: [record(0.75)] },
      liveDecomposition: {
        reference: 'baseline',
        perTask: [
          {
            ...perTask,
            twin: 0.85,
            difference: { total: 0.15, architecture: 0.1, sharing: 0.05 },
            percent: { total: 20, architecture: 13.5, sharing: 6.5 },
          },
        ],
        mean: { total: 20, architecture: 13.5, sharing: 6.5 },
        leftOut: 0,
      },
      liveGain: { perTask: [perTask], mean: 20, leftOut: 0 },
      liveMeans: {},
      tested: {},
      result: null,
    },
  ]);
  const [header, primary, other] = resultsCsv(run)
    .trim()
    .split('\r\n')
    .map((line) => line.replace('"validation, best epochs of 1, seed 0"', 'basis').split(','));
  const named = (cells: string[] | undefined) =>
    Object.fromEntries((header ?? []).map((name, i) => [name, cells?.[i]]).filter(([, cell]) => cell !== ''));
  expect(named(primary)).toEqual({
    task: 'y',
    metric: 'r2',
    primary: 'true',
    measured_on: 'basis',
    baseline: '0.75',
    model: '0.9',
    difference: '0.15',
    gain_percent: '20',
    sharing_difference: '0.05',
    sharing_percent: '6.5',
    architecture_difference: '0.1',
    architecture_percent: '13.5',
    best_step: '10',
    gain_per_seed: '20',
    sharing_per_seed: '6.5',
  });
  expect(named(other)).toEqual({
    task: 'y',
    metric: 'mse',
    primary: 'false',
    measured_on: 'basis',
    baseline: '0.5',
    model: '0.5',
    best_step: '10',
  });
  const dataset: DatasetSummary = {
    name: 'd',
    rows: 2,
    split: { train: 2, validation: 0, test: 0 },
    features: [],
    tasks: [
      { name: 'y', type: 'binary', outputs: 1, classes: ['no', 'yes'], positive: 'yes', description: '' },
    ],
    targetScaling: [null],
    classCounts: [{ train: [1, 1], validation: [0, 0], test: [0, 0] }],
    relatedness: {
      requestedCosine: null,
      smallestEigenvalue: null,
      closedForm: null,
      realised: Float64Array.of(1),
    },
    notes: [],
  };
  const lines = resultsCsv({ ...run, dataset })
    .trim()
    .split('\r\n');
  expect(lines[0]?.endsWith(',positive_class')).toBe(true);
  expect(lines[1]?.endsWith(',yes')).toBe(true);
});
