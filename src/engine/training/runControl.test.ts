import { describe, expect, it } from 'vitest';
import { RunControl } from './runControl.ts';

describe('RunControl', () => {
  it('waits while paused, lets as many steps through as were asked for, and goes on after resume', () => {
    const control = new RunControl();
    expect(control.waiting).toBe(false);
    control.pause();
    expect(control.waiting).toBe(true);
    control.step();
    control.step();
    expect(control.waiting).toBe(false);
    control.takeStep();
    expect(control.waiting).toBe(false);
    control.takeStep();
    expect(control.waiting).toBe(true);
    control.resume();
    expect(control.waiting).toBe(false);
  });

  it('pauses when a step is asked for while running', () => {
    const control = new RunControl();
    control.step();
    control.takeStep();
    expect(control.waiting).toBe(true);
  });

  it('never waits once a stop was asked for', () => {
    const control = new RunControl(true);
    control.stop();
    expect(control.waiting).toBe(false);
    expect(control.stopRequested).toBe(true);
  });

  it('wakes a waiter at each change, of a question too', async () => {
    const control = new RunControl(true);
    const woken = control.changed();
    control.questions.put({ probe: 'attention', request: {}, mode: 'watch' });
    await woken;
    const wokenAgain = control.changed();
    control.step();
    await wokenAgain;
  });
});
