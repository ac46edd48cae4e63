import { describe, expect, it } from 'vitest';
import type { EpochRecord, RunResult } from '../engine/protocol/result.ts';
import type { RunEvent } from '../engine/protocol/run.ts';
import { NOTHING_LIVE } from './runLive.ts';
import { readRecord } from './runRecord.ts';
import { applyToRuns, NO_RUNS, type Runs, withoutRun } from './runs.ts';

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
const started = (resumedFromStep: number | null = null, startedAt = 'then'): Body => ({
  type: 'run-started',
  experiment: {} as never,
  seeds: [0],
  backend: {} as never,
  startedAt,
  resumedFromStep,
});
const apply = (runs: Runs, ...bodies: Body[]) =>
  bodies.reduce((all, body) => applyToRuns(all, event(body)), runs);
const start = () => apply(NO_RUNS, started());
/** The record of the run after these events, and its live state. */
const parts = ({ runs, live }: Runs) => {
  const [run] = runs;
  if (!run) throw new Error('no run');
  return { run, live: live[run.runId] ?? NOTHING_LIVE };
};
const play = (...bodies: Body[]) => parts(apply(start(), ...bodies));
const seed: Body = { type: 'seed-started', seed: 0, seedIndex: 0, parts: [], stepsPerEpoch: 5, epochs: 2 };
const epoch = (n: number): Body => ({ type: 'epoch', role: 'model', seed: 0, record: record(n) });

const error = { kind: 'numeric' as const, message: 'no', issues: [] };

describe('the record of a run', () => {
  it('goes from preparing over running to finished', () => {
    expect(play(seed).run.status).toBe('running');
    expect(play(seed, { type: 'state', state: 'paused' }).run.status).toBe('paused');
    expect(play(seed, epoch(1), { type: 'run-finished', result: result('finished') }).run.status).toBe(
      'finished',
    );
  });

  it('keeps the epochs in order, a repeated one replacing what came after it', () => {
    const { run } = play(seed, epoch(1), epoch(2), epoch(2));
    expect(run.seedStates[0]?.records.model.map((r) => r.epoch)).toEqual([1, 2]);
  });

  it('keeps the curves of a run that fails', () => {
    const { run } = play(seed, epoch(1), { type: 'run-failed', error, result: result('failed') });
    expect([run.status, run.error]).toEqual(['failed', error]);
    expect(run.seedStates[0]?.records.model).toHaveLength(1);
  });

  it('is not touched by what passes, and can be stored and read back', () => {
    const runs = apply(start(), seed, epoch(1));
    const { run } = parts(runs);
    const compiled = parts(apply(runs, { type: 'compiling', ready: 0, total: 3 }));
    expect(compiled.run).toBe(run);
    expect(compiled.live.compiling).toEqual({ ready: 0, total: 3 });
    expect(structuredClone(run)).toEqual(run);
  });

  it('goes on after a checkpoint, and is empty where it begins again', () => {
    const failed = apply(start(), seed, epoch(1), { type: 'run-failed', error, result: result('failed') });
    const goesOn = parts(apply(failed, started(1, 'now')));
    expect(goesOn.run).toMatchObject({ status: 'preparing', error: null, number: 1, createdAt: 'then' });
    expect(goesOn.run.seedStates[0]?.records.model).toHaveLength(1);
    expect(goesOn.live.starts).toBe(2);
    const again = parts(apply(failed, started(null, 'now')));
    expect(again.run).toMatchObject({ status: 'preparing', number: 1, createdAt: 'then', seedStates: [] });
    expect(again.live.starts).toBe(2);
  });
});

it('a record that was stored while the run went on is of an interrupted one; of another version it is not read', () => {
  const { run } = play(seed, epoch(1));
  expect(readRecord(run)).toEqual({ ...run, status: 'interrupted' });
  const over = play(seed, { type: 'run-finished', result: result('finished') }).run;
  expect(readRecord(over)).toBe(over);
  expect(readRecord({ ...run, version: 2 } as never)).toBeNull();
  expect(readRecord(undefined)).toBeNull();
});

describe('what is live of a run', () => {
  it('says what is being prepared, until the first seed starts', () => {
    const drawing: Body = { type: 'data-progress', phase: 'Drawing rows', fraction: 0.5 };
    expect(play().live.preparing?.phase).toBe('Starting');
    expect(play(drawing).live.preparing?.fraction).toBe(0.5);
    expect(play(drawing, seed).live.preparing).toBeNull();
  });

  it('counts the kernels that are compiled, until all of them are', () => {
    const compiling = (ready: number): Body => ({ type: 'compiling', ready, total: 3 });
    expect(play(seed, compiling(0), compiling(2)).live.compiling).toEqual({ ready: 2, total: 3 });
    expect(play(seed, compiling(2), compiling(3)).live.compiling).toBeNull();
    const failed = play(seed, compiling(2), { type: 'run-failed', error, result: result('failed') });
    expect(failed.live.compiling).toBeNull();
  });
});

describe('all runs', () => {
  it('are left alone by events of runs that are not known, or are gone', () => {
    const runs = apply(start(), seed);
    const other = event({ type: 'state', state: 'paused' }, 'other');
    expect(applyToRuns(runs, other)).toEqual(runs);
    expect(apply(withoutRun(runs, 'r'), epoch(1))).toEqual(NO_RUNS);
  });

  it('hold the failure of one that was refused before it began', () => {
    const { run } = parts(apply(NO_RUNS, { type: 'run-failed', error, result: result('failed') }));
    expect(run).toMatchObject({ status: 'failed', error, number: 1, seedStates: [] });
  });

  it('change in the one that an event is of, and no other', () => {
    const [first] = start().runs;
    const two = applyToRuns(start(), event(started(), 'second'));
    const after = applyToRuns(two, event(seed, 'second'));
    expect(after.runs.map((r) => [r.runId, r.number, r.status])).toEqual([
      ['r', 1, 'preparing'],
      ['second', 2, 'running'],
    ]);
    expect(after.runs[0]).toEqual(first);
    expect(after.runs[0]).toBe(two.runs[0]);
    expect(after.live.r).toBe(two.live.r);
  });
});
