// The user's table and the worker's answers about it, with a scripted worker.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tableInput } from '../engine/config/tableInput.ts';
import type { DataDescription } from '../engine/protocol/dataDescription.ts';
import { setUp } from './testing/setUp.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const previewed = (at: ReturnType<typeof setUp>, name: string) => {
  const question = at.worker().sent.findLast((c) => c.type === 'preview-table' && c.file.name === name);
  if (question?.type !== 'preview-table') throw new Error(`${name} was not previewed`);
  const table = { name, rows: 1, columns: [], notes: [] };
  at.worker().say({ type: 'table-previewed', requestId: question.requestId, table });
};

describe('a table', () => {
  it('is read again when a setting of reading changes, and the answer to the last question is shown', async () => {
    const at = setUp();
    at.get().setValue('data', 'table');
    void at.get().chooseFile(tableInput('t.csv', new Blob(['1'])));
    at.get().setValue('data.header', 'none');
    const questions = at.worker().sent.filter((c) => c.type === 'preview-table');
    expect(questions.map((q) => q.data?.header)).toEqual(['auto', 'none']);
    const [first, second] = questions.map((q) => q.requestId);
    const answer = (requestId: number | undefined, rows: number) =>
      at.worker().say({
        type: 'table-previewed',
        requestId: requestId ?? 0,
        table: { name: 't.csv', rows, columns: [], notes: [] },
      });
    answer(second, 2);
    answer(first, 1);
    await at.settle();
    expect(at.get().preview?.rows).toBe(2);
    at.get().setValue('training.epochs', 3);
    expect(at.worker().sent.filter((c) => c.type === 'preview-table')).toHaveLength(2);
    const { experiment } = at.get();
    if (experiment) at.get().setExperiment(experiment);
    expect(at.worker().sent.filter((c) => c.type === 'preview-table')).toHaveLength(3);
  });
});

describe('a table that is not there', () => {
  it('is no fault of an experiment that was chosen while it was looked for', async () => {
    const at = setUp('?v=1&data=table&data.file=gone.csv');
    let fail = (_error: Error) => {};
    at.env.fetchFile = () =>
      new Promise((_, reject) => {
        fail = reject;
      });
    await at.settle();
    at.get().loadPreset('correlated');
    fail(new Error('404'));
    await at.settle();
    expect(at.get().issues).toEqual([]);
  });
});

describe('a table that the user chooses while the one of the experiment is loaded', () => {
  it.each(['first', 'last'] as const)('is the table, when it is read %s', async (order) => {
    const at = setUp('?v=1&data=table&data.file=penguins.csv');
    let arrive = (_bytes: Uint8Array<ArrayBuffer>) => {};
    at.env.fetchFile = () =>
      new Promise((resolve) => {
        arrive = resolve;
      });
    await at.settle();
    const own = at.get().chooseFile(tableInput('own.csv', new Blob(['1'])));
    if (order === 'last') {
      arrive(new Uint8Array([49]));
      await at.settle();
    }
    previewed(at, 'own.csv');
    await at.settle();
    arrive(new Uint8Array([49]));
    await at.settle();
    expect(await own).toBe(true);
    expect([at.get().file?.name, at.get().preview?.name]).toEqual(['own.csv', 'own.csv']);
    expect(at.get().experiment?.data.params.file).toBe('own.csv');
    expect(at.get().isChoosingFile).toBe(false);
  });

  it('is not replaced by a check that comes while it is read, and is checked afterwards', async () => {
    const at = setUp('?v=1&data=table&data.file=penguins.csv');
    await at.settle();
    void at.get().chooseFile(tableInput('own.csv', new Blob(['1'])));
    let fetched = 0;
    at.env.fetchFile = async () => {
      fetched++;
      return new Uint8Array([49]);
    };
    at.get().setValue('training.epochs', 3);
    await at.settle();
    expect(fetched).toBe(0);
    previewed(at, 'own.csv');
    await at.settle();
    expect(at.worker().sent.some((c) => c.type === 'check' && c.file?.name === 'own.csv')).toBe(true);
  });

  it('is checked, too, when it could not be read and the table of before stays', async () => {
    const at = setUp('?v=1&data=table&data.file=own.csv');
    await at.settle();
    void at.get().chooseFile(tableInput('own.csv', new Blob(['1'])));
    previewed(at, 'own.csv');
    await at.settle();
    const bad = at.get().chooseFile(tableInput('bad.csv', new Blob([''])));
    at.get().setValue('training.epochs', 7);
    await at.settle();
    const question = at.worker().sent.findLast((c) => c.type === 'preview-table');
    const error = { kind: 'file' as const, message: 'bad.csv: empty', issues: [] };
    at.worker().say({ type: 'request-failed', requestId: question?.requestId ?? 0, error });
    expect(await bad).toBe(false);
    await at.settle();
    const check = at.worker().sent.findLast((c) => c.type === 'check');
    expect(check?.experiment).toMatchObject({ training: { epochs: 7 } });
    expect([at.get().file?.name, at.get().fileError?.message]).toEqual(['own.csv', 'bad.csv: empty']);
  });
});

