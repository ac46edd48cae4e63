// What the timed launches of many steps come to: per kernel, and along one step.
import type { TimedLaunch } from '../kernels/stepTimer.ts';
import type { KernelTime, LaunchTime, StepProfile } from '../protocol.ts';

/** Share of the steps that is left out at either end: something else ran, or the clock ticked late. */
const LEFT_OUT = 0.1;

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const mean = (values: readonly number[]) => sum(values) / values.length;

/** A step whose launches were timed. */
export interface TimedStep {
  launches: TimedLaunch[];
  /** From its begin until all of it was computed. */
  ms: number;
}

/** Milliseconds of all launches of a step. */
export const launchedMs = (step: readonly TimedLaunch[]): number => sum(step.map((l) => l.ms ?? 0));

/** Without the fastest and the slowest; in the order they were. */
export function middleSteps(steps: readonly TimedStep[]): TimedStep[] {
  const out = Math.floor(LEFT_OUT * steps.length);
  const order = [...steps].sort((a, b) => launchedMs(a.launches) - launchedMs(b.launches));
  const kept = new Set(order.slice(out, steps.length - out));
  return steps.filter((step) => kept.has(step));
}

/** Of a mean; steps follow each other on a busy machine, so it is a lower bound. */
function standardError(values: readonly number[]): number {
  if (values.length < 2) return Number.NaN;
  const center = mean(values);
  const variance = sum(values.map((v) => (v - center) ** 2)) / (values.length - 1);
  return Math.sqrt(variance / values.length);
}

/** Launches by kernel and part of the step, longest first. */
export function kernelTimes(steps: readonly TimedLaunch[][]): KernelTime[] {
  const groups = new Map<string, TimedLaunch[][]>();
  steps.forEach((launches, step) => {
    for (const launch of launches) {
      const key = `${launch.phase} ${launch.kernel}`;
      const group = groups.get(key) ?? steps.map(() => []);
      groups.set(key, group);
      group[step]?.push(launch);
    }
  });
  const times = [...groups.values()].map((group): KernelTime => {
    const all = group.flat();
    const [{ kernel, phase }] = all as [TimedLaunch];
    const isTimed = all.every((l) => l.ms !== null);
    const perStep = group.map(launchedMs);
    const perStepOf = (value: (l: TimedLaunch) => number) => sum(all.map(value)) / steps.length;
    return {
      kernel,
      phase,
      launches: perStepOf((l) => l.launches),
      ms: isTimed ? mean(perStep) : null,
      msError: isTimed ? standardError(perStep) : null,
      bytesRead: perStepOf((l) => l.bytesRead),
      bytesWritten: perStepOf((l) => l.bytesWritten),
    };
  });
  return times.sort((a, b) => (b.ms ?? 0) - (a.ms ?? 0) || b.launches - a.launches);
}

/**
 * The launches of one step, with their mean times. Launches that were repeated tell nothing of the gaps between them and
 * stand end to end.
 */
export function timelineOf(steps: readonly TimedLaunch[][], { repeats }: StepProfile['clock']): LaunchTime[] {
  const [first = []] = steps;
  const alike = steps.filter(
    (s) => s.length === first.length && s.every((l, i) => l.kernel === first[i]?.kernel),
  );
  let end = 0;
  return first.map(({ kernel, phase, shape, ms }, i) => {
    const same = alike.map((step) => step[i] as TimedLaunch);
    const launch = { kernel, phase, shape: [...shape] };
    if (ms === null) return { ...launch, startMs: null, ms: null };
    const meanMs = mean(same.map((l) => l.ms ?? 0));
    const startMs = repeats > 1 ? end : Math.max(end, mean(same.map((l) => l.startMs)));
    end = startMs + meanMs;
    return { ...launch, startMs, ms: meanMs };
  });
}
