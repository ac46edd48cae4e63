import { expect, it } from 'vitest';
import { TurnQueue } from './turns.ts';

function setUp() {
  const frames: (() => void)[] = [];
  const pauses: (() => void)[] = [];
  const queue = new TurnQueue(
    (run) => frames.push(run),
    (run) => pauses.push(run),
  );
  const log: string[] = [];
  return { queue, log, frame: () => frames.shift()?.(), frames, pauses };
}

it('runs one job per frame, in order', () => {
  const { queue, log, frame, frames } = setUp();
  queue.request({}, () => log.push('a'));
  queue.request({}, () => log.push('b'));
  expect(frames).toHaveLength(1);
  frame();
  expect(log).toEqual(['a']);
  frame();
  expect(log).toEqual(['a', 'b']);
  expect(frames).toHaveLength(0);
});

it('takes the newest job of a key at its first place', () => {
  const { queue, log, frame } = setUp();
  const first = {};
  queue.request(first, () => log.push('old'));
  queue.request({}, () => log.push('other'));
  queue.request(first, () => log.push('new'));
  for (let i = 0; i < 4; i++) frame();
  expect(log).toEqual(['new', 'other']);
});

it('forgets cancelled jobs and goes on with later ones', () => {
  const { queue, log, frame } = setUp();
  const gone = {};
  queue.request(gone, () => log.push('gone'));
  queue.cancel(gone);
  frame();
  queue.request({}, () => log.push('later'));
  frame();
  expect(log).toEqual(['later']);
});

it('pauses before the later jobs of a key, not before its first', () => {
  const { queue, log, frame, frames, pauses } = setUp();
  const key = {};
  queue.request(key, () => log.push('first'));
  frame();
  queue.request(key, () => log.push('later'));
  expect([frames.length, pauses.length]).toEqual([0, 1]);
  pauses.shift()?.();
  expect(log).toEqual(['first', 'later']);
});

it('runs what waits at once when asked to, and nothing twice', () => {
  const { queue, log, frame } = setUp();
  queue.request({}, () => log.push('a'));
  queue.request({}, () => log.push('b'));
  queue.flush();
  expect(log).toEqual(['a', 'b']);
  frame();
  queue.request({}, () => log.push('c'));
  frame();
  expect(log).toEqual(['a', 'b', 'c']);
});
