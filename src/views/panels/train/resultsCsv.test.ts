import { expect, it } from 'vitest';
import type { EpochRecord } from '../../../engine/protocol.ts';
import type { RunState } from '../../../store/runState.ts';
import { resultsCsv } from './resultsCsv.ts';

it('has one line per task and metric, gain on the primary one', () => {
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
  const run: RunState = {
    runId: 'r',
    number: 1,
    isExample: false,
    notes: [],
    starts: 1,
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
    seeds: [0],
    backend: null,
    status: 'running',
    preparing: null,
    compiling: null,
    dataset: null,
    seedStates: [
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
        liveGain: { perTask: [perTask], mean: 20, leftOut: 0 },
        liveMeans: {},
        tested: {},
        result: null,
      },
    ],
    progress: null,
    attention: null,
    attentionHistory: [],
    experts: null,
    proof: null,
    whatIf: null,
    neighbours: null,
    weightsIssue: null,
    weightsRead: null,
    comparison: [],
    gain: null,
    error: null,
    result: null,
    checkpointStep: null,
    seriesRevision: 0,
  };
  const [header, primary, other] = resultsCsv(run).trim().split('\r\n');
  expect(header?.split(',')).toHaveLength(12);
  expect(primary).toBe('y,r2,true,"validation, epoch 1, seed 0",0.75,0.9,0.15,20,,,10,20');
  expect(other).toBe('y,mse,false,"validation, epoch 1, seed 0",0.5,0.5,,,,,10,');
});
