// Where the time of a training step goes: a copy of a network takes steps as in training, first untouched, then with every
// launch timed. The copy learns nothing and is thrown away, so that training goes on as if nobody had looked.
import * as tf from '@tensorflow/tfjs-core';
import { countLaunches } from '../kernels/launches.ts';
import { createStepTimer, type StepTimer, type TimedLaunch } from '../kernels/stepTimer.ts';
import type { BackendId, Role, StepProfile } from '../protocol.ts';
import type { GradientPart } from '../training/gradientPart.ts';
import { disposeBatch, type TensorBatch } from '../training/tensorBatch.ts';
import { kernelTimes, launchedMs, middleSteps, timelineOf } from './stepTimes.ts';

export const PROFILE_STEPS = 20;

/** Each of the series of steps ends after this long, with three steps at least. */
const SERIES_MS = 4000;
const LEAST_STEPS = 3;
/** Ticks of the clock that the mean launch should last, by repeating it; as often as this at most, and no longer. */
const WANTED_TICKS = 10;
const MAX_REPEATS = 32;
const MAX_REPEATED_MS = 400;

export interface ProfileSubject {
  role: Role;
  id: string;
  label: string;
  at: StepProfile['at'];
  /** A network whose steps change nothing that anybody needs; disposed here. */
  create(): GradientPart;
  /** Batches of one size; disposed here. */
  batch(): TensorBatch;
}

export interface ProfileOptions {
  steps?: number;
  /** Awaited between steps; may throw to stop. */
  between(): Promise<void>;
}

export async function profileStep(
  subject: ProfileSubject,
  { steps = PROFILE_STEPS, between }: ProfileOptions,
): Promise<StepProfile> {
  const held = tf.memory().numBytes;
  const timer = createStepTimer();
  const part = subject.create();
  let batchSize = 0;
  const step = async () => {
    const batch = subject.batch();
    batchSize = batch.targets.shape[1];
    try {
      await part.trainStep(batch, 1);
      await part.settle();
    } finally {
      disposeBatch(batch);
    }
  };
  const series = async (work: () => Promise<void>) => {
    const started = performance.now();
    for (let i = 0; i < steps && (i < LEAST_STEPS || performance.now() - started < SERIES_MS); i++) {
      await work();
      await between();
    }
  };
  try {
    // Records the step, where steps are recorded, while what it binds is noted.
    await timer.each(step);
    await between();
    const { stepMs, jsMs } = await paceOf(part, subject, series, timer);
    const gpuTimes: number[] = [];
    if (timer.clock === 'gpu')
      await series(async () => {
        gpuTimes.push((await timer.whole(step)) ?? 0);
      });
    const repeats = await repeatsFor(timer, step);
    const timed: TimedLaunch[][] = [];
    let timedMs = 0;
    await series(async () => {
      const from = performance.now();
      timed.push(await timer.each(step, repeats));
      timedMs += performance.now() - from;
    });
    const { peakBytes } = await countLaunches(step);
    const kept = middleSteps(timed);
    const clock = { kind: timer.clock, tickMs: timer.tickMs, repeats };
    const memory = tf.memory() as tf.MemoryInfo & { numBytesInGPU?: number };
    return {
      role: subject.role,
      id: subject.id,
      label: subject.label,
      at: subject.at,
      backend: tf.getBackend() as BackendId,
      batchSize,
      steps: timed.length,
      keptSteps: kept.length,
      isReplayed: part.recordedBytes > 0,
      stepMs,
      jsMs,
      gpuMs: gpuTimes.length > 0 ? median(gpuTimes) : null,
      timedStepMs: timedMs / timed.length,
      clock,
      kernels: kernelTimes(kept),
      timeline: timelineOf(kept, clock),
      memory: {
        tensorBytes: memory.numBytes - held,
        recordedBytes: part.recordedBytes,
        peakBytes: peakBytes - held + part.recordedBytes,
        gpuBytes: memory.numBytesInGPU ?? null,
      },
    };
  } finally {
    part.dispose();
    timer.dispose();
  }
}

/** Steps as training takes them, several in flight where it does so. */
async function paceOf(
  part: GradientPart,
  { batch: nextBatch }: ProfileSubject,
  series: (work: () => Promise<void>) => Promise<void>,
  { clock }: StepTimer,
): Promise<Pick<StepProfile, 'stepMs' | 'jsMs'>> {
  const jsTimes: number[] = [];
  let ms = 0;
  await series(async () => {
    const started = performance.now();
    const batch = nextBatch();
    const done = part.trainStep(batch, 1);
    // What follows the first wait is waiting.
    jsTimes.push(performance.now() - started);
    await done;
    disposeBatch(batch);
    ms += performance.now() - started;
  });
  const started = performance.now();
  await part.settle();
  ms += performance.now() - started;
  return { stepMs: ms / jsTimes.length, jsMs: clock === 'wall' ? null : median(jsTimes) };
}

/** How often each launch must be repeated for the clock of the GPU to see it. */
async function repeatsFor(timer: StepTimer, step: () => Promise<void>): Promise<number> {
  if (timer.clock !== 'gpu') return 1;
  const launches = await timer.each(step);
  const total = launchedMs(launches);
  const wanted = (WANTED_TICKS * (timer.tickMs ?? 0) * launches.length) / Math.max(total, timer.tickMs ?? 0);
  const affordable = MAX_REPEATED_MS / Math.max(total, 1e-3);
  return Math.max(1, Math.floor(Math.min(Math.ceil(wanted), MAX_REPEATS, affordable)));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] as number;
}
