import { describe, expect, it } from 'vitest';
import type { EpochRecord, RunResult } from '../engine/protocol/result.ts';
import type { RunEvent } from '../engine/protocol/run.ts';
import { applyRunEvent, newRun } from './runReducer.ts';
import type { RunState } from './runState.ts';

type Body = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'runId' | 'step'> : never) : never;
const event = (body: Body, runId = 'r'): RunEvent => ({ runId, step: 1, ...body }) as RunEvent;
const record = (epoch: number): EpochRecord => ({
  epoch,
  step: epoch,
  trainLosses: [1],
  validationLosses: [1],
  validation: [],
  score: 0,
  isBest: [true],
});
const result = (status: RunResult['status']): RunResult => ({
  version: 1,
  status,
  experiment: {} as never,
  backend: {} as never,
  startedAt: '',
  elapsedMs: 1,
  dataset: null,
  seeds: [],
  unfinished: null,
  gain: null,
  comparison: [],
  notes: [],
  error: null,
});
const start = (): RunState =>
  newRun(
    'r',
    1,
    event({
      type: 'run-started',
      experiment: {} as never,
      seeds: [0],
      backend: {} as never,
      startedAt: '',
      resumedFromStep: null,
    }) as Extract<RunEvent, { type: 'run-started' }>,
  );
const play = (...bodies: Body[]) => bodies.reduce((run, body) => applyRunEvent(run, event(body)), start());
const seed: Body = { type: 'seed-started', seed: 0, seedIndex: 0, parts: [], stepsPerEpoch: 5, epochs: 2 };
const epoch = (n: number): Body => ({ type: 'epoch', role: 'model', seed: 0, record: record(n) });

describe('the picture of a run', () => {
  it('goes from preparing over running to finished', () => {
    expect(play({ type: 'data-progress', phase: 'Drawing rows', fraction: 0.5 }).preparing?.fraction).toBe(
      0.5,
    );
    expect(play(seed).status).toBe('running');
    expect(play(seed, { type: 'state', state: 'paused' }).status).toBe('paused');
    expect(play(seed, epoch(1), { type: 'run-finished', result: result('finished') }).status).toBe(
      'finished',
    );
  });

  it('counts the kernels that are compiled, until all of them are', () => {
    const compiling = (ready: number): Body => ({ type: 'compiling', ready, total: 3 });
    expect(play(seed, compiling(0), compiling(2)).compiling).toEqual({ ready: 2, total: 3 });
    expect(play(seed, compiling(2), compiling(3)).compiling).toBeNull();
    const error = { kind: 'backend' as const, message: 'no', issues: [] };
    const failed = play(seed, compiling(2), { type: 'run-failed', error, result: result('failed') });
    expect(failed.compiling).toBeNull();
  });

  it('keeps the epochs in order, a repeated one replacing what came after it', () => {
    const run = play(seed, epoch(1), epoch(2), epoch(2));
    expect(run.seedStates[0]?.records.model.map((r) => r.epoch)).toEqual([1, 2]);
  });

  it('keeps the curves of a run that fails', () => {
    const error = { kind: 'numeric' as const, message: 'no', issues: [] };
    const run = play(seed, epoch(1), { type: 'run-failed', error, result: result('failed') });
    expect([run.status, run.error]).toEqual(['failed', error]);
    expect(run.seedStates[0]?.records.model).toHaveLength(1);
  });

  it('ignores the events of other runs', () => {
    const run = play(seed);
    expect(applyRunEvent(run, event({ type: 'state', state: 'paused' }, 'other'))).toBe(run);
  });
});
