// Data of the Relations view: matrices of the chosen place and step, a line per task, and agreements as a table.

import {
  agreements,
  conflictRate,
  measuresOf,
  type RelationMeasure,
  similarityMeasures,
  type TrainedTruths,
  truthsOf,
} from '../../../engine/core/relationSummary.ts';
import { normsOf, updateShares } from '../../../engine/core/relations.ts';
import type { DatasetSummary } from '../../../engine/protocol/data.ts';
import type { RelationsMeasure, RelationsReport } from '../../../engine/protocol/relations.ts';
import { toCsv } from '../../charts/csv.ts';
import { formatCompact, formatFixed, taskLabel } from '../../charts/format.ts';
import { divergingScale } from '../../charts/heatmap/colorScale.ts';
import type { HeatmapMark } from '../../charts/heatmap/mark.ts';
import { taskMatrices } from '../../charts/heatmap/taskMatrix.ts';
import type { TableData } from '../../charts/parts/DataTable.tsx';

/** Inner products for a place at a look, [T, T]. */
export function gramAt(measure: RelationsMeasure, place: number): Float32Array {
  const size = measure.losses.length ** 2;
  return measure.grams.subarray(place * size, (place + 1) * size);
}

/** Every measure at a look and a place; look-ahead losses are of the look they were made at, and like activations of no place. */
export function measuresAt(report: RelationsReport, look: number, place: number): RelationMeasure[] {
  const measure = report.history[look];
  if (!measure) return [];
  const ahead = place === 0 && report.ahead?.step === measure.step ? report.ahead : null;
  const similar = place === 0 ? measure.similarities : undefined;
  const upTo = report.history.slice(0, look + 1).map((m) => gramAt(m, place));
  return [
    ...measuresOf({ gram: gramAt(measure, place), losses: measure.losses, ahead }),
    {
      id: 'conflict-rate',
      label: 'Share of looks in conflict',
      matrix: conflictRate(upTo, measure.losses.length),
      isSymmetric: true,
    },
    ...similarityMeasures(report.similarities, similar, measure.losses.length),
  ];
}

/** The measure as a map; affinities are scaled to their largest entry off the diagonal. */
export function mapOf(measure: RelationMeasure, names: readonly string[], where: string): HeatmapMark | null {
  const n = names.length;
  const { of } = measure;
  const isTrained = of === 'training' || of === 'estimate';
  const [map] = taskMatrices([
    {
      id: measure.id.replaceAll('-', '_'),
      title: measure.label,
      label: `${measure.label}${of ? ',' : ' of the gradients of'} ${n} tasks, ${of === 'activations' ? 'on the rows looked at' : where}`,
      names,
      values: measure.matrix,
    },
  ]);
  if (!map) return null;
  if (measure.isSymmetric) return map;
  const off = Array.from(measure.matrix).filter((v, k) => k % (n + 1) !== 0 && Number.isFinite(v));
  return {
    ...map,
    isSymmetric: false,
    scale: divergingScale(Math.max(0, ...off.map(Math.abs)), undefined, formatCompact),
    rows: { ...map.rows, title: isTrained ? 'gives: it trains too' : 'source: its gradient moves' },
    columns: {
      ...map.columns,
      title: isTrained
        ? `gets: its ${of === 'training' ? 'metric' : 'loss'}`
        : 'target: its loss is looked at',
    },
  };
}

/** Per task: length of its gradient, weight, share of the update, angle to it, loss. */
export function taskTable(measure: RelationsMeasure, place: number, names: readonly string[]): TableData {
  const gram = gramAt(measure, place);
  const weights = measure.weights ?? new Float32Array(names.length).fill(1);
  const { share, cosine } = updateShares(gram, weights);
  const norms = normsOf(gram, names.length);
  return {
    caption: `How each task pulls at step ${measure.step}`,
    header: [
      'Task',
      'Loss',
      'Gradient length',
      'Weight',
      'Share of the update',
      'Cosine to the update',
      'To first order',
    ],
    help: {
      'Gradient length':
        'The norm of the gradient of this task’s loss in what is looked at; a long one pulls hard.',
      Weight: 'The factor that the balancing method gives this task in this step.',
      'Share of the update':
        'How much of the squared length of the update comes from this task. The shares add up to 100 %, and one is negative where the others outweigh it.',
      'Cosine to the update':
        'The cosine of the angle between this task’s gradient and the update: 1 is the same direction.',
      'To first order': 'What a small step of plain descent along the update does to the loss of this task.',
    },
    rows: names.map((name, t) => [
      taskLabel(name),
      formatCompact(measure.losses[t] as number),
      formatCompact(norms[t] as number),
      measure.weights ? formatFixed(weights[t] as number, 3) : 'none: whole gradients',
      `${formatFixed(100 * (share[t] as number), 1)} %`,
      formatFixed(cosine[t] as number, 3),
      (cosine[t] as number) < 0 ? 'its loss rises' : 'its loss falls',
    ]),
  };
}

/** The same as numbers; a method that combines whole gradients has no weights. */
export function taskCsv(measure: RelationsMeasure, place: number, names: readonly string[]): string {
  const gram = gramAt(measure, place);
  const { share, cosine } = updateShares(gram, measure.weights ?? new Float32Array(names.length).fill(1));
  const norms = normsOf(gram, names.length);
  return toCsv(
    ['step', 'task', 'loss', 'gradient_length', 'weight', 'share_of_the_update', 'cosine_to_the_update'],
    names.map((name, t) => [
      measure.step,
      name,
      measure.losses[t] ?? null,
      norms[t] ?? null,
      measure.weights?.[t] ?? null,
      share[t] ?? null,
      cosine[t] ?? null,
    ]),
  );
}

interface Predicted {
  measures: readonly RelationMeasure[];
  dataset: Pick<DatasetSummary, 'relatedness' | 'tasks'>;
  /** Gain per task; null without a baseline. */
  gains: readonly (number | null)[] | null;
  trained?: TrainedTruths | null;
}

const foundIn = ({ measures, dataset: { relatedness, tasks }, gains, trained = null }: Predicted) => {
  const truths = truthsOf(relatedness, gains, trained);
  return { truths, found: agreements(measures, truths, tasks.length) };
};

/** How well each measure ranks the tasks as the truths do. */
export function agreementTable(of: Predicted): TableData {
  const { truths, found } = foundIn(of);
  return {
    caption: 'Rank correlation of each measure with what it might predict',
    header: ['Measure', ...truths.map((t) => t.label)],
    rows: of.measures.map(({ id, label }) => [
      label,
      ...truths.map((truth) => {
        const agreement = found.find((a) => a.measure === id && a.truth === truth.id);
        if (!agreement || Number.isNaN(agreement.rank)) return 'undefined';
        return `${formatFixed(agreement.rank, 2)} (${agreement.count})`;
      }),
    ]),
  };
}

/** A line per measure and truth; an undefined correlation is an empty cell. */
export function agreementCsv(of: Predicted): string {
  const { truths, found } = foundIn(of);
  return toCsv(
    ['measure', 'predicts', 'spearman', 'n'],
    of.measures.flatMap(({ id, label }) =>
      truths.map((truth) => {
        const agreement = found.find((a) => a.measure === id && a.truth === truth.id);
        return [label, truth.label, agreement?.rank ?? null, agreement?.count ?? null];
      }),
    ),
  );
}
