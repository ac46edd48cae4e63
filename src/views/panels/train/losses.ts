// The curves of the loss charts, from the per-step series and the epochs of one seed. Per-step losses exist only for a seed
// trained in this visit; otherwise the solid line connects the means of the epochs.
import type { EpochRecord } from '../../../engine/protocol/result.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import type { SeriesPoints } from '../../../store/series.ts';
import { smooth } from '../../charts/curves.ts';
import { listNames, taskLabel } from '../../charts/format.ts';
import type { StepMark } from '../../charts/frame.ts';
import type { LossMultipleData } from '../../charts/LossMultiples.tsx';
import type { MetricCurve } from '../../charts/MetricChart.tsx';
import { primaryOf } from './results.ts';

/** The objective of a step: a task without labels in it adds nothing. NaN if no task has labels. */
function sum(values: readonly number[]): number {
  const defined = values.filter((v) => !Number.isNaN(v));
  return defined.length === 0 ? Number.NaN : defined.reduce((total, v) => total + v, 0);
}

/** A curve without the steps that have no label of its task. */
function labelledSteps(steps: readonly number[], values: readonly number[]) {
  const kept = steps.flatMap((_, i) => (Number.isNaN(values[i]) ? [] : [i]));
  return { steps: kept.map((i) => steps[i] as number), values: kept.map((i) => values[i] as number) };
}

/** The solid line averages over about this share of an epoch. */
const SMOOTHED_EPOCHS = 0.25;

interface Curve {
  raw: number[];
  training: number[];
  validation: number[];
}

/** Number of steps that one point of a thinned series stands for. */
export const stepsPerPoint = (points: SeriesPoints): number =>
  points.steps.length < 2 ? 1 : (points.steps[1] as number) - (points.steps[0] as number);

/** One chart per task and, for several tasks, one of their sum. */
export function lossMultiples(
  taskNames: readonly string[],
  records: readonly EpochRecord[],
  stepsPerEpoch: number,
  points: SeriesPoints | null,
): LossMultipleData[] {
  const hasSteps = points !== null && points.steps.length > 0;
  const steps = hasSteps ? points.steps : [];
  const epochSteps = records.map((record) => record.step);
  // After a reload the steps before the checkpoint are lost; the means of their epochs replace them.
  const before = epochSteps.filter((step) => step < (steps[0] ?? 0)).length;
  const halfWay = Math.max(1, stepsPerEpoch * SMOOTHED_EPOCHS);
  const multiple = (label: string, task: number | null, curve: Curve): LossMultipleData => {
    const raw = labelledSteps(steps, curve.raw);
    return {
      label,
      task,
      raw,
      training: hasSteps
        ? {
            steps: [...epochSteps.slice(0, before), ...raw.steps],
            values: [...curve.training.slice(0, before), ...smooth(raw.steps, raw.values, halfWay)],
          }
        : { steps: epochSteps, values: curve.training },
      validation: { steps: epochSteps, values: curve.validation },
    };
  };
  const multiples = taskNames.map((name, i) =>
    multiple(taskLabel(name), i, {
      raw: hasSteps ? (points.taskLosses[i] ?? []) : [],
      training: records.map((record) => record.trainLosses[i] ?? Number.NaN),
      validation: records.map((record) => record.validationLosses[i] ?? Number.NaN),
    }),
  );
  if (taskNames.length < 2) return multiples;
  const total = multiple('Sum of tasks', null, {
    raw: steps.map((_, i) => sum(taskNames.map((_, task) => points?.taskLosses[task]?.[i] ?? Number.NaN))),
    training: records.map((record) => sum(record.trainLosses)),
    validation: records.map((record) => sum(record.validationLosses)),
  });
  return [...multiples, total];
}

/** Tasks that are listed with their part of the sum; of more, the largest. */
const MOST_PARTS = 4;

/** "Newest parts of the sum: Task 2 91 %, Task 1 9 %.", largest first; empty for a single task, or losses that are no numbers. */
export function partsOfSum(multiples: readonly LossMultipleData[]): string {
  const parts = multiples
    .filter(({ task }) => task !== null)
    .map(({ label, training }) => ({ label, loss: training.values.at(-1) ?? 0 }))
    .sort((a, b) => b.loss - a.loss);
  const total = parts.reduce((sum, { loss }) => sum + loss, 0);
  if (parts.length < 2 || !(total > 0) || total === Number.POSITIVE_INFINITY) return '';
  const listed = parts
    .slice(0, MOST_PARTS)
    .map(({ label, loss }) => `${label} ${Math.round((100 * loss) / total)} %`);
  return `Newest parts of the sum: ${listed.join(', ')}${parts.length > MOST_PARTS ? ` and ${parts.length - MOST_PARTS} more` : ''}.`;
}

/** The primary metric per task over the epochs. */
export function metricCurve(taskCount: number, records: readonly EpochRecord[]): MetricCurve {
  return {
    steps: records.map((record) => record.step),
    values: Array.from({ length: taskCount }, (_, i) =>
      records.map((record) => primaryOf(record.validation[i]).value),
    ),
  };
}

/** "mean squared error on standardised targets; cross-entropy for Task 5" */
export function lossCaption(run: RunRecord): string {
  const dataset = run.dataset;
  if (!dataset) return '';
  const kinds = new Map<string, string[]>();
  dataset.tasks.forEach((task, i) => {
    const scaling = dataset.targetScaling[i];
    const raw = scaling && scaling.mean === 0 && scaling.scale === 1;
    const kind =
      task.type === 'regression'
        ? `mean squared error on ${raw ? 'raw' : 'standardised'} targets`
        : 'cross-entropy';
    kinds.set(kind, [...(kinds.get(kind) ?? []), taskLabel(task.name)]);
  });
  const [first, ...others] = [...kinds];
  if (!first) return '';
  return [first[0], ...others.map(([kind, names]) => `${kind} for ${listNames(names)}`)].join('; ');
}

/** Marks at the step where a run failed and at the checkpoint before it. */
export function failureMarks(failedStep: number | null, checkpointStep: number | null): StepMark[] {
  if (failedStep === null) return [];
  const failure: StepMark = { step: failedStep, label: String(failedStep), kind: 'failure' };
  if (checkpointStep === null || checkpointStep >= failedStep) return [failure];
  return [{ step: checkpointStep, label: '', kind: 'checkpoint' }, failure];
}
