import { describe, expect, it } from 'vitest';
import { defaultsOf, type Params } from '../config/params.ts';
import { inspectFile } from './inspect.ts';
import { tableSource } from './tableSource.ts';
import { generateTable, textInput } from './testing/files.ts';

const lines = (n: number, line: (i: number) => string) =>
  Array.from({ length: n }, (_, i) => line(i)).join('\n');
const inspect = (text: string, data: Params = {}) =>
  inspectFile(textInput(text), { ...defaultsOf(tableSource.dataParams), ...data });
const typesOf = async (text: string, data: Params = {}) =>
  Object.fromEntries((await inspect(text, data)).columns.map((c) => [c.name, c.type]));

/**
 * An id counter, a key, a constant, an empty column, a date, a class, a copy, a number with gaps, and a linear function of it.
 */
const many = `id,key,unit,gone,when,kind,copy,x,x2\n${lines(60, (i) => {
  const x = i % 9 === 3 ? '-' : String((i * 7) % 31);
  const kind = ['red', 'blue'][i % 2];
  return [
    i + 1,
    `k${i}`,
    'kg',
    '',
    `2024-01-${String((i % 28) + 1).padStart(2, '0')}`,
    kind,
    kind === 'red' ? 1 : 2,
    x,
    x === '-' ? '' : Number(x) * 2 + 1,
  ].join(',');
})}`;

const known = Array.from({ length: 60 }, (_, i) => i).filter((i) => i % 9 !== 3);
const MEAN_X = known.reduce((sum, i) => sum + ((i * 7) % 31), 0) / known.length;

describe('inspectTable', () => {
  it('gives each column its type with the reason, its numbers and what stands for missing', async () => {
    const { format, rows, dropped, columns } = await inspect(many);
    expect([format, rows, dropped]).toEqual(['csv', 60, []]);
    const by = Object.fromEntries(columns.map((c) => [c.name, c]));
    expect(columns.map((c) => c.type)).toEqual([
      'ignored',
      'ignored',
      'ignored',
      'ignored',
      'date',
      'categorical',
      'numeric',
      'numeric',
      'numeric',
    ]);
    expect(by.x).toMatchObject({ missing: 7, markers: ['-'], min: 0, max: 30 });
    expect(by.x?.mean).toBeCloseTo(MEAN_X, 10);
    expect(by.when).toMatchObject({ min: '2024-01-01', max: '2024-01-28', mean: null });
    expect(by.kind).toMatchObject({ min: null, max: null, mean: null, examples: ['blue', 'red'] });
    expect(by.id?.reason).toBe('it counts the rows from 1');
    expect(by.gone?.reason).toBe('no cell holds a value');
  });

  it('flags what a person should look at, with the column', async () => {
    const { notes } = await inspect(many);
    expect(notes.map((n) => [n.code, n.column])).toEqual([
      ['missing-markers', undefined],
      ['row-numbers-left-out', 'id'],
      ['identifier-left-out', 'key'],
      ['constant-column-left-out', 'unit'],
      ['constant-column-left-out', 'gone'],
      ['near-copy', 'copy'],
      ['near-copy', 'x2'],
    ]);
    const infinite = await inspect(`inf,y\n${lines(30, (i) => `${['inf', '1', '-inf'][i % 3]},${i % 7}`)}`);
    expect(infinite.notes.map((n) => [n.code, n.column])).toEqual([['numbers-beyond-float32', 'inf']]);
    const flagged = await inspect(
      `n,y,z,big\n${lines(60, (i) => `${i},${i % 7},${i % 7},${i === 5 ? '1e39' : i}`)}`,
    );
    expect(flagged.notes.map((n) => [n.code, n.column])).toEqual([
      ['may-be-row-numbers', 'n'],
      ['numbers-beyond-float32', 'big'],
      ['duplicate-column', 'z'],
    ]);
  });

  it('says one thing of a column that is left out, and nothing of what its values would be', async () => {
    const text = `key,spoilt,word,y,z\n${lines(70, (i) =>
      [
        String(i).padStart(5, '0'),
        i === 9 ? 'unknown' : i * 1.5,
        ['none', 'a', 'A', 'b'][i % 4],
        i % 3,
        i % 7,
      ].join(','),
    )}`;
    const { notes } = await inspect(text);
    expect(notes.map((n) => [n.code, n.column])).toEqual([
      ['category-may-mean-missing', 'word'],
      ['spellings-kept-apart', 'word'],
      ['identifier-left-out', 'key'],
      ['identifier-left-out', 'spoilt'],
    ]);
    expect(notes.find((n) => n.column === 'key')?.text).toBe(
      'Column key has 70 different texts of digits (digits with leading zeros such as "00000"), looks like an identifier, and is left out. To keep it, set data.types to key:categorical, or to key:numeric if these are numbers.',
    );
    for (const data of [{ ignore: 'word' }, { types: 'word:ignore' }] as Params[])
      expect((await inspect(text, data)).notes.map((n) => n.column)).toEqual(['key', 'spoilt']);
    const tasks = { targets: [{ column: 'y', type: 'multiclass' as const }] };
    const run = {
      data: { ...defaultsOf(tableSource.dataParams), ignore: 'word' },
      tasks,
      file: textInput(text),
    };
    expect((await generateTable(run)).notes.flatMap((n) => n.column ?? [])).toEqual(['key', 'spoilt']);
  });

  it('names each copy beside the first column that it copies', async () => {
    const { notes } = await inspect(
      `a,b,c\n${lines(30, (i) => [i % 7, 2 * (i % 7), 1 - (i % 7)].join(','))}`,
    );
    expect(notes.map((n) => [n.code, n.column, n.text.includes('values of) a.')])).toEqual([
      ['near-copy', 'b', true],
      ['near-copy', 'c', true],
    ]);
  });

  it('is overruled column by column', async () => {
    expect(
      await typesOf(many, { types: 'id:numeric,key:categorical,x:ignore,when:categorical', ignore: 'x2' }),
    ).toEqual({
      id: 'numeric',
      key: 'categorical',
      unit: 'ignored',
      gone: 'ignored',
      when: 'categorical',
      kind: 'categorical',
      copy: 'numeric',
      x: 'ignored',
      x2: 'ignored',
    });
  });

  it('counts the lines that are no rows, per reason', async () => {
    const { dropped, rows } = await inspect('# made today\na,b\nm,kg\n1,2\n# half\n3,4\n5,6\n7,8\n');
    expect(rows).toBe(4);
    expect(dropped).toEqual([
      { reason: 'comment-lines', count: 2, lines: [1, 5] },
      { reason: 'units-line', count: 1, lines: [3] },
    ]);
  });
});

describe('dates as features', () => {
  it('are their parts, of which constant ones are left out, and are ignored together', async () => {
    const text = `when,y\n${lines(40, (i) => `2024-01-${String((i % 28) + 1).padStart(2, '0')},${i % 5}`)}`;
    const request = (data: Params) => ({
      data: { ...defaultsOf(tableSource.dataParams), ...data },
      tasks: { targets: [{ column: 'y', type: 'regression' as const }] },
      file: textInput(`x,${text.replaceAll('\n', '\n1.5,').replace('1.5,', '2,')}`),
    });
    const { features } = await generateTable(request({}));
    expect(features.map((f) => f.name)).toEqual(['x', 'when (days)', 'when (weekday)']);
    expect((await generateTable(request({ types: 'when:ignore' }))).features.map((f) => f.name)).toEqual([
      'x',
    ]);
  });
});
