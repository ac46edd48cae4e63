// `multitab relations`: trains the experiment, measures after every epoch and at the end how the tasks' gradients agree on
// shared parameters, and prints every measure with its rank correlation to what it might predict, as JSON.

import { type Experiment, MAX_COMPARED } from '../engine/config/experiment.ts';
import { TRUTHS, type TruthId, trainedTruths, whyNoTruth, withGroups } from '../engine/config/together.ts';
import { isOfInput, WorkbenchError } from '../engine/core/errors.ts';
import { groupTasks } from '../engine/core/grouping.ts';
import {
  type Agreement,
  agreements,
  conflictRate,
  estimatedMeasure,
  measuresOf,
  similarityMeasures,
  truthsOf,
} from '../engine/core/relationSummary.ts';
import { updateShares } from '../engine/core/relations.ts';
import { Prober } from '../engine/probes/prober.ts';
import { type ProbeAnswerOf, questionOf } from '../engine/probes/registry.ts';
import type { BackendReport } from '../engine/protocol/backend.ts';
import type { DatasetSummary } from '../engine/protocol/data.ts';
import type { GradTagReport, RelationsMeasure, RelationsReport } from '../engine/protocol/relations.ts';
import type { RunResult } from '../engine/protocol/result.ts';
import type { RunEvent } from '../engine/protocol/run.ts';
import { modelOf, requirePlan, requireShapeOf } from '../engine/training/plan.ts';
import { RunControl } from '../engine/training/runControl.ts';
import { runSession, type SessionOptions } from '../engine/training/session.ts';
import { startBackendOf } from './backend.ts';
import { readExperiment } from './experiment.ts';
import { toJson } from './json.ts';
import { type RunOptions, readSeeds } from './options.ts';
import { NotePrinter, ProgressBar } from './progress.ts';
import { outOf } from './runOutputs.ts';

/** Measures for which a higher value is better for the target. */
const GROUPED_BY = ['cosine', 'mean-cosine', 'etap', 'look-ahead', 'grad-tag'];
const MOST_GROUPS = 4;

/** @returns the exit code */
export async function relationsCommand(options: RunOptions): Promise<number> {
  const { experiment: given, file } = await readExperiment(options);
  const out = await outOf(options);
  const backend = await startBackendOf(options);
  const { shape } = await requireShapeOf(given, { file });
  const experiment = withTruths(given, options.truth, shape.tasks.length);
  await requirePlan(experiment, { file });
  const bar = process.stderr.isTTY && !options.quiet ? new ProgressBar(process.stderr) : null;
  const notes = new NotePrinter(process.stderr, bar);
  const seeds =
    readSeeds(options.seeds) ?? Array.from({ length: experiment.repeats }, (_, i) => experiment.seed + i);
  const found: SeedRelations[] = [];
  for (const seed of seeds) {
    const onEvent = (event: RunEvent) => {
      notes.show(event);
      bar?.show(event);
    };
    const one = await relationsOfSeed(experiment, seed, { backend, file, onEvent });
    bar?.clear();
    if ('failed' in one) {
      process.stderr.write(`error: ${one.failed}\n`);
      return one.isOfInput ? 2 : 1;
    }
    found.push(one);
  }
  const text = toJson({ experiment, seeds: found, agreements: overSeeds(found) }, 1);
  if (out) await out.write(`${text}\n`);
  else process.stdout.write(`${text}\n`);
  return 0;
}

/**
 * Adds the groups of tasks that `--truth` asks for (one name or several) to the experiment.
 * @throws WorkbenchError (config)
 */
export function withTruths(experiment: Experiment, names: string | undefined, numTasks: number): Experiment {
  if (names === undefined) return experiment;
  const canGroup = modelOf(experiment.model.id).params.some(({ key }) => key === 'together');
  const groupings = names.split(',').flatMap((name) => {
    const known = Object.hasOwn(TRUTHS, name);
    const why = known ? whyNoTruth(name as TruthId, numTasks, canGroup) : null;
    if (!known || why)
      throw WorkbenchError.of('config', {
        path: '--truth',
        expected: known ? `a truth that can be trained; ${why}` : Object.keys(TRUTHS).join(' or '),
        got: name,
        remedy: 'Leave --truth out, or take another model or fewer tasks.',
      });
    return TRUTHS[name as TruthId].groupings(numTasks);
  });
  const together = withGroups(experiment, groupings);
  if (groupings.length > MAX_COMPARED)
    throw WorkbenchError.of('config', {
      path: '--truth',
      expected: `at most ${MAX_COMPARED} networks in a run`,
      got: `${groupings.length} for ${names}`,
      remedy: 'Take one truth at a time.',
    });
  return together;
}

interface Failed {
  failed: string;
  /** Other settings, files or values help. */
  isOfInput?: boolean;
}
type SeedRelations = NonNullable<Awaited<ReturnType<typeof summaryOf>>> & { seed: number };