describe('a table that the experiment names and that cannot be read', () => {
  it('is loaded once, while the table of before stays', async () => {
    const at = setUp('?v=1&data=table&data.file=own.csv');
    await at.settle();
    void at.get().chooseFile(tableInput('own.csv', new Blob(['1'])));
    const previews = () => at.worker().sent.filter((c) => c.type === 'preview-table');
    const table = { name: 'own.csv', rows: 1, columns: [], notes: [] };
    at.worker().say({ type: 'table-previewed', requestId: previews()[0]?.requestId ?? 0, table });
    await at.settle();
    let fetched = 0;
    at.env.fetchFile = async () => {
      fetched++;
      return new Uint8Array([49]);
    };
    at.get().setValue('data.file', 'cars.csv');
    for (let time = 0; time < 3; time++) {
      await at.settle();
      const error = { kind: 'file' as const, message: 'cars.csv: empty', issues: [] };
      at.worker().say({ type: 'request-failed', requestId: previews().at(-1)?.requestId ?? 0, error });
    }
    await at.settle();
    expect(fetched).toBe(1);
    expect([at.get().file?.name, at.get().fileError?.message]).toEqual(['own.csv', 'cars.csv: empty']);
  });
});

describe('a table that is large', () => {
  it('is told how far it is, and can be stopped', () => {
    const at = setUp();
    const reading = { name: 'big.csv', phase: 'reading the file', share: 0.4, remaining: 9 };
    at.worker().say({ type: 'reading', reading });
    expect(at.get().reading).toEqual(reading);
    at.get().stopReading();
    expect(at.worker().sent.at(-1)).toEqual({ type: 'stop-reading' });
    at.worker().say({ type: 'reading', reading: null });
    expect(at.get().reading).toBeNull();
  });

  it('is read in part where it was refused, with the settings of the experiment', async () => {
    const at = setUp();
    at.get().setValue('data', 'table');
    const file = tableInput('big.csv', new Blob(['1']));
    void at.get().chooseFile(file);
    const asked = () => at.worker().sent.filter((c) => c.type === 'preview-table');
    const error = { kind: 'file' as const, message: 'too large: set data.sample', issues: [] };
    at.worker().say({ type: 'request-failed', requestId: asked()[0]?.requestId ?? 0, error });
    await at.settle();
    expect(at.get().refusedFile).toBe(file);
    void at.get().sampleRefused('random');
    expect(asked().at(-1)).toMatchObject({ file, data: { sample: 'random' } });
    expect([at.get().fileError, at.get().refusedFile]).toEqual([null, null]);
  });

  it('is read in part beside another source too, which the table then replaces', async () => {
    const at = setUp();
    expect(at.get().experiment?.data.id).not.toBe('table');
    void at.get().chooseFile(tableInput('big.csv', new Blob(['1'])));
    const asked = () => at.worker().sent.findLast((c) => c.type === 'preview-table');
    const error = { kind: 'file' as const, message: 'too large: set data.sample', issues: [] };
    at.worker().say({ type: 'request-failed', requestId: asked()?.requestId ?? 0, error });
    await at.settle();
    const read = at.get().sampleRefused('stratified', 'kind');
    expect(asked()).toMatchObject({ data: { sample: 'stratified', sampleBy: 'kind' } });
    previewed(at, 'big.csv');
    await at.settle();
    expect(await read).toBe(true);
    const { id, params } = at.get().experiment?.data ?? {};
    expect([id, params?.file, at.get().file?.name]).toEqual(['table', 'big.csv', 'big.csv']);
    // The column of that sample is none of the next table, unless that cannot be read.
    const bad = at.get().chooseFile(tableInput('bad.csv', new Blob([''])));
    expect(asked()).toMatchObject({ data: { sample: 'all' } });
    at.worker().say({ type: 'request-failed', requestId: asked()?.requestId ?? 0, error });
    await at.settle();
    expect(await bad).toBe(false);
    expect(at.get().experiment?.data.params.sample).toBe('stratified');
    // The table of before is not read again, which would clear that error.
    expect([asked()?.file.name, at.get().fileError, at.get().file?.name]).toEqual([
      'bad.csv',
      error,
      'big.csv',
    ]);
    // Nor is it lost, with its sample, where two are chosen after it before either is read.
    void at.get().chooseFile(tableInput('bad.csv', new Blob([''])));
    void at.get().chooseFile(tableInput('worse.csv', new Blob([''])));
    at.worker().say({ type: 'request-failed', requestId: asked()?.requestId ?? 0, error });
    await at.settle();
    expect(at.get().experiment?.data.params).toMatchObject({ file: 'big.csv', sample: 'stratified' });
    expect([at.get().file?.name, at.get().preview?.name]).toEqual(['big.csv', 'big.csv']);
    void at.get().chooseFile(tableInput('next.csv', new Blob(['1'])));
    previewed(at, 'next.csv');
    await at.settle();
    expect(at.get().experiment?.data.params).toMatchObject({ file: 'next.csv', sample: 'all' });
  });
});

