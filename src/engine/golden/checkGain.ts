// The multitask gain against golden/gain.json. The reference stores the division by the baseline and by its absolute value;
// ours is the second, and equals the first with the sign of the baseline.
import type { TaskScore } from '../protocol/result.ts';
import { taskTypes } from '../tasks/registry.ts';
import type { TaskType } from '../tasks/task.ts';
import { gainPercent, gainReport, NEAR_ZERO_BASELINE } from '../training/gain.ts';
import type { GoldenCheck } from './check.ts';
import { compareFact, compareValue, compareValues, type Value } from './checkValue.ts';

interface GainTask {
  task: string;
  metric: string;
  lower_is_better: boolean;
  model: number;
  baseline: number;
}

interface GainCase {
  case: string;
  tasks: GainTask[];
  expected: {
    delta_percent_per_task: Value[];
    mean_percent: Value;
    mean_percent_over_defined_tasks: Value;
    undefined_tasks: string[];
    negative_baseline_tasks: string[];
    delta_percent_with_absolute_baseline: Value[];
  };
}

export interface GainFile {
  cases: GainCase[];
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const isDefined = (value: number) => !Number.isNaN(value);

/** `explained_variance` of the file is `explained-variance` here. */
const metricId = (metric: string) => metric.replaceAll('_', '-');

/** Direction of a metric in our task types; undefined for a metric that none of them has. */
function knownDirection(metric: string): boolean | undefined {
  const all: readonly TaskType[] = Object.values(taskTypes);
  return all.flatMap((t) => t.metrics).find((m) => m.id === metricId(metric))?.higherIsBetter;
}

const scoreOf = ({ task, metric }: GainTask, value: number): TaskScore => ({
  task,
  primary: metricId(metric),
  metrics: { [metricId(metric)]: { value } },
});

export function checkGain({ cases }: GainFile): GoldenCheck[] {
  return cases.flatMap((c) => [...checkFormula(c), ...checkDirections(c), ...checkReport(c)]);
}

function checkFormula({ case: name, tasks, expected }: GainCase): GoldenCheck[] {
  const gains = tasks.map((t) => gainPercent(t.model, t.baseline, !t.lower_is_better));
  const literal = gains.map((gain, i) => gain * Math.sign(tasks[i]?.baseline ?? 1));
  const undefinedTasks = tasks.filter((_, i) => !isDefined(gains[i] as number)).map((t) => t.task);
  const negative = tasks.filter((t) => t.baseline < 0).map((t) => t.task);
  return [
    ...compareValues(`${name} percent by |baseline|`, gains, expected.delta_percent_with_absolute_baseline),
    ...compareValues(`${name} percent by baseline`, literal, expected.delta_percent_per_task),
    compareValue(`${name} mean`, mean(literal), expected.mean_percent),
    compareValue(
      `${name} mean over defined`,
      mean(literal.filter(isDefined)),
      expected.mean_percent_over_defined_tasks,
    ),
    compareFact(
      `${name} undefined tasks`,
      String(undefinedTasks) === String(expected.undefined_tasks),
      `${undefinedTasks}`,
    ),
    compareFact(
      `${name} negative baselines`,
      String(negative) === String(expected.negative_baseline_tasks),
      `${negative}`,
    ),
  ];
}

function checkDirections({ case: name, tasks }: GainCase): GoldenCheck[] {
  return tasks.flatMap((t) => {
    const higher = knownDirection(t.metric);
    if (higher === undefined) return [];
    return [
      compareFact(
        `${name} direction of ${t.metric}`,
        higher !== t.lower_is_better,
        `higher is better: ${higher}`,
      ),
    ];
  });
}

/** The report of a run: the same gains, with baselines near or below zero flagged and left out of the mean. */
function checkReport({ case: name, tasks, expected }: GainCase): GoldenCheck[] {
  if (tasks.some((t) => knownDirection(t.metric) === undefined)) return [];
  const report = gainReport(
    tasks.map((t) => scoreOf(t, t.model)),
    tasks.map((t) => scoreOf(t, t.baseline)),
  );
  const isLeftOut = tasks.map((t) => t.baseline < NEAR_ZERO_BASELINE);
  const shown = expected.delta_percent_with_absolute_baseline.map((gain, i) => (isLeftOut[i] ? null : gain));
  const defined = shown.filter((gain): gain is number => gain !== null);
  return [
    ...compareValues(
      `${name} reported percent`,
      report.perTask.map((t) => t.gain),
      shown,
    ),
    compareValue(`${name} reported mean`, report.mean, defined.length > 0 ? mean(defined) : null),
    ...report.perTask.map((t, i) =>
      compareFact(`${name} flag of ${t.task}`, (t.flag !== null) === isLeftOut[i], String(t.flag)),
    ),
  ];
}
