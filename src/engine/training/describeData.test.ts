import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import { type Experiment, requireExperiment } from '../config/experiment.ts';
import { tableInput } from '../config/tableInput.ts';
import { describeData } from './describeData.ts';
import { smallExperiment } from './sessionTesting.ts';

const penguins = tableInput(
  'penguins.csv',
  new Blob([readFileSync(new URL('../../../public/data/penguins.csv', import.meta.url))]),
);
const tableExperiment = (targets: { column: string; type: string }[], params = {}): Experiment =>
  requireExperiment(
    {
      ...smallExperiment(),
      data: { id: 'table', params: { file: 'penguins.csv', ...params } },
      tasks: { targets },
    },
    catalog,
  );

it('describes a table before targets are chosen, and why it cannot be trained on', async () => {
  const description = await describeData(tableExperiment([]), penguins);
  expect(description).toMatchObject({
    source: 'table',
    name: 'penguins.csv',
    dataset: null,
    associations: null,
  });
  expect(description.issues.map((i) => i.path)).toEqual(['tasks.targets']);
  expect(description.columns.map((c) => [c.name, c.type, c.role, c.suggestedTask])).toEqual([
    ['species', 'categorical', 'unused', 'multiclass'],
    ['island', 'categorical', 'unused', 'multiclass'],
    ['bill_length_mm', 'numeric', 'unused', 'regression'],
    ['bill_depth_mm', 'numeric', 'unused', 'regression'],
    ['flipper_length_mm', 'numeric', 'unused', 'regression'],
    ['body_mass_g', 'numeric', 'unused', 'regression'],
    ['sex', 'categorical', 'unused', 'binary'],
  ]);
  expect(description.firstRows[3]).toEqual(['Adelie', 'Torgersen', '', '', '', '', '']);
  const [species, , bill] = description.columns;
  expect(species?.histogram).toMatchObject({
    names: ['Adelie', 'Gentoo', 'Chinstrap'],
    counts: [152, 124, 68],
  });
  expect(bill?.histogram).toMatchObject({ kind: 'bins', min: 32.1, max: 59.6 });
});

it('says what becomes of it: roles, splits, labels, and what goes with what on training rows', async () => {
  const targets = [
    { column: 'species', type: 'multiclass' },
    { column: 'sex', type: 'binary' },
    { column: 'body_mass_g', type: 'regression' },
  ];
  const { columns, dataset, associations, issues } = await describeData(tableExperiment(targets), penguins);
  expect(issues).toEqual([]);
  expect(columns.map((c) => c.role)).toEqual([
    'target',
    'feature',
    'feature',
    'feature',
    'feature',
    'target',
    'target',
  ]);
  const { train } = dataset?.split ?? {};
  expect(associations).toMatchObject({ rows: train, comparedFeatures: 4 });
  expect(associations?.labels.map(({ a, b, measure }) => [a, b, measure])).toEqual([
    ['species', 'sex', 'cramers-v'],
    ['species', 'body_mass_g', 'correlation-ratio'],
    ['sex', 'body_mass_g', 'correlation-ratio'],
  ]);
  const known = dataset?.labelled?.[1]?.train;
  expect(associations?.labels[0]?.rows).toBe(known);
  const [ofSpecies] = associations?.features ?? [];
  const strengths = ofSpecies?.map(({ value }) => value) ?? [];
  expect(strengths).toEqual([...strengths].sort((a, b) => b - a));
  expect(ofSpecies?.[0]).toMatchObject({ a: 'flipper_length_mm', b: 'species' });
});

it('describes generated rows in the same way, in the units of the labels', async () => {
  const { columns, dataset, firstRows, associations, table } = await describeData(
    smallExperiment(),
    undefined,
  );
  expect(table.format).toBe('generated');
  expect(columns.map((c) => [c.type, c.role])).toEqual([
    ['categorical', 'feature'],
    ['numeric', 'feature'],
    ['numeric', 'feature'],
    ['numeric', 'feature'],
    ['numeric', 'target'],
    ['categorical', 'target'],
    ['categorical', 'target'],
  ]);
  const scaling = dataset?.targetScaling[0];
  expect(Math.abs((columns[4]?.mean ?? 0) - (scaling?.mean ?? 0))).toBeLessThan(scaling?.scale ?? 0);
  expect(columns[4]?.histogram).toMatchObject({ kind: 'bins', max: columns[4]?.max });
  expect(firstRows).toHaveLength(8);
  expect(associations?.labels).toHaveLength(3);
});

it('says where, what was expected and what to do if there is nothing to describe', async () => {
  const experiment = tableExperiment([], { types: 'nope' });
  const text = penguins;
  await expect(describeData(experiment, text)).rejects.toThrow(/types.*: expected .*got nope/);
});
