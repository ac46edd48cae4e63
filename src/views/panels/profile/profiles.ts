// Profiles in words and as files: shares, units, reliability of the clock, CSV, and traces for chrome://tracing and Perfetto.
import type { KernelTime, StepProfile } from '../../../engine/protocol/profile.ts';
import type { SeedResult } from '../../../engine/protocol/result.ts';
import { type CsvValue, toCsv } from '../../charts/csv.ts';
import { formatCount, formatFixed } from '../../charts/format.ts';
import { formatSeconds } from '../models/costs.ts';

type StepPhase = KernelTime['phase'];

export const PHASES: readonly StepPhase[] = ['data', 'forward', 'backward', 'update'];

/** A time with a larger relative error than this is marked. */
export const UNSURE = 0.2;
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Total time of the kernels; null if they could not be timed. */
export function kernelMs({ kernels }: StepProfile): number | null {
  return kernels.some((k) => k.ms === null) ? null : sum(kernels.map((k) => k.ms ?? 0));
}

export const launchesOf = ({ kernels }: StepProfile): number => sum(kernels.map((k) => k.launches));
export const bytesOf = ({ bytesRead, bytesWritten }: Pick<KernelTime, 'bytesRead' | 'bytesWritten'>) =>
  bytesRead + bytesWritten;

/**
 * The base of shares. JavaScript and the GPU work in parallel, so on a GPU it is the kernels' time; in one thread it is the
 * whole step.
 */
export function shareBase(profile: StepProfile): number | null {
  return profile.clock.kind === 'wall' ? profile.timedStepMs : kernelMs(profile);
}

/** Time of the timed step outside kernels; null if it runs in parallel to them. */
export function outsideMs(profile: StepProfile): number | null {
  const inKernels = kernelMs(profile);
  if (profile.clock.kind !== 'wall' || inKernels === null) return null;
  return Math.max(0, profile.timedStepMs - inKernels);
}

/** Parts of the step that have kernels, with their time. */
export function phaseTimes({ kernels }: StepProfile): { phase: StepPhase; ms: number }[] {
  return PHASES.flatMap((phase) => {
    const own = kernels.filter((k) => k.phase === phase);
    return own.length === 0 ? [] : [{ phase, ms: sum(own.map((k) => k.ms ?? 0)) }];
  });
}

export interface TimeUnit {
  label: 'µs' | 'ms';
  format(ms: number): string;
}

/** One unit for a whole column: microseconds for small times. */
export function timeUnit(largestMs: number): TimeUnit {
  if (largestMs < 1) return { label: 'µs', format: (ms) => formatFixed(1000 * ms, 1) };
  const decimals = largestMs < 10 ? 3 : largestMs < 100 ? 2 : 1;
  return { label: 'ms', format: (ms) => formatFixed(ms, decimals) };
}

/** Gigabytes per second of the bound tensors, as if nothing came from a cache. */
export const throughput = (kernel: KernelTime): number | null =>
  kernel.ms === null || kernel.ms <= 0 ? null : bytesOf(kernel) / kernel.ms / 1e6;

const tickText = (ms: number): string =>
  ms >= 1e-3 ? `${formatFixed(1000 * ms, ms >= 0.01 ? 0 : 1)} µs` : `${formatFixed(1e6 * ms, 0)} ns`;

/** How the times were measured, and how reliable they are. */
export function clockNote({ clock, steps, stepMs, timedStepMs }: StepProfile): string {
  const { kind, tickMs, isCoarse } = clock;
  if (kind === 'none') return 'This device has no timestamps: launches are counted and not timed.';
  const how =
    kind === 'wall'
      ? 'Timed by the clock of the thread that computes.'
      : 'Timed by the GPU, each launch in a pass of its own.';
  const cost = `With every launch timed a step took ${formatSeconds(timedStepMs / 1000)}, without ${formatSeconds(stepMs / 1000)}.`;
  const whole = `${how} Means of the middle half of ${formatCount(steps)} steps. ${cost}`;
  if (!isCoarse || tickMs === null) return whole;
  const remedy =
    kind === 'gpu' ? ' Chromium started with --enable-webgpu-developer-features does not round.' : '';
  return `${how} This browser rounds its times to ${tickText(tickMs)}, and most launches are shorter: only their mean over ${formatCount(steps)} steps tells, within its ±. Times with a large ± are unreliable. ${cost}${remedy}`;
}

/** What share of a run's time goes into measuring its splits; null before a seed is finished. */
export function evaluationText(seeds: readonly (SeedResult | null)[]): string | null {
  const networks = seeds.flatMap((seed) =>
    seed ? [seed.model, ...(seed.baseline ? [seed.baseline] : []), ...seed.others.map((o) => o.result)] : [],
  );
  const sum = (of: 'trainMs' | 'evaluationMs') => networks.reduce((total, n) => total + n[of], 0) / 1000;
  const [train, evaluation] = [sum('trainMs'), sum('evaluationMs')];
  if (!(train + evaluation > 0)) return null;
  const share = formatFixed((100 * evaluation) / (train + evaluation), 0);
  return `In this run training steps took ${formatSeconds(train)}, and measuring the validation and test splits ${formatSeconds(evaluation)}: ${share} % of both.`;
}

export function profilesCsv(profiles: readonly StepProfile[]): string {
  const rows = profiles.flatMap((p) => {
    const base = shareBase(p);
    return p.kernels.map((k): CsvValue[] => [
      p.role,
      p.id,
      p.backend,
      p.batchSize,
      k.kernel,
      k.phase,
      k.launches,
      k.ms,
      k.msError,
      k.ms === null || base === null ? null : k.ms / base,
      k.bytesRead,
      k.bytesWritten,
      p.stepMs,
      p.jsMs,
      p.gpuMs,
      p.clock.tickMs,
      p.steps,
    ]);
  });
  const header =
    'role architecture backend batch_size kernel part launches ms ms_standard_error share bytes_read bytes_written step_ms js_ms gpu_ms clock_tick_ms steps';
  return toCsv(header.split(' '), rows);
}

/** A line per launch of a step, in the order they run. */
export const timelineCsv = ({ role, id, timeline }: StepProfile): string =>
  toCsv(
    ['role', 'architecture', 'kernel', 'part', 'shape', 'start_ms', 'ms'],
    timeline.map(({ kernel, phase, shape, startMs, ms }) => [
      role,
      id,
      kernel,
      phase,
      shape.join(' × '),
      startMs,
      ms,
    ]),
  );

/** One step of each network in Trace Event Format, one process each. */
export function traceOf(profiles: readonly StepProfile[]): string {
  const traceEvents = profiles.flatMap((p, pid) => [
    { ph: 'M', name: 'process_name', pid, args: { name: `${p.label} (${p.role}), mean step` } },
    ...PHASES.map((phase, tid) => ({ ph: 'M', name: 'thread_name', pid, tid, args: { name: phase } })),
    ...p.timeline.flatMap(({ kernel, phase, shape, startMs, ms }) =>
      startMs === null || ms === null
        ? []
        : [
            {
              ph: 'X',
              name: kernel,
              cat: phase,
              pid,
              tid: PHASES.indexOf(phase),
              ts: 1000 * startMs,
              dur: 1000 * ms,
              args: { shape },
            },
          ],
    ),
  ]);
  return `${JSON.stringify({ traceEvents, displayTimeUnit: 'ns' })}\n`;
}