it('a sheet is one of its workbook, and no other table is asked for it', async () => {
  const at = setUp('?v=1&data=table&data.file=a.xlsx&data.sheet=Old');
  void at.get().chooseFile(tableInput('a.xlsx', new Blob(['1'])));
  const asked = () => at.worker().sent.findLast((c) => c.type === 'preview-table');
  expect(asked()).toMatchObject({ data: { sheet: 'Old' } });
  previewed(at, 'a.xlsx');
  await at.settle();
  void at.get().chooseFile(tableInput('b.xlsx', new Blob(['1'])));
  expect(asked()).toMatchObject({ file: { name: 'b.xlsx' }, data: { sheet: '' } });
  const error = { kind: 'file' as const, message: 'no workbook', issues: [] };
  at.worker().say({ type: 'request-failed', requestId: asked()?.requestId ?? 0, error });
  await at.settle();
  expect(at.get().experiment?.data.params).toMatchObject({ file: 'a.xlsx', sheet: 'Old' });
});

describe('a table that is refused once more', () => {
  it.each(['sample', 'broken lines'])('leaves the settings as they were: %s', async (what) => {
    const at = setUp();
    const before = at.get().experiment;
    void at.get().chooseFile(tableInput('big.csv', new Blob(['1'])));
    const asked = () => at.worker().sent.findLast((c) => c.type === 'preview-table');
    const refuse = async (message: string) => {
      const error = { kind: 'file' as const, message, issues: [] };
      at.worker().say({ type: 'request-failed', requestId: asked()?.requestId ?? 0, error });
      await at.settle();
    };
    await refuse('too large');
    const read = what === 'sample' ? at.get().sampleRefused('stratified', 'knd') : at.get().leaveOutRefused();
    expect(asked()?.data).toMatchObject(
      what === 'sample' ? { sample: 'stratified', sampleBy: 'knd' } : { badLines: 'leave-out' },
    );
    at.get().setValue('training.epochs', 7);
    await refuse('no column knd');
    expect(await read).toBe(false);
    await at.settle();
    expect(at.get().experiment?.data).toEqual(before?.data);
    expect(at.get().experiment?.tasks).toEqual(before?.tasks);
    expect(at.get().experiment?.training.epochs).toBe(7);
    expect([at.get().fileError?.message, at.get().refusedFile?.name]).toEqual(['no column knd', 'big.csv']);
    const check = at.worker().sent.findLast((c) => c.type === 'check');
    expect(check?.experiment).toMatchObject({ data: { id: before?.data.id }, training: { epochs: 7 } });
  });
});

describe('a table that is kept', () => {
  it('is opened instead of asking for the file, with its columns, until it is deleted', async () => {
    const at = setUp();
    at.get().setValue('data', 'table');
    void at.get().chooseFile(tableInput('own.csv', new Blob(['1'])));
    void at.get().keepTable('indexeddb');
    const question = at.worker().sent.find((c) => c.type === 'prepare-table');
    const prepared = { key: 'k', blob: new Blob(['columns']) };
    at.worker().say({ type: 'table-prepared', requestId: question?.requestId ?? 0, prepared });
    await at.settle();
    expect(at.get().keptTables).toMatchObject([{ name: 'own.csv', place: 'indexeddb', bytes: 8 }]);
    const asked = () => at.worker().sent.flatMap((c) => (c.type === 'preview-table' ? [c.file] : []));
    const before = asked().length;
    void at.get().loadExample('own.csv');
    await at.settle();
    expect(asked().slice(before)).toMatchObject([{ name: 'own.csv', prepared: { key: 'k' } }]);
    await at.get().deleteKeptTable(at.get().keptTables[0]?.id ?? '');
    expect(at.get().keptTables).toEqual([]);
  });
});

