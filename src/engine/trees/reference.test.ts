// Test metrics of our boosters against scikit-learn and XGBoost on the tables of data/ (conventions: data/README).
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { TaskTypeId } from '../data/table.ts';
import { TaskBoosters } from './booster.ts';
import type { BoosterSettings } from './params.ts';
import { noPause, testDataset } from './testing.ts';

interface Reference {
  type: TaskTypeId;
  classes: number;
  trainRows: number;
  settings: BoosterSettings;
  numeric: (number | null)[][];
  categorical: { cardinality: number; codes: number[] }[];
  target: number[];
  metric: { name: string; sklearn: number; xgboost: number };
}

/** Share of positive-negative pairs that are ranked correctly, ties counting half. */
function auroc(positive: boolean[], score: number[]): number {
  const order = score.map((_, i) => i).sort((a, b) => score[a]! - score[b]!);
  let ranks = 0;
  for (let i = 0; i < order.length; ) {
    let j = i;
    while (j < order.length && score[order[j]!] === score[order[i]!]) j++;
    for (let k = i; k < j; k++) if (positive[order[k]!]) ranks += (i + j + 1) / 2;
    i = j;
  }
  const positives = positive.filter(Boolean).length;
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (positive.length - positives));
}

function explainedVariance(target: number[], predicted: number[]): number {
  const variance = (x: number[]) => {
    const mean = x.reduce((a, b) => a + b, 0) / x.length;
    return x.reduce((a, b) => a + (b - mean) ** 2, 0) / x.length;
  };
  return 1 - variance(target.map((t, i) => t - predicted[i]!)) / variance(target);
}

function metricOf(type: TaskTypeId, outputs: number, target: number[], scores: Float32Array): number {
  const column = (k: number) => target.map((_, i) => scores[i * outputs + k]!);
  if (type === 'regression') return explainedVariance(target, column(0));
  if (type === 'binary')
    return auroc(
      target.map((t) => t === 1),
      column(0),
    );
  const shares = target.map((_, i) => {
    const logits = scores.subarray(i * outputs, (i + 1) * outputs);
    const e = Array.from(logits, (x) => Math.exp(x - Math.max(...logits)));
    const sum = e.reduce((a, b) => a + b, 0);
    return e.map((x) => x / sum);
  });
  const each = Array.from({ length: outputs }, (_, k) =>
    auroc(
      target.map((t) => t === k),
      shares.map((p) => p[k]!),
    ),
  );
  return each.reduce((a, b) => a + b, 0) / outputs;
}

test.each(['regression', 'binary', 'multiclass', 'categorical'])(
  '%s: as good as scikit-learn',
  async (name) => {
    const text = readFileSync(new URL(`./data/${name}.json`, import.meta.url), 'utf8');
    const reference = JSON.parse(text) as Reference;
    const { type, classes, numeric, categorical, target, trainRows, settings, metric } = reference;
    const outputs = type === 'multiclass' ? classes : 1;
    const dataset = testDataset({
      train: trainRows,
      numeric,
      categorical,
      tasks: [{ type, outputs, target }],
    });
    const boosters = new TaskBoosters(dataset, settings, 1);
    for (let i = 0; i < settings.rounds; i++) await boosters.round([true], noPause);
    const scores = boosters.predict(0, dataset.split.test, settings.rounds);
    const ours = metricOf(type, outputs, target.slice(trainRows), scores);
    expect(Math.abs(ours - metric.sklearn)).toBeLessThan(0.01);
  },
);

test.each(['regression', 'binary'] as const)('%s: equal scores where bins cannot differ', async (type) => {
  const text = readFileSync(new URL('./data/exact.json', import.meta.url), 'utf8');
  const reference = JSON.parse(text) as Omit<Reference, 'target'> &
    Record<'regression' | 'binary', { target: number[]; scores: number[] }>;
  const { numeric, trainRows, settings } = reference;
  const { target, scores: expected } = reference[type];
  const dataset = testDataset({ train: trainRows, numeric, tasks: [{ type, target }] });
  const boosters = new TaskBoosters(dataset, settings, 1);
  for (let i = 0; i < settings.rounds; i++) await boosters.round([true], noPause);
  const scores = boosters.predict(0, dataset.split.test, settings.rounds);
  for (const [i, score] of expected.entries()) expect(Math.abs(score - scores[i]!)).toBeLessThan(1e-4);
});
