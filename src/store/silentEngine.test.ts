// An engine that does not answer is reported on the page, and a restart continues from the stored checkpoint.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Experiment } from '../engine/config/experiment.ts';
import { silentEngine } from './engines.ts';
import { checkpointOf, result, runEvents } from './testing/fakeRun.ts';
import { setUp } from './testing/setUp.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A run that has trained two epochs. */
async function running(at: ReturnType<typeof setUp>) {
  at.get().start();
  const command = at.worker().last('run');
  const runId = command?.runId as string;
  const experiment = command?.experiment as Experiment;
  at.worker().say(...runEvents(runId, experiment, 2));
  await at.settle();
  return { runId, experiment };
}

describe('an engine', () => {
  it('without a word is told, and its run goes on from its checkpoint in another', async () => {
    const at = setUp();
    const { runId, experiment } = await running(at);
    const checkpoint = checkpointOf(runId, experiment, 3);
    at.worker().say({ type: 'checkpoint', runId, step: 3, checkpoint });
    await at.settle();
    await vi.advanceTimersByTimeAsync(25_000);
    expect(at.worker().last('ping')).toBeDefined();
    expect(silentEngine(at.get())).toMatchObject({ id: 1, runId, silence: 'no-answer' });
    expect(at.get().runs[0]?.status).toBe('running');
    at.worker().say({ type: 'pong' });
    expect(silentEngine(at.get())).toBeNull();
    await vi.advanceTimersByTimeAsync(25_000);
    at.get().restartEngine({ resume: runId });
    expect(at.env.workers[0]?.terminated).toBe(true);
    at.worker().getReady();
    expect(silentEngine(at.get())).toBeNull();
    expect(at.worker().last('run')).toMatchObject({ runId, resume: checkpoint });
  });

  it('is told when it does not stop, and that it did', async () => {
    const at = setUp();
    const { runId, experiment } = await running(at);
    at.get().stop();
    for (let i = 0; i < 4; i++) {
      await vi.advanceTimersByTimeAsync(2_500);
      at.worker().say({ type: 'pong' });
    }
    expect(silentEngine(at.get())?.silence).toBe('no-end');
    at.worker().say({ type: 'run-finished', runId, step: 6, result: result(experiment, 'stopped') });
    expect(silentEngine(at.get())).toBeNull();
  });
});
