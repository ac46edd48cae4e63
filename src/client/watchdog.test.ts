// When an engine counts as silent, and that any message from it ends that.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Silence, Watchdog } from './watchdog.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** @param answers - whether the engine's thread is alive */
function setUp(answers: () => boolean) {
  const said: (Silence | null)[] = [];
  const ping = vi.fn(() => {
    if (answers()) dog.heard();
  });
  const dog = new Watchdog(ping, (silence) => said.push(silence));
  dog.start();
  return { dog, said, ping, wait: (seconds: number) => vi.advanceTimersByTime(seconds * 1000) };
}

describe('an engine', () => {
  it('that answers is left alone, busy or not', () => {
    const { said, wait, ping } = setUp(() => true);
    wait(600);
    expect(said).toEqual([]);
    expect(ping.mock.calls.length).toBeGreaterThan(100);
  });

  it('that answers nothing is silent after 20 seconds, until it is heard', () => {
    const { dog, said, wait, ping } = setUp(() => false);
    wait(19);
    expect(said).toEqual([]);
    wait(2);
    expect(said).toEqual(['no-answer']);
    const asked = ping.mock.calls.length;
    wait(600);
    expect(ping.mock.calls.length).toBe(asked);
    dog.heard();
    expect(said).toEqual(['no-answer', null]);
  });

  it('whose run stands still is silent after 30 seconds, unless it is paused', () => {
    const { dog, said, wait } = setUp(() => true);
    dog.began('a');
    wait(27);
    dog.worked('a', { paused: true });
    wait(600);
    dog.worked('a', { paused: false });
    wait(27);
    dog.worked('another', {});
    expect(said).toEqual([]);
    wait(4);
    expect(said).toEqual(['no-work']);
    dog.worked('a', {});
    wait(27);
    dog.worked('a', { over: true });
    wait(600);
    expect(said).toEqual(['no-work', null]);
  });

  it('that was told to stop, and has not ended its run some seconds later, is silent whatever else it says', () => {
    const { dog, said, wait } = setUp(() => true);
    dog.began('a');
    dog.stopping('another');
    wait(9);
    expect(said).toEqual([]);
    dog.stopping('a');
    for (let i = 0; i < 3; i++) {
      wait(2.5);
      dog.worked('a', {});
    }
    expect(said).toEqual(['no-end']);
    dog.worked('a', { over: true });
    expect(said).toEqual(['no-end', null]);
    // The run ended just before.
    dog.stopping('a');
    wait(9);
    expect(said).toEqual(['no-end', null]);
  });

  it('that ended is asked for nothing', () => {
    const { dog, said, wait, ping } = setUp(() => false);
    dog.began('a');
    wait(21);
    dog.end();
    expect(said).toEqual(['no-answer', null]);
    const asked = ping.mock.calls.length;
    wait(600);
    expect([ping.mock.calls.length, said.length]).toEqual([asked, 2]);
  });
});
