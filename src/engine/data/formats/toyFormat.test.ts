// A new format is a file and a line of the registry: it is in the catalog and in messages, a run reads it, and its typed
// columns are not interpreted as text.
import '../../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it, vi } from 'vitest';
import { formatsText } from '../../../cli/tables.ts';
import { catalog } from '../../catalog.ts';
import { requireExperiment } from '../../config/experiment.ts';
import { defaultsOf } from '../../config/params.ts';
import { formatIssue } from '../../core/errors.ts';
import { RunControl } from '../../training/runControl.ts';
import { runSession } from '../../training/session.ts';
import type { UnopenedRequest } from '../openRequest.ts';
import * as readColumns from '../readColumns.ts';
import { parseTable } from '../tableFile.ts';
import { tableSource } from '../tableSource.ts';
import { generateTable, issuesOf, textInput } from '../testing/files.ts';

vi.mock('./registry.ts', async (original) => {
  const { formats } = await original<typeof import('./registry.ts')>();
  const { toyFormat } = await import('./testing/toyFormat.ts');
  return { formats: { ...formats, toy: toyFormat } };
});

const toyInput = (table: Record<string, readonly unknown[]>) => textInput(JSON.stringify(table), 'table.toy');
/** Categories that would be missing, or numbers, if read as text. */
const KINDS = ['NA', '007', '1,5'];
const table = (rows: number) => ({
  x: Array.from({ length: rows }, (_, i) => (i === 2 ? null : Math.sin(i))),
  kind: Array.from({ length: rows }, (_, i) => (i === 3 ? null : KINDS[i % 3])),
  y: Array.from({ length: rows }, (_, i) => Math.sin(i) + (i % 3)),
});

it('stands in the catalog, the label of the source, its help, the command line and refusals', async () => {
  expect(catalog.formats.at(-1)).toEqual({
    id: 'toy',
    label: 'Toy',
    summary: 'JSON with a list per column',
    extensions: ['.toy'],
  });
  expect(tableSource.label).toMatch(/^Table \(CSV, (.*, )?Toy\)$/);
  expect(tableSource.dataParams[0].help).toMatch(/; or JSON with a list per column\.$/);
  expect(formatsText()).toMatch(/^tables are read from CSV \(\.csv, .*; Toy \(\.toy\)$/);
  await expect(parseTable(textInput('', 'a.xyz'))).rejects.toThrow(/ending in \.csv, .*, \.toy/);
});

it('has typed columns, which are not read as text', async () => {
  const asText = vi.spyOn(readColumns, 'readingColumns');
  const { columns, notes } = await parseTable(toyInput(table(6)));
  expect(asText.mock.calls.map(([{ columns: texts }]) => texts)).toEqual([[]]);
  expect(columns.map((c) => [c.name, c.kind, c.missing, c.distinct])).toEqual([
    ['x', 'numeric', 1, 5],
    ['kind', 'categorical', 1, 3],
    ['y', 'numeric', 0, 6],
  ]);
  expect(columns[1]?.values).toEqual(['007', '1,5', 'NA']);
  expect(Array.from(columns[1]?.codes ?? [])).toEqual([2, 0, 1, -1, 0, 1]);
  expect(Array.from(columns[0]?.numbers ?? [])).toEqual(table(6).x.map((v) => v ?? Number.NaN));
  expect(notes).toEqual([]);
});

it('gives the same dataset as the same table in CSV', async () => {
  const { x, y } = table(40);
  const c = x.map((_, i) => (i === 4 ? null : ['red', 'blue', 'green'][i % 3]));
  const request = (file: UnopenedRequest['file']): UnopenedRequest => ({
    data: defaultsOf(tableSource.dataParams),
    tasks: { targets: [{ column: 'y', type: 'regression' }] },
    file,
  });
  const lines = x.map((value, i) => [value ?? '', c[i] ?? '', y[i]].join(','));
  const csv = await generateTable(request(textInput(`x,c,y\n${lines.join('\n')}`, 'table.toy.csv')));
  const toy = await generateTable(request(toyInput({ x, c, y })));
  expect({ ...toy, name: '' }).toEqual({ ...csv, name: '' });
});

it('takes another type where data.types asks for it', async () => {
  const file = toyInput({ ...table(6), code: [3, 1, 2, 3, 1, null] });
  const data = { types: 'code:categorical,kind:numeric' };
  const { columns } = await parseTable(file, data);
  expect(columns[3]).toMatchObject({
    kind: 'categorical',
    values: ['1', '2', '3'],
    isAsked: true,
    missing: 1,
  });
  // NA is missing among numbers; the others are numbers written as text.
  expect(columns[1]).toMatchObject({ kind: 'numeric', isAsked: true, missing: 2 });
});

it('has its numbers beyond float32 refused by row', async () => {
  const { x, kind, y } = table(40);
  const file = toyInput({ x: [...x.slice(0, 39), 1e300], kind, y });
  const tasks = { targets: [{ column: 'y', type: 'regression' as const }] };
  const issues = await issuesOf({ data: defaultsOf(tableSource.dataParams), tasks, file });
  expect(issues.map(formatIssue)).toEqual([
    expect.stringMatching(
      /^data\.params\.file, table\.toy, row 40, column x: expected numbers between .* got "1e\+300" \(row 40\)/,
    ),
  ]);
});

it('is read by a run', async () => {
  await tf.setBackend('cpu');
  const experiment = requireExperiment(
    {
      version: 1,
      data: { id: 'table', params: { file: 'table.toy' } },
      tasks: { targets: [{ column: 'y', type: 'regression' }] },
      model: { id: 'mt-mlp', params: { shared: [4], tower: [], embedding: 2 } },
      training: { epochs: 1, batchSize: 16 },
      baseline: null,
    },
    catalog,
  );
  const { result, dispose } = await runSession({
    runId: 'toy',
    experiment,
    file: toyInput(table(60)),
    backend: { active: 'cpu', adapter: 'test', reason: '', tried: [], software: false },
    control: new RunControl(),
    emit: () => {},
  });
  dispose();
  expect(result.status).toBe('finished');
  expect(result.dataset?.features.map((f) => [f.name, f.kind])).toEqual([
    ['kind', 'categorical'],
    ['x', 'numeric'],
  ]);
});
