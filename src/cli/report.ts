// The result of a run as a small table for the terminal: tasks down, networks across, gain beside each figure.
import type { ComparedModel, RunResult } from '../engine/protocol.ts';

const fixed = (value: number, digits: number) =>
  Number.isFinite(value) ? value.toFixed(digits) : 'undefined';
const signed = (value: number) =>
  Number.isFinite(value) ? `${value >= 0 ? '+' : ''}${value.toFixed(2)} %` : 'undefined';
/** Spread over seeds; nothing for one seed. */
const spread = (sd: number, digits: number) => (Number.isFinite(sd) ? ` ±${sd.toFixed(digits)}` : '');

/** Labels, with the role behind those that stand there twice. */
const headings = (models: readonly ComparedModel[]) =>
  models.map(({ label, role }) =>
    models.filter((m) => m.label === label).length > 1 ? `${label} (${role})` : label,
  );

const rateText = (rate: number) => String(Number(rate.toPrecision(3)));

/** Of each network whose rate was searched: what every rate that was tried came to. */
function searchLines(models: readonly ComparedModel[]): string[] {
  return models.flatMap(({ trainedWith }, i) => {
    if (!trainedWith || trainedWith.rates.length === 0) return [];
    const tried = trainedWith.rates.map(({ learningRate, score, failure }) => {
      const kept = learningRate === trainedWith.learningRate ? ' (kept)' : '';
      return `${rateText(learningRate)} ${failure === null ? fixed(score, 4) : `failed: ${failure}`}${kept}`;
    });
    return [`rate search, validation score of ${headings(models)[i]}: ${tried.join(', ')}`];
  });
}

export function resultTable(result: RunResult): string {
  const models = result.comparison;
  const header = ['task', 'metric', ...headings(models)];
  const rows = (models[0]?.perTask ?? []).map(({ task, metric }, i) => [
    task,
    metric,
    ...models.map(({ perTask, gain }) => {
      const { mean = Number.NaN, sd = Number.NaN } = perTask[i] ?? {};
      const own = gain?.perTask[i]?.mean;
      return `${fixed(mean, 4)}${spread(sd, 4)}${own === undefined ? '' : ` (${signed(own)})`}`;
    }),
  ]);
  if (models.some((m) => m.gain)) {
    const cells = models.map(({ gain }) => (gain ? `${signed(gain.mean)}${spread(gain.sd, 2)}` : ''));
    rows.push(['gain', 'mean', ...cells]);
  }
  rows.push(['', 'training', ...models.map((m) => `${fixed(m.trainSeconds, 1)} s`)]);
  rows.push(['', 'initial values', ...models.map((m) => m.trainedWith?.initialValues ?? '')]);
  rows.push([
    '',
    'learning rate',
    ...models.map((m) => (m.trainedWith ? rateText(m.trainedWith.learningRate) : '')),
  ]);
  const widths = header.map((h, c) => Math.max(h.length, ...rows.map((r) => (r[c] ?? '').length)));
  const line = (cells: string[]) =>
    cells
      .map((cell, c) => cell.padEnd(widths[c] ?? 0))
      .join('  ')
      .trimEnd();
  const seeds = `test split, ${result.seeds.length} seed${result.seeds.length === 1 ? '' : 's'}, ${result.backend.active} (${result.backend.adapter})`;
  return [seeds, line(header), ...rows.map(line), ...searchLines(models)].join('\n');
}