/** Trains one seed with the relations probe watching, and looks ahead once at the end. */
export async function relationsOfSeed(
  experiment: Experiment,
  seed: number,
  o: { backend: BackendReport; file?: SessionOptions['file']; onEvent?(event: RunEvent): void },
): Promise<SeedRelations | Failed> {
  const control = new RunControl();
  const seen: {
    report: RelationsReport | null;
    estimate: GradTagReport | null;
    dataset: DatasetSummary | null;
    refused: string | null;
  } = {
    report: null,
    estimate: null,
    dataset: null,
    refused: null,
  };
  // Looks in between would depend on the pace of the machine.
  const watch = { role: 'model', everyEpochOnly: true } as const;
  control.questions.put(questionOf('relations', { lookAhead: false }, watch));
  const session = await runSession({
    runId: 'relations',
    experiment,
    file: o.file,
    seeds: [seed],
    backend: o.backend,
    control,
    inspect: (own) => new Prober(own, control.questions),
    emit: (event) => {
      o.onEvent?.(event);
      if (event.type === 'dataset') seen.dataset = event.dataset;
      if (event.type !== 'probe-answer') return;
      if (event.probe === 'grad-tag' && event.state === 'answered')
        seen.estimate = (event.answer as ProbeAnswerOf<'grad-tag'>).report;
      if (event.probe !== 'relations') return;
      if (event.state === 'refused') seen.refused = event.error.message;
      if (event.state === 'answered') seen.report = event.answer as ProbeAnswerOf<'relations'>;
    },
  });
  try {
    const { result } = session;
    if (result.status !== 'finished') {
      const failed = result.error?.message ?? `the run was ${result.status}`;
      return { failed, isOfInput: result.error !== null && isOfInput(result.error.kind) };
    }
    control.questions.put(questionOf('relations', { lookAhead: true }, { role: 'model' }));
    control.questions.put(questionOf('grad-tag', {}, { role: 'model' }));
    await session.inspection?.answer();
    const { report, dataset, refused } = seen;
    if (refused) return { failed: refused };
    if (!report || !dataset) return { failed: 'nothing was measured' };
    if (report.absence) return { failed: report.absence, isOfInput: true };
    return { seed, ...summaryOf(report, dataset, result, seen.estimate) };
  } finally {
    session.dispose();
  }
}

/** Every measure at the end, its agreement with every truth, and the looks during training. */
export function summaryOf(
  report: RelationsReport,
  dataset: DatasetSummary,
  result: RunResult,
  estimate: GradTagReport | null = null,
) {
  const n = dataset.tasks.length;
  const gramAt = (m: RelationsMeasure, place: number) => m.grams.subarray(place * n * n, (place + 1) * n * n);
  const last = report.history.at(-1) as RelationsMeasure;
  const gains = result.seeds[0]?.gain?.perTask.map((t) => t.gain) ?? null;
  const decompositions = new Map(
    result.seeds.flatMap(({ decomposition, others }) => [
      ['model', decomposition] as const,
      ...others.map((o) => [o.result.role, o.decomposition] as const),
    ]),
  );
  const trained = trainedTruths(
    result.experiment,
    n,
    (role) => decompositions.get(role)?.perTask.map((t) => t.difference.sharing) ?? null,
  );
  const truths = truthsOf(dataset.relatedness, gains, trained);
  const measures = [
    ...measuresOf({ gram: gramAt(last, 0), losses: last.losses, ahead: report.ahead }),
    ...similarityMeasures(report.similarities, last.similarities, n),
    ...(estimate ? [estimatedMeasure(estimate.losses, n)] : []),
  ];
  const rates = {
    id: 'conflict-rate',
    label: 'Share of looks in conflict',
    matrix: conflictRate(
      report.history.map((m) => gramAt(m, 0)),
      n,
    ),
    isSymmetric: true,
  };
  const mean = meanCosine(
    report.history.map((m) => gramAt(m, 0)),
    n,
  );
  const all = [
    ...measures,
    { id: 'mean-cosine', label: 'Mean cosine of the run', matrix: mean, isSymmetric: true },
    rates,
  ];
  return {
    tasks: dataset.tasks.map((t) => t.name),
    rows: report.rows,
    estimate: estimate && { ...estimate, losses: undefined },
    price: report.price && { ...report.price, ratio: report.price.lookMs / report.price.passMs },
    measures: all,
    truths,
    agreements: agreements(all, truths, n),
    // Which tasks to train together, by each directed affinity, in two groups and more.
    groups: all
      .filter((m) => GROUPED_BY.includes(m.id))
      .flatMap(({ id, matrix }) =>
        Array.from({ length: Math.min(n - 1, MOST_GROUPS) - 1 }, (_, k) => ({
          measure: id,
          count: k + 2,
          ...groupTasks(matrix, n, k + 2),
        })),
      ),
    places: report.places.map((place, i) => ({
      ...place,
      cosine: measuresOf({ gram: gramAt(last, i), losses: last.losses })[0]?.matrix,
    })),
    looks: report.history.map((m) => ({
      step: m.step,
      epoch: m.epoch,
      losses: m.losses,
      weights: m.weights,
      update: updateShares(gramAt(m, 0), m.weights ?? new Float32Array(n).fill(1)),
      gram: gramAt(m, 0),
    })),
  };
}

function meanCosine(grams: readonly Float32Array[], n: number): Float64Array {
  const mean = new Float64Array(n * n);
  for (const gram of grams)
    measuresOf({ gram, losses: new Float32Array(n).fill(1) })[0]?.matrix.forEach((v, k) => {
      mean[k] = (mean[k] as number) + v / grams.length;
    });
  return mean;
}

/** Mean and range of each rank correlation over the seeds that have it. */
export function overSeeds(seeds: readonly { agreements: readonly Agreement[] }[]) {
  return (seeds[0]?.agreements ?? []).map(({ measure, truth, count }) => {
    const ranks = seeds.flatMap(({ agreements: own }) =>
      own.filter((a) => a.measure === measure && a.truth === truth).map((a) => a.rank),
    );
    const known = ranks.filter(Number.isFinite);
    const mean = known.length > 0 ? known.reduce((a, b) => a + b, 0) / known.length : Number.NaN;
    return {
      measure,
      truth,
      count,
      mean,
      lowest: known.length > 0 ? Math.min(...known) : Number.NaN,
      highest: known.length > 0 ? Math.max(...known) : Number.NaN,
      seeds: known.length,
    };
  });
}
