import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Checkpoint } from '../engine/protocol/checkpoint.ts';
import { CheckpointKeeper } from './checkpointKeeper.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const checkpoint = (runId: string, step: number) => ({ runId, step }) as Checkpoint;

/** A fake store whose writes end when the test says so. */
function setUp() {
  const log: string[] = [];
  const pending: { end(): void; fail(error: Error): void }[] = [];
  const onTrouble = vi.fn();
  const keeper = new CheckpointKeeper(
    {
      save: ({ runId, step }) => {
        log.push(`${runId} ${step}`);
        return new Promise((end, fail) => pending.push({ end, fail }));
      },
      discard: async (runId) => {
        log.push(`no ${runId}`);
      },
    },
    onTrouble,
  );
  const next = async () => {
    pending.shift()?.end();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { log, pending, keeper, onTrouble, next };
}

it('leaves out what came while storage was busy, but the last of each run', async () => {
  const { log, keeper, next } = setUp();
  for (const step of [1, 2, 3]) keeper.save(checkpoint('a', step));
  keeper.save(checkpoint('b', 1));
  expect(log).toEqual(['a 1']);
  await next();
  await next();
  keeper.save(checkpoint('a', 4));
  await next();
  expect(log).toEqual(['a 1', 'a 3', 'b 1', 'a 4']);
});

it('does not write what was discarded while it waited', async () => {
  const { log, keeper, next } = setUp();
  for (const step of [1, 2]) keeper.save(checkpoint('a', step));
  keeper.discard('a');
  await next();
  expect(log).toEqual(['a 1', 'no a']);
});

it('tells what was refused or never answered, and goes on', async () => {
  const { log, pending, keeper, onTrouble } = setUp();
  keeper.save(checkpoint('a', 1));
  keeper.save(checkpoint('b', 1));
  pending.shift()?.fail(new Error('full'));
  await vi.advanceTimersByTimeAsync(61_000);
  keeper.save(checkpoint('a', 2));
  expect(onTrouble.mock.calls.map(([error]) => error.message)).toEqual([
    'full',
    'expected a checkpoint to be written within a minute, got no answer',
  ]);
  expect(log).toEqual(['a 1', 'b 1', 'a 2']);
});