describe('the description of the data', () => {
  const describedAs = (name: string): DataDescription => ({
    source: 'multitab-bench',
    name,
    table: { format: 'generated', rows: 1, dropped: [], notes: [] },
    columns: [],
    firstRows: [],
    dataset: null,
    issues: [],
    associations: null,
  });

  it('is that of the last question, whichever is answered first', async () => {
    const at = setUp();
    void at.get().describeData();
    at.get().setValue('data.rows', 500);
    void at.get().describeData();
    const questions = at.worker().sent.filter((c) => c.type === 'describe-data');
    expect(questions).toHaveLength(2);
    const [first, second] = questions.map((q) => q.requestId) as [number, number];
    at.worker().say({ type: 'data-described', requestId: first, description: describedAs('first') });
    await at.settle();
    expect([at.get().description, at.get().isDescribing]).toEqual([null, true]);
    at.worker().say({ type: 'data-described', requestId: second, description: describedAs('second') });
    await at.settle();
    expect([at.get().description?.name, at.get().isDescribing]).toEqual(['second', false]);
  });

  it('waits for a table that is not at hand, and says why there is none', async () => {
    const at = setUp('?v=1&data=table&data.file=own.csv');
    await at.settle();
    await at.get().describeData();
    expect(at.worker().sent.some((c) => c.type === 'describe-data')).toBe(false);
    void at.get().chooseFile(tableInput('own.csv', new Blob(['1'])));
    void at.get().describeData();
    const question = at.worker().sent.find((c) => c.type === 'describe-data');
    const error = { kind: 'file' as const, message: 'own.csv: empty', issues: [] };
    at.worker().say({ type: 'request-failed', requestId: question?.requestId ?? 0, error });
    await at.settle();
    expect(at.get().descriptionError?.message).toBe('own.csv: empty');
  });
});

describe('a file with the rows of a split', () => {
  const table = { name: 't.csv', rows: 2, columns: [], notes: [] };
  const start = async () => {
    const at = setUp();
    at.get().setValue('data', 'table');
    const asked = () => at.worker().sent.filter((c) => c.type === 'preview-table');
    const answer = async () => {
      at.worker().say({ type: 'table-previewed', requestId: asked().at(-1)?.requestId ?? 0, table });
      await at.settle();
    };
    void at.get().chooseFile(tableInput('t.csv', new Blob(['1'])));
    await answer();
    return { ...at, asked, answer };
  };
  const test = { name: 'test.csv', blob: new Blob(['2']) };

  it('belongs to the table it was chosen for, and goes with it', async () => {
    const at = await start();
    void at.get().chooseSplitFile('test', test);
    expect(at.asked().at(-1)?.data?.testFile).toBe('test.csv');
    expect(at.get().file?.splits).toBeUndefined();
    await at.answer();
    expect(at.get().file?.splits?.test?.name).toBe('test.csv');
    expect(at.get().experiment?.data.params.testFile).toBe('test.csv');
    void at.get().chooseFile(tableInput('other.csv', new Blob(['1'])));
    expect(at.asked().at(-1)?.data?.testFile).toBe('');
    await at.answer();
    expect(at.get().experiment?.data.params).toMatchObject({ file: 'other.csv', testFile: '' });
  });

  it('stays when another is chosen while it is read', async () => {
    const at = await start();
    const own = { name: 'validation.csv', blob: new Blob(['3']) };
    void at.get().chooseSplitFile('validation', own);
    void at.get().chooseSplitFile('test', test);
    for (const { requestId } of at.asked().slice(-2))
      at.worker().say({ type: 'table-previewed', requestId: requestId ?? 0, table });
    await at.settle();
    expect(at.get().file?.splits).toEqual({ validation: own, test });
    expect(at.get().experiment?.data.params).toMatchObject({
      validationFile: 'validation.csv',
      testFile: 'test.csv',
    });
  });

  it('changes nothing where it does not fit, and is said why', async () => {
    const at = await start();
    const before = at.get().file;
    void at.get().chooseSplitFile('test', test);
    const error = { kind: 'file' as const, message: 'test.csv: expected the columns of t.csv', issues: [] };
    at.worker().say({ type: 'request-failed', requestId: at.asked().at(-1)?.requestId ?? 0, error });
    await at.settle();
    expect(at.get().fileError?.message).toBe(error.message);
    expect(at.get().file).toBe(before);
    expect(at.get().experiment?.data.params.testFile).toBe('');
  });

  it('that a link names is asked for, and the table is shown before it comes', async () => {
    const at = await start();
    at.get().setValue('data.testFile', 'test.csv');
    expect(at.asked().at(-1)?.data?.testFile).toBe('');
    void at.get().chooseFile(tableInput('t.csv', new Blob(['1'])));
    await at.answer();
    expect(at.get().experiment?.data.params.testFile).toBe('test.csv');
  });
});
