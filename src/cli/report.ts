// A run's result as a small table for the terminal: tasks down, networks across, gain and its parts beside each metric; below
// it, differences between networks on the same seeds.
import { catalog } from '../engine/catalog.ts';
import { visible } from '../engine/core/errors.ts';
import type { Estimate } from '../engine/core/interval.ts';
import { distinctLabels, isTwin } from '../engine/core/roles.ts';
import type { GainPart } from '../engine/protocol/gain.ts';
import {
  DIFFERENCE_TEXT,
  differencesRemark,
  differencesTitle,
  FLAG_TEXTS,
  isDifference,
  type ShownGain,
  shownGain,
} from '../engine/protocol/gainText.ts';
import type { ComparedModel, RunResult } from '../engine/protocol/result.ts';
import { fixed } from './fixed.ts';
import { textTable } from './tables.ts';

type Figure = Pick<Estimate, 'mean' | 'low' | 'high'>;

const signed = (value: number) => `${value >= 0 ? '+' : ''}${fixed(value, 2)}`;
/** The interval of a mean over seeds; empty for one seed. */
const interval = ({ low, high }: Figure, text: (value: number) => string) =>
  Number.isFinite(low) ? ` [${text(low)}, ${text(high)}]` : '';
const percent = (figure: Figure) =>
  Number.isFinite(figure.mean) ? `${signed(figure.mean)} %${interval(figure, signed)}` : 'undefined';

/** "f1 of fraud" where a metric is about the positive class of a binary task. */
function metricText({ dataset }: RunResult, metric: string, task: number): string {
  const { type, positive } = dataset?.tasks[task] ?? {};
  const entry = catalog.taskTypes.find((t) => t.id === type)?.metrics.find((m) => m.id === metric);
  return entry?.ofPositive && positive !== undefined ? `${metric} of ${positive}` : metric;
}

const rateText = (rate: number) => String(Number(rate.toPrecision(3)));

/** For each network with a rate search: the score of every learning rate that was tried. */
function searchLines(models: readonly ComparedModel[]): string[] {
  return models.flatMap(({ trainedWith }, i) => {
    if (!trainedWith || trainedWith.rates.length === 0) return [];
    const tried = trainedWith.rates.map(({ learningRate, score, failure }) => {
      const kept = learningRate === trainedWith.learningRate ? ' (kept)' : '';
      return `${rateText(learningRate)} ${failure === null ? fixed(score, 4) : `failed: ${failure}`}${kept}`;
    });
    return [`rate search, validation score of ${distinctLabels(models)[i]}: ${tried.join(', ')}`];
  });
}

export function resultTable(result: RunResult): string {
  const models = result.comparison;
  const header = ['task', 'metric', ...distinctLabels(models)];
  const tasks = models[0]?.perTask ?? [];
  const parts = (['architecture', 'sharing'] as const).filter((part) =>
    models.some((m) => m.decomposition?.perTask.some((t) => !Number.isNaN(t.difference[part].mean))),
  );
  const partCells = (of: (model: ComparedModel) => Figure | undefined) =>
    models.map((model) => {
      const own = of(model);
      return own ? percent(own) : '';
    });
  const partOfTask = (part: GainPart, task: number) =>
    models.map((model) => {
      const shown = shownGain(model, task, part);
      if (!shown) return '';
      const own = model.decomposition?.perTask[task]?.percent[part];
      return shown.flag === null && own ? percent(own) : gainText(shown);
    });
  const rows = tasks.flatMap(({ task, metric }, i) => [
    [task, metricText(result, metric, i), ...models.map((model) => taskCell(model, i))],
    ...parts.map((part) => ['', part, ...partOfTask(part, i)]),
  ]);
  if (models.some((m) => m.gain)) {
    const cells = models.map(({ gain, isBest }) => (gain ? `${percent(gain)}${star(isBest.gain)}` : ''));
    rows.push(['mean', 'gain', ...cells]);
  }
  for (const part of parts) rows.push(['mean', part, ...partCells((m) => m.decomposition?.mean[part])]);
  rows.push(['', 'training', ...models.map((m) => `${fixed(m.trainSeconds, 1)} s`)]);
  rows.push(['', 'initial values', ...models.map((m) => m.trainedWith?.initialValues ?? '')]);
  rows.push([
    '',
    'learning rate',
    ...models.map((m) => (m.trainedWith ? rateText(m.trainedWith.learningRate) : '')),
  ]);
  const seeds = result.seeds.length === 1 ? 'one seed, no interval' : `${result.seeds.length} seeds`;
  const spread = result.seeds.length === 1 ? '' : '; means, and the 95 % intervals of the means';
  const { active, adapter } = result.backend;
  return [
    `test split, ${seeds}, ${active} (${adapter})${spread}`,
    textTable(header, rows, 'padEnd'),
    ...searchLines(models),
    ...explanations(models, parts),
    ...differenceLines(models),
    ...pairLines(models),
  ].join('\n');
}

