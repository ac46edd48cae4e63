import { expect, it } from 'vitest';
import { catalog } from '../../engine/catalog.ts';
import { requireSweep } from '../../engine/sweeps/parse.ts';
import { NO_LABELS, type RunEntry } from '../runEntry.ts';
import { cellFigures, type Figure, figuresIn, gridOf } from './figures.ts';
import { runIdOf } from './runIds.ts';
import { expanded, knownRuns, newItem } from './sweepItem.ts';

const sweep = requireSweep(
  {
    version: 1,
    axes: [
      { key: 'tasks.rho', values: [0, 0.5] },
      { key: 'tasks.count', values: [2, 3] },
      { key: 'model', values: ['mmoe', 'mt-mlp'] },
    ],
    seeds: [0, 1],
  },
  catalog,
);
const item = newItem(sweep, catalog, '');
const own = expanded(item, catalog, knownRuns([], []));

/** Gain is 10 times the index of the cell, plus the seed. */
const entries = own.runs.map((run): RunEntry => {
  const at = own.cells.findIndex(({ id }) => id === run.cell);
  return {
    runId: runIdOf(item.id, run),
    number: 1,
    createdAt: '',
    status: at === 7 && run.seed === 1 ? 'failed' : 'finished',
    experiment: run.experiment,
    seeds: [run.seed],
    labels: NO_LABELS,
    backend: 'wasm',
    table: null,
    elapsedMs: 1000,
    networks: [
      {
        role: 'model',
        id: 'mmoe',
        label: 'MMoE',
        parameters: 5,
        trainSeconds: 1,
        perTask: [{ task: 'y1', metric: 'auroc', higherIsBetter: true, perSeed: [0.5] }],
        gain: [10 * at + run.seed],
        sharing: null,
      },
    ],
    bytes: { record: 1, captures: 0, networks: 0, series: 0 },
    deletedAt: null,
  };
});
const kept = new Map(entries.map((entry) => [entry.runId, entry]));
/** Stands for the catalog's labels. */
const upper = (id: string) => id.toUpperCase();
const gain = figuresIn(entries, upper)[0] as Figure;

it('names what the runs have, gains first, and nothing that none has', () => {
  expect(figuresIn(entries, upper).map(({ label }) => label)).toEqual([
    'gain, mean over tasks',
    'AUROC of y1',
    'training time',
    'parameters',
  ]);
});

it('begins with what sharing brings where twins tell it', () => {
  const twinned = entries.map((entry) => ({
    ...entry,
    networks: entry.networks.map((network) => ({ ...network, sharing: [1] })),
  }));
  expect(
    figuresIn(twinned, upper)
      .map(({ label }) => label)
      .slice(0, 2),
  ).toEqual(['sharing part of the gain', 'gain, mean over tasks']);
});

it('averages over the seeds that ended well', () => {
  const figures = cellFigures(own, item.id, kept, gain);
  expect(figures.map(({ mean }) => mean)).toEqual([0.5, 10.5, 20.5, 30.5, 40.5, 50.5, 60.5, 70]);
  expect(figures[7]).toMatchObject({ n: 1, seeds: 2, sd: Number.NaN });
});

it('lays cells over two axes, with the others held', () => {
  const grid = gridOf(cellFigures(own, item.id, kept, gain), 0, 2, new Map([[1, '3']]));
  expect(grid).toMatchObject({ columns: ['0', '0.5'], rows: ['MMoE', 'MT-MLP'] });
  expect(grid.cells.map((cell) => cell?.mean)).toEqual([20.5, 60.5, 30.5, 70]);
  const row = gridOf(
    cellFigures(own, item.id, kept, gain),
    0,
    null,
    new Map([
      [1, '2'],
      [2, 'MMoE'],
    ]),
  );
  expect(row.cells.map((cell) => cell?.mean)).toEqual([0.5, 40.5]);
});
