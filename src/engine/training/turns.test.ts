import { afterEach, expect, it, vi } from 'vitest';
import { RunControl } from './runControl.ts';
import { StopSignal, Turns } from './turns.ts';

afterEach(() => vi.restoreAllMocks());

it('lets messages in when it is time, and at once when told', async () => {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const turns = new Turns(new RunControl());
  let handled = 0;
  const message = () => setImmediate(() => handled++);
  message();
  now = 12;
  await turns.yieldToMessages();
  expect(handled).toBe(0);
  now = 13;
  await turns.yieldToMessages();
  expect(handled).toBe(1);
  message();
  await turns.yieldToMessages();
  expect(handled).toBe(1);
  await turns.yieldNow();
  expect(handled).toBe(2);
});

it('ends the work when a stop was asked for, but not within a step', async () => {
  const control = new RunControl();
  const turns = new Turns(control);
  await turns.yieldOrStop();
  control.stop();
  await turns.yieldToMessages();
  await turns.yieldNow();
  await expect(turns.yieldOrStop()).rejects.toThrow(StopSignal);
});