const star = (isBest: boolean) => (isBest ? ' *' : '');

/** Metric with its interval, followed by the gain. */
function taskCell(model: ComparedModel, task: number): string {
  const { perTask, isBest } = model;
  const figure = perTask[task] ?? { mean: Number.NaN, low: Number.NaN, high: Number.NaN };
  const shown = shownGain(model, task, 'total');
  const value = `${fixed(figure.mean, 4)}${interval(figure, (v) => fixed(v, 4))}${star(isBest.perTask[task] ?? false)}`;
  return shown ? `${value} (${gainText(shown)})` : value;
}

/** The percentage, or what stands in its place. */
function gainText({ percent: value, difference, flag }: ShownGain): string {
  if (flag === null) return percent({ mean: value, low: Number.NaN, high: Number.NaN });
  return isDifference(flag)
    ? `${difference >= 0 ? '+' : ''}${fixed(difference, 4)}, ${DIFFERENCE_TEXT}`
    : FLAG_TEXTS[flag];
}

/** Names the tasks whose gains are differences. */
function differenceLines(models: readonly ComparedModel[]): string[] {
  const reference = models.some((m) => m.role === 'baseline') ? 'baseline' : 'twin';
  const part = reference === 'baseline' ? 'total' : 'sharing';
  const own = (models[0]?.perTask ?? []).flatMap(({ task }, i) => {
    const shown = models
      .flatMap((model) => shownGain(model, i, part) ?? [])
      .filter((s) => isDifference(s.flag));
    return shown.length > 0 ? [{ task, isWhole: shown.every((s) => s.isWhole) }] : [];
  });
  if (own.length === 0) return [];
  const names = own.map(({ task }) => visible(task)).join(', ');
  return [`${differencesTitle(reference)} ${names}: ${differencesRemark(own.every((o) => o.isWhole))}`];
}

/** Explains the terms of the table for this run. */
function explanations(models: readonly ComparedModel[], parts: readonly GainPart[]): string[] {
  const baseline = models.find((m) => m.role === 'baseline')?.label;
  const lines: string[] = [];
  if (baseline && parts.length > 0)
    lines.push(
      `gain over separate ${baseline}s = architecture (twin against ${baseline}) + sharing (model against its twin), all in % of |${baseline}|`,
    );
  else if (baseline && models[0]?.perTask.length === 1)
    lines.push(
      `gain over ${baseline}: with one task nothing is shared, so that all of it is the architecture`,
    );
  else if (baseline)
    lines.push(
      `gain over separate ${baseline}s: architecture and sharing together; --set training.twin=both takes them apart`,
    );
  else if (parts.length > 0) lines.push('sharing: the model against its single-task twin, in % of |twin|');
  if (models.some((m) => m.isBest.gain || m.isBest.perTask.includes(true)))
    lines.push(
      '* better than every other network: the 95 % intervals of the differences, seed by seed, exclude 0',
    );
  return lines;
}

/** Difference in mean gain of every two models, paired by seed. */
function pairLines(models: readonly ComparedModel[]): string[] {
  const labels = distinctLabels(models);
  return models.flatMap(({ role, against }, first) =>
    against.flatMap((pair) => {
      const second = models.findIndex((m) => m.role === pair.role);
      if (isTwin(role) || isTwin(pair.role) || second < first || !pair.gain) return [];
      const difference = `${signed(pair.gain.mean)}${interval(pair.gain, signed)}`;
      return [`${labels[first]} over ${labels[second]}: ${difference} points of mean gain, paired by seed`];
    }),
  );
}
