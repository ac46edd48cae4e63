// Profiles a training step: a copy of a network takes steps as in training, first untimed, then with every launch timed. The
// copy learns nothing and is disposed, so that training is not affected.
import * as tf from '@tensorflow/tfjs-core';
import type { Experiment } from '../config/experiment.ts';
import { WorkbenchError } from '../core/errors.ts';
import type { Role } from '../core/roles.ts';
import { countLaunches } from '../kernels/runtime/launches.ts';
import type { StepTimer, TimedLaunch } from '../kernels/runtime/stepTimer.ts';
import { createStepTimer } from '../kernels/runtime/threadTimer.ts';
import { isBoosted, type ModelShape } from '../models/model.ts';
import type { BackendId } from '../protocol/backend.ts';
import type { StepProfile } from '../protocol/profile.ts';
import { compileSteps } from '../training/compileSteps.ts';
import type { GradientNetwork } from '../training/gradientNetwork.ts';
import { trainingSettings } from '../training/params.ts';
import { networksOf } from '../training/plan.ts';
import { disposeBatch, type TensorBatch } from '../training/tensorBatch.ts';
import { kernelTimes, launchedMs, timelineOf, typical } from './stepTimes.ts';
import { trialOf } from './trial.ts';

export const PROFILE_STEPS = 20;

/** A recording is replayed after two identical recordings. */
const RECORDED_AFTER = 2;
const WARM_UP = 3;
/**
 * Steps of each kind alternate in turns, so that load on the machine slows all of them; no new turn starts after this many
 * milliseconds.
 */
const TURN = 5;
const TURNS_MS = 8000;
/** Maximum duration of one turn of ordinary steps. */
const PACE_MS = 1000;
/**
 * A launch shorter than this many ticks of the clock shows as one tick or none. The mean of such times is still correct,
 * because steps do not start on a tick, but it needs many of them.
 */
const FEW_TICKS = 5;
const COARSE_STEPS = 600;
const COARSE_TURN = 50;

export interface ProfileSubject {
  role: Role;
  id: string;
  label: string;
  at: StepProfile['at'];
  /** A network whose steps change nothing else; disposed here. */
  create(): GradientNetwork;
  /** Number of rows in a batch. */
  batchSize: number;
  /** Disposed here. */
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
  const network = subject.create();
  const withBatch = async (work: (batch: TensorBatch) => Promise<unknown>) => {
    const batch = subject.batch();
    try {
      await work(batch);
    } finally {
      disposeBatch(batch);
    }
  };
  const step = () =>
    withBatch(async (batch) => {
      await network.trainStep(batch, 1);
      await network.drainPendingSteps();
    });
  const repeat = async (times: number, work: () => Promise<void>) => {
    for (let i = 0; i < times; i++) {
      await work();
      await between();
    }
  };
  try {
    await compileSteps([network], [subject.batch]);
    // Records the step, if steps are recorded, while its bindings are noted; the JavaScript engine and the device's caches need
    // a few more steps.
    for (let i = 0; i < RECORDED_AFTER; i++) await timer.each(step);
    await repeat(WARM_UP, step);
    const pace: Pace = { steps: [], js: [] };
    const gpuTimes: number[] = [];
    const timed: TimedLaunch[][] = [];
    const timedMs: number[] = [];
    const isCoarse = ticksOfLaunch(timer, await timer.each(step)) < FEW_TICKS;
    const wanted = isCoarse ? Math.max(steps, COARSE_STEPS) : steps;
    const started = performance.now();
    while (timed.length < wanted && (timed.length === 0 || performance.now() - started < TURNS_MS)) {
      const turn = Math.min(isCoarse ? COARSE_TURN : TURN, wanted - timed.length);
      await paceTurn(pace, network, withBatch, { steps, between });
      if (timer.clock === 'gpu')
        await repeat(Math.min(turn, TURN), async () => {
          gpuTimes.push((await timer.whole(step)) ?? 0);
        });
      await repeat(turn, async () => {
        const from = performance.now();
        timed.push(await timer.each(step));
        timedMs.push(performance.now() - from);
      });
    }
    const { peakBytes } = await countLaunches(step);
    const clock = { kind: timer.clock, tickMs: timer.tickMs, isCoarse };
    const memory = tf.memory() as tf.MemoryInfo & { numBytesInGPU?: number };
    return {
      role: subject.role,
      id: subject.id,
      label: subject.label,
      at: subject.at,
      backend: tf.getBackend() as BackendId,
      batchSize: subject.batchSize,
      steps: timed.length,
      isReplayed: network.recordedBytes > 0,
      stepMs: typical(pace.steps, null).ms,
      // The mean: a replay may be shorter than a clock tick, so that the median may be 0.
      jsMs: timer.clock === 'wall' ? null : pace.js.reduce((sum, ms) => sum + ms, 0) / pace.js.length,
      gpuMs: gpuTimes.length > 0 ? median(gpuTimes) : null,
      timedStepMs: typical(timedMs, null).ms,
      clock,
      kernels: kernelTimes(timed, clock.tickMs),
      timeline: timelineOf(timed, clock.tickMs),
      memory: {
        tensorBytes: memory.numBytes - held,
        recordedBytes: network.recordedBytes,
        peakBytes: peakBytes - held + network.recordedBytes,
        gpuBytes: memory.numBytesInGPU ?? null,
      },
    };
  } finally {
    network.dispose();
    timer.dispose();
  }
}

