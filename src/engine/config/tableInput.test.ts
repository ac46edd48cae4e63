import { expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import { requireExperiment } from './experiment.ts';
import { attachedFile, fileNameOf, needsFile, tableInput } from './tableInput.ts';

const file = tableInput('t.csv', new Blob(['a']));
const of = (data: object) => requireExperiment({ version: 1, data }, catalog);
const table = of({ id: 'table', params: { file: 't.csv' } });
const made = of({ id: 'multitab-bench' });

it('goes with an experiment whose source needs a file, and with no other', () => {
  expect([needsFile(table, catalog), needsFile(made, catalog)]).toEqual([true, false]);
  expect([needsFile(null, catalog), needsFile(table, null)]).toEqual([false, false]);
  expect(attachedFile(table, catalog, file)).toBe(file);
  expect(attachedFile(table, catalog, null)).toBeUndefined();
  expect(attachedFile(made, catalog, file)).toBeUndefined();
});

it('is named by the experiment', () => {
  expect([fileNameOf(table, catalog), fileNameOf(made, catalog)]).toEqual(['t.csv', null]);
  expect(fileNameOf(of({ id: 'table', params: { file: '' } }), catalog)).toBeNull();
});

it('is known again in a copy, and is not another of the same name', () => {
  expect(structuredClone(file).id).toBe(file.id);
  expect(tableInput('t.csv', file.blob).id).not.toBe(file.id);
});
