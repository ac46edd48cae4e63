import { describe, expect, it } from 'vitest';
import type { TimedLaunch } from '../kernels/runtime/stepTimer.ts';
import { kernelTimes, timelineOf, typical } from './stepTimes.ts';

const launch = (
  kernel: string,
  startMs: number,
  ms: number | null,
  more: Partial<TimedLaunch> = {},
): TimedLaunch => ({
  kernel,
  phase: 'forward',
  shape: [2, 3],
  bytesRead: 10,
  bytesWritten: 5,
  flops: null,
  launches: 1,
  startMs,
  ms,
  ...more,
});

describe('times of many steps', () => {
  const steps = [1, 2, 3].map((ms) => [
    launch('Linear', 0, ms),
    launch('Attention', 4, 1),
    launch('Linear', 6, 2 * ms),
    launch('Linear', 20, 10, { phase: 'backward', launches: 3 }),
  ]);

  it('add up by kernel and part, with the error of their mean', () => {
    expect(kernelTimes(steps, null)).toEqual([
      {
        kernel: 'Linear',
        phase: 'backward',
        launches: 3,
        ms: 10,
        msError: 0,
        bytesRead: 10,
        bytesWritten: 5,
      },
      // 3, 6 and 9 ms: the deviation is 3, of the mean 3 / sqrt(3).
      {
        kernel: 'Linear',
        phase: 'forward',
        launches: 2,
        ms: 6,
        msError: expect.closeTo(Math.sqrt(3), 12),
        bytesRead: 20,
        bytesWritten: 10,
      },
      expect.objectContaining({ kernel: 'Attention', ms: 1, msError: 0, launches: 1 }),
    ]);
  });

  it('are not known where one launch could not be timed', () => {
    const [time] = kernelTimes([[launch('Linear', 0, 1), launch('Linear', 1, null)]], null);
    expect(time).toMatchObject({ ms: null, msError: null, launches: 2, bytesRead: 20 });
  });

  it('are those of the middle half, so that a few steps beside other work do not count', () => {
    const values = [5, 1, 2, 3, 100, 4, 900, 6];
    // 3, 4, 5 and 6 are kept; winsorised: 3 3 3 4 5 6 6 6.
    const { ms, error } = typical(values, 1e-6);
    expect(ms).toBe(4.5);
    const deviation = Math.sqrt((6 * 1.5 ** 2 + 2 * 0.5 ** 2) / 7);
    expect(error).toBeCloseTo(deviation / (0.5 * Math.sqrt(8)), 12);
  });

  it('are the mean of all where the clock shows a tick or none', () => {
    const ticks = [0, 0, 0, 0, 0, 0, 0, 0.1];
    expect(typical(ticks, 0.1).ms).toBeCloseTo(0.0125, 12);
    expect(typical(ticks, 0.1).error).toBeCloseTo(0.0125, 12);
    expect(typical([1, 1, 1, 1, 1, 1, 1, 9], 1e-6).ms).toBe(1);
  });

  it('stand along one step at their mean places', () => {
    const line = timelineOf(steps, 1e-6);
    expect(line.map((l) => [l.kernel, l.startMs, l.ms])).toEqual([
      ['Linear', 0, 2],
      ['Attention', 4, 1],
      ['Linear', 6, 4],
      ['Linear', 20, 10],
    ]);
  });
});
