// Pace and time left, by a clock that the test sets.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ProgressMeter, type StageLoad } from './progressMeter.ts';

let seconds = 0;
beforeEach(() => {
  seconds = 100;
  vi.spyOn(performance, 'now').mockImplementation(() => 1000 * seconds);
});
afterEach(() => vi.restoreAllMocks());

const stage = (steps: number, workPerStep: number, kind: StageLoad['kind'] = 'step'): StageLoad => ({
  steps,
  workPerStep,
  onceSteps: 0,
  kind,
});

/** Steps of a second and ten rows each. */
function steps(meter: ProgressMeter, count: number): void {
  for (let i = 0; i < count; i++) {
    seconds += 1;
    meter.addStep(10);
  }
}

it('counts steps and rows, and what is left at the pace so far', () => {
  const meter = new ProgressMeter([stage(10, 5)]);
  meter.beginStage(0, 0);
  steps(meter, 4);
  expect(meter.report(false)).toEqual({
    doneSteps: 4,
    totalSteps: 10,
    rowsPerSecond: 10,
    secondsLeftSeed: 6,
  });
  // Too soon for another, unless it is asked for.
  expect(meter.report(false)).toBeNull();
  expect(meter.report(true)?.doneSteps).toBe(4);
});

it('estimates stages to come by their work, at the pace of their kind', () => {
  const stages = [stage(4, 5), stage(10, 20), stage(10, 20, 'round')];
  const meter = new ProgressMeter(stages);
  meter.beginStage(0, 0);
  steps(meter, 4);
  // A second for five operations; rounds of trees have not been timed yet: 0.4 ns each.
  expect(meter.report(true)?.secondsLeftSeed).toBeCloseTo(10 * 4 + 10 * 20 * 4e-10, 6);
});

it('stays finite where the clock stands still over a step', () => {
  const meter = new ProgressMeter([stage(10, 5)]);
  meter.beginStage(0, 0);
  meter.addStep(10);
  expect(meter.report(true)?.rowsPerSecond).toBe(0);
  steps(meter, 1);
  // Two steps in the second that has passed.
  expect(meter.report(true)).toEqual({ doneSteps: 2, totalSteps: 10, rowsPerSecond: 20, secondsLeftSeed: 4 });
});
