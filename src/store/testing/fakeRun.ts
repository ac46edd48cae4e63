// The events of a short run of two tasks, as the worker sends them.
import type { Experiment } from '../../engine/config/experiment.ts';
import { CHECKPOINT_VERSION, type Checkpoint } from '../../engine/protocol/checkpoint.ts';
import type { EpochRecord, RunResult } from '../../engine/protocol/result.ts';
import type { RunEvent } from '../../engine/protocol/run.ts';
import { backend } from './fakeWorker.ts';

const NUM_TASKS = 2;
const STEPS_PER_EPOCH = 3;

export const record = (epoch: number): EpochRecord => ({
  epoch,
  step: epoch * STEPS_PER_EPOCH,
  trainLosses: [1 / epoch, 2 / epoch],
  validationLosses: [1 / epoch, 2 / epoch],
  validation: [],
  score: epoch,
  isBest: [true, true],
});

export const result = (experiment: Experiment, status: RunResult['status']): RunResult => ({
  version: 1,
  status,
  experiment,
  backend,
  startedAt: '2025-01-01T00:00:00Z',
  elapsedMs: 1000,
  dataset: null,
  seeds: [],
  unfinished: null,
  gain: null,
  comparison: [],
  notes: [],
  error: null,
});

export const checkpointOf = (runId: string, experiment: Experiment, step: number): Checkpoint => ({
  version: CHECKPOINT_VERSION,
  runId,
  experiment,
  seedIndex: 0,
  seeds: [experiment.seed],
  epoch: 1,
  step,
  savedAt: step,
  tensors: { weight: new Float32Array([step]) },
  state: null,
});

/** Start, data, and `epochs` epochs of three steps each; no end. */
export function runEvents(runId: string, experiment: Experiment, epochs: number): RunEvent[] {
  const { seed } = experiment;
  const of = <T extends object>(step: number, body: T) => ({ runId, step, ...body });
  const started = of(0, {
    type: 'run-started' as const,
    experiment,
    seeds: [seed],
    backend,
    startedAt: '2025-01-01T00:00:00Z',
    resumedFromStep: null,
  });
  const begun = of(0, {
    type: 'seed-started' as const,
    seed,
    seedIndex: 0,
    parts: [],
    stepsPerEpoch: STEPS_PER_EPOCH,
    epochs,
  });
  const trained = Array.from({ length: epochs }, (_, i) => {
    const epoch = i + 1;
    const step = epoch * STEPS_PER_EPOCH;
    return [
      of(step, {
        type: 'steps' as const,
        role: 'model' as const,
        seed,
        epoch,
        firstStep: i * STEPS_PER_EPOCH + 1,
        taskLosses: new Float32Array(STEPS_PER_EPOCH * NUM_TASKS).fill(1 / epoch),
        gradientNorms: new Float32Array(STEPS_PER_EPOCH).fill(1),
      }),
      of(step, { type: 'epoch' as const, role: 'model' as const, seed, record: record(epoch) }),
    ];
  });
  return [started, begun, ...trained.flat()];
}
