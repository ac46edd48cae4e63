// The cost of a network before it runs: parameters and operations are counted; time, launches and memory are measured in a few
// real steps on random data in the shape of the table. The efficiency table of Sinodinos et al. 2025, for the current data.
import * as tf from '@tensorflow/tfjs-core';
import type { Experiment } from '../config/experiment.ts';
import { defaultsOf, type Params } from '../config/params.ts';
import type { Issue } from '../core/errors.ts';
import { randomDataset } from '../data/randomDataset.ts';
import { countLaunches } from '../kernels/runtime/launches.ts';
import { isBoosted, type ModelShape } from '../models/model.ts';
import { models } from '../models/registry.ts';
import { optimizers } from '../optimizers/registry.ts';
import type { CostRow, MeasuredCost } from '../protocol/cost.ts';
import { compileSteps } from '../training/compileSteps.ts';
import { type TrainingSettings, trainingSettings } from '../training/params.ts';
import { describeNetwork, modelOf, networksOf, type PlannedNetwork } from '../training/plan.ts';
import { disposeBatch } from '../training/tensorBatch.ts';
import { trialOf } from './trial.ts';

/** Steps are repeated for this many milliseconds, and at least three times. */
const MEASURE_MS = 300;
/** Milliseconds between messages while a round of trees grows. */
const SLICE_MS = 12;
/** Number of rows on which a round of trees is timed; its time is proportional to the rows. */
const TREE_ROWS = 4000;

interface CostedNetwork extends Omit<PlannedNetwork, 'role'> {
  /** Null for an architecture that is not in the experiment. */
  role: PlannedNetwork['role'] | null;
}

/**
 * Every architecture in registry order: with the experiment's settings if it has some, else at its defaults. The order does not
 * depend on the experiment, so that rows of the table stay in place.
 */
function allNetworks(experiment: Experiment): CostedNetwork[] {
  const own = networksOf(experiment);
  return Object.values(models).flatMap((def): CostedNetwork[] => {
    const set = own.filter((n) => n.def === def);
    return set.length > 0 ? set : [{ role: null, def, params: defaultsOf(def.params), path: def.id }];
  });
}

/** Bytes per parameter: value, gradient, best value so far, and the optimizer's state. */
const bytesPerParameter = ({ optimizer }: TrainingSettings) => 4 * (3 + optimizers[optimizer].slots.length);

/** The costs known without a step: one row per architecture, and one more for each further occurrence in the experiment. */
export function costRows(experiment: Experiment, shape: ModelShape, trainingRows: number): CostRow[] {
  const settings = trainingSettings(experiment.training);
  return allNetworks(experiment).map(({ role, def, label = def.label, params, path }): CostRow => {
    const issues = def.check(params, shape, `${path}.params`);
    const base = {
      role,
      id: def.id,
      label,
      params,
      singleTask: def.singleTask,
    };
    if (issues.length > 0)
      return {
        ...base,
        parameters: null,
        flopsPerRow: null,
        parameterBytes: null,
        stepsPerEpoch: 0,
        epochs: 0,
        issues,
      };
    const { info, workPerStep } = describeNetwork(
      { role: role ?? 'model', def, params, path },
      0,
      shape,
      settings,
      trainingRows,
    );
    const boosted = isBoosted(def);
    return {
      ...base,
      parameters: boosted ? null : info.parameters,
      flopsPerRow: boosted ? null : workPerStep / settings.batchSize / 3,
      parameterBytes: boosted ? null : info.parameters * bytesPerParameter(settings),
      stepsPerEpoch: info.stepsPerEpoch,
      epochs: info.epochs,
      issues: [] as Issue[],
    };
  });
}

/**
 * Trains a few steps on random data.
 * @param between - awaited between steps; may throw to stop
 */
export async function measureCost(
  choice: { id: string; params: Params },
  shape: ModelShape,
  settings: TrainingSettings,
  trainingRows: number,
  between: () => Promise<void>,
): Promise<MeasuredCost> {
  const def = modelOf(choice.id);
  const { params } = choice;
  if (isBoosted(def)) {
    const rows = Math.min(TREE_ROWS, trainingRows);
    const dataset = randomDataset(shape.features, shape.tasks, rows);
    const active = shape.tasks.map(() => true);
    const inSlices = atMostEvery(SLICE_MS, between);
    let total = 0;
    for (const phase of def.phases?.(params) ?? [{ rounds: def.rounds(params), params }]) {
      if (phase.rounds === 0) continue;
      const trees = def.boost(dataset, phase.params, 0);
      total += phase.rounds * (await medianMs(() => trees.round(active, inSlices), inSlices));
    }
    const stepMs = (total / def.rounds(params)) * (trainingRows / rows);
    return { stepMs, launches: null, peakBytes: null, skipped: null };
  }
  const trial = trialOf({ role: 'model', def, params }, shape, settings, trainingRows);
  if ('skipped' in trial) return { stepMs: null, launches: null, peakBytes: null, skipped: trial.skipped };
  const held = tf.memory().numBytes;
  const network = trial.create();
  const batch = trial.batch();
  const step = async () => {
    await network.trainStep(batch, 1);
    await network.drainPendingSteps();
  };
  try {
    await compileSteps([network], [trial.batch]);
    await step();
    const stepMs = await medianMs(step, between);
    const { launches, peakBytes } = await countLaunches(step);
    return { stepMs, launches, peakBytes: peakBytes - held + network.recordedBytes, skipped: null };
  } finally {
    network.dispose();
    trial.dispose();
    disposeBatch(batch);
  }
}

/** Drops calls that come too soon. */
function atMostEvery(ms: number, between: () => Promise<void>): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < ms) return;
    await between();
    last = performance.now();
  };
}

async function medianMs(work: () => Promise<unknown>, between: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  const started = performance.now();
  while (times.length < 3 || performance.now() - started < MEASURE_MS) {
    const from = performance.now();
    await work();
    times.push(performance.now() - from);
    await between();
  }
  times.sort((a, b) => a - b);
  return times[times.length >> 1] as number;
}
