import { expect, it } from 'vitest';
import { fileKind, isPastedJson, isPastedTable, isTextual } from './fileKind.ts';

const TABLES = ['.csv', '.tsv', '.txt'];
const kind = (name: string, text: string | null = null) => fileKind({ name, text }, TABLES);

it('knows every file that the product writes', () => {
  expect(kind('t.csv')).toEqual({ kind: 'table' });
  for (const name of ['t.csv.gz', 'T.ZIP', 'old.XLS', 'b.ods', 'b.xlsb', 'b.numbers']) {
    expect(isTextual(name, TABLES)).toBe(false);
    expect(kind(name)).toEqual({ kind: 'table' });
  }
  expect(kind('W.SafeTensors')).toEqual({ kind: 'weights' });
  expect(kind('m.ckpt')).toEqual({ kind: 'weights' });
  expect(kind('download', 'PK\u0003\u0004rest')).toEqual({ kind: 'weights' });
  expect(kind('download', '\u0010\0\0\0\0\0\0\0{"a":1}')).toEqual({ kind: 'weights' });
  expect(kind('experiment.json', '{"version":1}')).toMatchObject({ kind: 'experiment', of: 'experiment' });
  const experiment = { version: 1, seed: 3 };
  const text = JSON.stringify(experiment);
  expect(kind('case.json', JSON.stringify({ experiment, taken: {}, assertions: [] }))).toEqual({
    kind: 'experiment',
    of: 'case',
    text,
  });
  expect(kind('r.json', JSON.stringify({ runId: 'a', experiment, seeds: [] }))).toEqual({
    kind: 'experiment',
    of: 'result',
    text,
  });
  expect(kind('w.json', JSON.stringify({ format: 'multitab-weights', experiment }))).toMatchObject({
    of: 'card',
  });
  expect(kind('mask.json', '{"rows":"queries","grid":["..",".x"]}')).toMatchObject({ kind: 'mask' });
  expect(kind('mask.txt', '..\n.x\n')).toMatchObject({ kind: 'mask' });
  expect(kind('mask.txt', '..\n.x\n@0.1:\n..\n..\n')).toMatchObject({ kind: 'mask' });
  expect(kind('runs.multitab.jsonl', '{"format":"multitab-runs","version":1}\n{}')).toEqual({ kind: 'runs' });
  const runs = (text: string) => fileKind({ name: 'runs.jsonl', text }, ['.json', '.jsonl']);
  expect(runs('{"type":"sweep","version":1,"id":"a"}\n{}')).toEqual({ kind: 'runs' });
  expect(runs('{"run":"a-0","startedAt":"","elapsedMs":1}\n')).toEqual({ kind: 'runs' });
  expect(runs('{"run":"a","type":"b"}\n')).toEqual({ kind: 'table' });
});

it('takes JSON without our keys as a table, where tables end so', () => {
  const asTable = (text: string) => fileKind({ name: 't.json', text }, ['.json']);
  expect(asTable('{"a":1,"b":2}\n{"a":3,"b":4}\n')).toEqual({ kind: 'table' });
  expect(asTable('{"a":[1,3],"b":[2,4]}')).toEqual({ kind: 'table' });
  expect(asTable('[{"a":1}]')).toEqual({ kind: 'table' });
  expect(asTable('{\n "model": "a"\n}\n{\n "model": "b"\n}\n')).toEqual({ kind: 'table' });
  // Columns may be called as our keys are.
  expect(asTable('{"columns":["a"],"index":[0],"data":[[1]]}')).toEqual({ kind: 'table' });
  expect(asTable('{"model":{"0":"a","1":"b"},"data":{"0":1,"1":2}}')).toEqual({ kind: 'table' });
  expect(asTable('{"model":["a"],"version":[1]}')).toEqual({ kind: 'table' });
  expect(asTable('{"model":{"id":"ple"},"data":{}}')).toMatchObject({ kind: 'experiment' });
  expect(asTable('{"grid":["..",".x"]}')).toMatchObject({ kind: 'mask' });
  expect(asTable('{"version":1,"seed":3}')).toMatchObject({ kind: 'experiment' });
});

it('takes text that is no mask as a table where the ending says so, and refuses the rest', () => {
  expect(kind('t.txt', 'x,y\n1,2\n')).toEqual({ kind: 'table' });
  expect(kind('a.png', '\u0089PNG')).toMatchObject({ kind: 'unknown' });
  expect(kind('a.json', '')).toEqual({ kind: 'unknown', got: 'an empty file' });
  expect(kind('a.json', '{"a":')).toMatchObject({ kind: 'unknown', got: expect.stringContaining('JSON') });
  // An inherited key is not a key of the file.
  expect(kind('a.json', '{"__proto__":{"grid":1}}')).toMatchObject({ kind: 'experiment' });
});

it('reads as text only what is needed to tell', () => {
  expect(isTextual('big.csv', TABLES)).toBe(false);
  expect(isTextual('w.pt', TABLES)).toBe(false);
  expect(isTextual('mask.txt', TABLES)).toBe(true);
  expect(isTextual('unknown', TABLES)).toBe(true);
});

it('knows pasted rows of JSON, and leaves an experiment alone', () => {
  const rows = ['[{"a":1},{"a":2}]', ' [\n {"a":1}]', '{"a":1}\n{"a":2}', '{\n"a":1\n}\n{\n"a":2\n}'];
  const others = ['{"version":1}', '{\n"a":1}\n', '{"a":1}\n', '[1,2]', 'a,b'];
  expect([rows.map(isPastedJson), others.map(isPastedJson)]).toEqual([
    rows.map(() => true),
    others.map(() => false),
  ]);
});

it('knows pasted cells by as many signs in two lines', () => {
  expect(['a\tb\n1\t2', 'a;b\r\n1;2\r\n', 'a,b,c\n1,2,3\n4,5,6'].map(isPastedTable)).toEqual([
    true,
    true,
    true,
  ]);
  expect(['a,b', 'Dear all,\nno table', 'a\nb', ''].map(isPastedTable)).toEqual([false, false, false, false]);
});
