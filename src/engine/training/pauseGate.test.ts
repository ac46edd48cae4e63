// Where a run waits: events and checkpoints when a pause begins and at every single step in it, and that a stop ends it.
import { describe, expect, it, vi } from 'vitest';
import { PauseGate } from './pauseGate.ts';
import { RunControl } from './runControl.ts';
import { StopSignal } from './turns.ts';

/** A gate, and a log of its actions in order. */
function gateOf(control: RunControl) {
  const log: string[] = [];
  const gate = new PauseGate({
    control,
    inspection: {
      due: () => [],
      dueAfterEpoch: () => [],
      answer: async () => {
        log.push('answer');
      },
    },
    drainPendingSteps: async () => {
      log.push('drain');
    },
    emitState: (state) => log.push(state),
    emitCheckpoint: async () => {
      log.push('checkpoint');
    },
  });
  const pass = (place: string) =>
    gate.pass(place, () => log.push('flush')).then(() => log.push(`step ${place}`));
  return { log, pass };
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('the gate of a run', () => {
  it('lets steps through while the run is not paused, and does nothing', async () => {
    const { log, pass } = gateOf(new RunControl());
    await pass('a');
    await pass('b');
    expect(log).toEqual(['step a', 'step b']);
  });

  it('drains, shows and keeps everything when a pause begins, and keeps it once', async () => {
    const control = new RunControl(true);
    const { log, pass } = gateOf(control);
    const first = pass('a');
    await soon();
    expect(log).toEqual(['drain', 'flush', 'paused', 'checkpoint', 'answer']);
    control.step();
    await first;
    const second = pass('b');
    await soon();
    expect(log.slice(5)).toEqual(['step a', 'drain', 'flush', 'paused', 'answer']);
    control.resume();
    await second;
    expect(log.slice(10)).toEqual(['running', 'step b']);
    // The next pause is a new one.
    control.pause();
    const third = pass('c');
    await soon();
    expect(log.slice(12)).toEqual(['drain', 'flush', 'paused', 'checkpoint', 'answer']);
    control.stop();
    await expect(third).rejects.toThrow(StopSignal);
  });

  it('ends a run that is to stop before its next step, behind the steps that are launched', async () => {
    const control = new RunControl();
    control.stop();
    const { log, pass } = gateOf(control);
    await expect(pass('a')).rejects.toThrow(StopSignal);
    expect(log).toEqual(['drain']);
  });

  it('keeps to the pace of slow motion, shows every step, and answers meanwhile', async () => {
    vi.useFakeTimers();
    try {
      const control = new RunControl();
      const { log, pass } = gateOf(control);
      control.pace(2);
      await pass('a');
      const second = pass('b');
      await vi.advanceTimersByTimeAsync(499);
      expect(log).toEqual(['step a', 'drain', 'flush']);
      control.questions.put({ probe: 'cost', request: {}, mode: 'once' });
      await vi.advanceTimersByTimeAsync(0);
      expect(log.slice(3)).toEqual(['answer']);
      await vi.advanceTimersByTimeAsync(1);
      await second;
      expect(log.slice(4)).toEqual(['step b']);
      // Back to full speed in the middle of a wait.
      const third = pass('c');
      await vi.advanceTimersByTimeAsync(10);
      control.pace(null);
      await third;
      expect(log.at(-1)).toBe('step c');
    } finally {
      vi.useRealTimers();
    }
  });

  it('takes a single step of a pause at once, and stops in the middle of a rest', async () => {
    const control = new RunControl();
    const { log, pass } = gateOf(control);
    control.pace(0.001);
    await pass('a');
    control.step();
    await pass('b');
    expect(log.at(-1)).toBe('step b');
    control.resume();
    const third = pass('c');
    await soon();
    control.stop();
    await expect(third).rejects.toThrow(StopSignal);
  });
});