/**
 * Profiles a network of an experiment, on random data in the shape of its table.
 * @throws WorkbenchError (config) if it is not in the experiment, too large, or made of trees
 */
export async function profileOfExperiment(
  experiment: Experiment,
  { shape, trainingRows }: { shape: ModelShape; trainingRows: number },
  role: Role,
  options: ProfileOptions,
): Promise<StepProfile> {
  const network = networksOf(experiment).find((n) => n.role === role);
  if (!network) throw notProfiled(role, 'none in this experiment');
  const { def, label = def.label, params } = network;
  if (isBoosted(def)) throw notProfiled(role, `${label}, which consists of trees`);
  const settings = { ...trainingSettings(experiment.training), learningRate: 0 };
  const trial = trialOf({ role, def, params }, shape, settings, trainingRows);
  if ('skipped' in trial) throw notProfiled(role, `${label}. ${trial.skipped}`);
  const { dispose, ...subject } = trial;
  try {
    return await profileStep({ role, id: def.id, label, at: null, ...subject }, options);
  } finally {
    dispose();
  }
}

export const notProfiled = (role: Role, got: string): WorkbenchError =>
  WorkbenchError.of('config', {
    path: role,
    expected: 'a network trained by gradients',
    got,
    remedy: 'Choose another network.',
  });

interface Pace {
  /** Milliseconds per step, or the mean of those in flight together. */
  steps: number[];
  /** Milliseconds until all of a step is launched. */
  js: number[];
}

/** Steps as in training, several in flight if training does so. */
async function paceTurn(
  pace: Pace,
  network: GradientNetwork,
  withBatch: (work: (batch: TensorBatch) => Promise<unknown>) => Promise<void>,
  { steps = PROFILE_STEPS, between }: ProfileOptions,
): Promise<void> {
  let [total, unreported] = [0, 0];
  // Among steps in flight, the one that waits takes the time of all.
  const take = async (reports: Promise<readonly unknown[]>, started: number) => {
    const { length } = await reports;
    unreported += performance.now() - started;
    if (length === 0) return;
    pace.steps.push(unreported / length);
    total += unreported;
    unreported = 0;
  };
  for (let done = 0; done < steps && total + unreported < PACE_MS; done++) {
    const started = performance.now();
    await withBatch((batch) => {
      const reports = network.trainStep(batch, 1);
      // Everything after the first wait is waiting.
      pace.js.push(performance.now() - started);
      return take(reports, started);
    });
    await between();
  }
  await take(network.drainPendingSteps(), performance.now());
}

/** Ticks of the clock per mean launch; infinite if nothing is timed. */
function ticksOfLaunch({ clock, tickMs }: StepTimer, launches: readonly TimedLaunch[]): number {
  if (clock === 'none' || !tickMs) return Number.POSITIVE_INFINITY;
  return launchedMs(launches) / launches.length / tickMs;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] as number;
}
