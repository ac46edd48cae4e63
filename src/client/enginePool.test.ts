import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ErrorReport } from '../engine/core/errors.ts';
import type { BackendReport, BackendRequest } from '../engine/protocol/backend.ts';
import { canTakeRun, EnginePool, type EngineState, type Loss } from './enginePool.ts';
import { ScriptedWorker } from './testing.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const REQUEST: BackendRequest = { backend: 'auto', allowSoftwareAdapter: false };
const report: BackendReport = { active: 'wasm', adapter: 'SIMD', reason: '', tried: [], software: false };
const error: ErrorReport = { kind: 'backend', message: 'The GPU device was lost.', issues: [] };
const experiment = {};

/** A pool whose first engine is ready. */
function setUp(limit: number) {
  const workers: ScriptedWorker[] = [];
  const handlers = {
    onChange: vi.fn(),
    onEvent: vi.fn(),
    onLoss: vi.fn<(lost: EngineState, loss: Loss) => void>(),
  };
  const pool = new EnginePool(
    handlers,
    () => {
      const worker = new ScriptedWorker();
      workers.push(worker);
      return worker;
    },
    limit,
  );
  const worker = (at: number) => workers[at] as ScriptedWorker;
  const ready = (at: number) => worker(at).say({ type: 'backend', report });
  pool.restart(1, REQUEST);
  ready(0);
  return { pool, workers, worker, ready, handlers };
}

/** Two engines with a run each. */
function twoRuns() {
  const at = setUp(2);
  at.pool.run({ runId: 'a', experiment });
  at.pool.run({ runId: 'b', experiment });
  at.ready(1);
  return at;
}

describe('EnginePool', () => {
  it('starts a second engine when a run needs it, and none above its limit', () => {
    const { pool, workers, worker, ready } = setUp(2);
    expect(workers).toHaveLength(1);
    expect(pool.run({ runId: 'a', experiment })).toBe(true);
    expect(workers).toHaveLength(1);
    expect(canTakeRun(pool.states, pool.limit)).toBe(true);
    expect(pool.run({ runId: 'b', experiment })).toBe(true);
    pool.send({ type: 'pause', runId: 'b' });
    // Messages sent before the engine is ready wait.
    expect(worker(1).sent).toEqual([{ type: 'start', request: REQUEST }]);
    ready(1);
    expect(worker(1).sent.map((c) => c.type)).toEqual(['start', 'run', 'pause']);
    expect(pool.states.map((e) => e.runId)).toEqual(['a', 'b']);
    expect(canTakeRun(pool.states, pool.limit)).toBe(false);
    expect(pool.run({ runId: 'c', experiment })).toBe(false);
    expect(workers).toHaveLength(2);
  });

  it('sends what is of a run to its engine, and the rest to the first', () => {
    const { pool, worker, handlers } = twoRuns();
    pool.send({ type: 'step', runId: 'b' });
    pool.send({ type: 'probe', runId: 'a', probe: 'attention', request: {} });
    pool.send({ type: 'probe', runId: null, probe: 'cost', request: {} });
    void pool.ask({ type: 'check', experiment }).catch(() => {});
    expect(worker(0).sent.map((c) => c.type)).toEqual(['start', 'run', 'probe', 'probe', 'check']);
    expect(worker(1).sent.map((c) => c.type)).toEqual(['start', 'run', 'step']);
    worker(1).say({ type: 'state', state: 'paused', runId: 'b', step: 1 });
    worker(0).say({ type: 'state', state: 'running', runId: 'a', step: 1 });
    expect(handlers.onEvent.mock.calls.slice(-2).map(([event, from]) => [event.runId, from])).toEqual([
      ['b', 2],
      ['a', 1],
    ]);
  });

  it('has the networks of a finished run until its engine takes another', () => {
    const { pool } = twoRuns();
    pool.release('b');
    expect(pool.engineOf('b')).toBe(2);
    expect(pool.run({ runId: 'c', experiment })).toBe(true);
    expect(pool.engineOf('c')).toBe(2);
    expect(pool.engineOf('b')).toBe(1);
  });

  it('reports a lost engine with its run, and leaves the other alone', () => {
    const { pool, worker, ready, workers, handlers } = twoRuns();
    worker(1).say({ type: 'backend-lost', error, device: true });
    expect(worker(1).terminated).toBe(true);
    expect(worker(0).terminated).toBe(false);
    expect(handlers.onLoss).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ id: 2, status: 'failed', runId: 'b', error }),
      { error, cause: 'device' },
    );
    expect(pool.states[0]).toMatchObject({ status: 'ready', runId: 'a' });
    pool.restart(2, REQUEST);
    expect(workers).toHaveLength(3);
    ready(2);
    expect(pool.states[1]).toMatchObject({ id: 2, status: 'ready', error: null, runId: null });
    pool.run({ runId: 'b', experiment });
    expect(worker(2).last('run')?.runId).toBe('b');
    pool.send({ type: 'stop', runId: 'a' });
    expect(worker(0).last('stop')?.runId).toBe('a');
  });

  it('tells a dead worker from a lost backend, and rejects what was asked', async () => {
    const { pool, worker, handlers } = twoRuns();
    const answer = pool.ask({ type: 'check', experiment });
    worker(0).break('out of memory');
    await expect(answer).rejects.toMatchObject({ kind: 'backend' });
    worker(1).say({ type: 'backend-lost', error });
    expect(handlers.onLoss.mock.calls.map(([lost, loss]) => [lost.id, lost.runId, loss.cause])).toEqual([
      [1, 'a', 'engine'],
      [2, 'b', 'backend'],
    ]);
  });

  it('gives every engine a minute to start', async () => {
    const { pool, ready, handlers } = setUp(2);
    pool.run({ runId: 'a', experiment });
    pool.run({ runId: 'b', experiment });
    await vi.advanceTimersByTimeAsync(59_000);
    expect(handlers.onLoss).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(handlers.onLoss.mock.calls.map(([lost]) => lost.id)).toEqual([2]);
    expect(handlers.onLoss.mock.calls[0]?.[1].error.message).toContain('within a minute');
    pool.restart(2, REQUEST);
    ready(2);
    await vi.advanceTimersByTimeAsync(61_000);
    expect(handlers.onLoss).toHaveBeenCalledTimes(1);
  });

  it('closes engines but the first', () => {
    const { pool, worker, handlers } = twoRuns();
    pool.close(2);
    pool.close(1);
    expect(worker(1).terminated).toBe(true);
    expect(pool.states.map((e) => e.id)).toEqual([1]);
    expect(handlers.onChange).toHaveBeenLastCalledWith(pool.states);
    expect(pool.engineOf('b')).toBe(1);
  });
});
