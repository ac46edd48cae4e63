// Aggregates the timed launches of many steps: per kernel, and along one step.
import type { TimedLaunch } from '../kernels/runtime/stepTimer.ts';
import type { KernelTime, LaunchTime } from '../protocol/profile.ts';

/** Share of the values trimmed at either end, because other work ran meanwhile. */
const LEFT_OUT = 0.25;
/** Times of fewer ticks are 0 or 1 tick by chance, so only the mean of all is meaningful. */
const FEW_TICKS = 10;

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const mean = (values: readonly number[]) => sum(values) / values.length;

/** Milliseconds of all launches of a step. */
export const launchedMs = (step: readonly TimedLaunch[]): number => sum(step.map((l) => l.ms ?? 0));

/**
 * The mean of the middle half, and its standard error from the winsorised deviation (Tukey and McLaughlin 1963); of all values
 * if the clock is too coarse for them. The error is a lower bound, because successive steps on a busy machine are correlated.
 */
export function typical(values: readonly number[], tickMs: number | null): { ms: number; error: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const isCoarse = (sorted[sorted.length >> 1] ?? 0) < FEW_TICKS * (tickMs ?? 0);
  const out = isCoarse ? 0 : Math.floor(LEFT_OUT * sorted.length);
  const kept = sorted.slice(out, sorted.length - out);
  const [lowest = 0, highest = 0] = [kept[0], kept.at(-1)];
  const winsorised = sorted.map((v) => Math.min(Math.max(v, lowest), highest));
  const center = mean(winsorised);
  const deviation = Math.sqrt(sum(winsorised.map((v) => (v - center) ** 2)) / (sorted.length - 1));
  const share = kept.length / sorted.length;
  return { ms: mean(kept), error: deviation / (share * Math.sqrt(sorted.length)) };
}

/** Launches by kernel and part of the step, longest first. */
export function kernelTimes(steps: readonly TimedLaunch[][], tickMs: number | null): KernelTime[] {
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
    const { ms, error } = typical(group.map(launchedMs), tickMs);
    const perStepOf = (value: (l: TimedLaunch) => number) => sum(all.map(value)) / steps.length;
    return {
      kernel,
      phase,
      launches: perStepOf((l) => l.launches),
      ms: isTimed ? ms : null,
      msError: isTimed ? error : null,
      bytesRead: perStepOf((l) => l.bytesRead),
      bytesWritten: perStepOf((l) => l.bytesWritten),
    };
  });
  return times.sort((a, b) => (b.ms ?? 0) - (a.ms ?? 0) || b.launches - a.launches);
}

/** The launches of one step, with their typical times. */
export function timelineOf(steps: readonly TimedLaunch[][], tickMs: number | null): LaunchTime[] {
  const [first = []] = steps;
  const alike = steps.filter(
    (s) => s.length === first.length && s.every((l, i) => l.kernel === first[i]?.kernel),
  );
  let end = 0;
  return first.map(({ kernel, phase, shape, ms }, i) => {
    const same = alike.map((step) => step[i] as TimedLaunch);
    const launch = { kernel, phase, shape: [...shape] };
    if (ms === null) return { ...launch, startMs: null, ms: null };
    const typicalOf = (value: (l: TimedLaunch) => number) => typical(same.map(value), tickMs).ms;
    const lastsMs = typicalOf((l) => l.ms ?? 0);
    const startMs = Math.max(
      end,
      typicalOf((l) => l.startMs),
    );
    end = startMs + lastsMs;
    return { ...launch, startMs, ms: lastsMs };
  });
}
