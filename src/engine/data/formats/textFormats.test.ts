// JSON and ARFF in the forms that other tools write, and the errors for files that are neither.
import { describe, expect, it } from 'vitest';
import { tableInput } from '../../config/tableInput.ts';
import { inspectFile } from '../inspect.ts';

const inspect = (text: string, name: string) => inspectFile(tableInput(name, new Blob([text])));
const table = async (text: string, name = 't.json') => {
  const { columns, rows, notes } = await inspect(text, name);
  return {
    rows,
    columns: columns.map((c) => [
      c.name,
      c.reason.startsWith('constant') ? 'constant' : c.type,
      c.missing,
      ...c.examples,
    ]),
    codes: notes.map((n) => n.code).filter((code) => code !== 'may-be-row-numbers'),
  };
};

describe('JSON', () => {
  const same = {
    rows: 2,
    columns: [
      ['a', 'numeric', 0, '1', '2.5'],
      ['b', 'categorical', 0, 'x', 'y'],
    ],
    codes: [],
  };
  it.each([
    ['a list of objects', '[{"a": 1, "b": "x"},\n {"a": 2.5, "b": "y"}]'],
    ['an object per line', '{"a": 1, "b": "x"}\n\n{"a": 2.5, "b": "y"}\n'],
    ['a list per line', '["a","b"]\n[1,"x"]\n[2.5,"y"]\n'],
    ['lists below names', '[["a","b"],[1,"x"],[2.5,"y"]]'],
    ['columns and data', '{"columns":["a","b"],"index":[0,1],"data":[[1,"x"],[2.5,"y"]]}'],
    ['a list per column', '{"a":[1,2.5],"b":["x","y"]}'],
    ['values by row numbers', '{"a":{"0":1,"1":2.5},"b":{"0":"x","1":"y"}}'],
  ])('is read as %s', async (_, text) => {
    expect(await table(text)).toEqual(same);
  });

  it('with another key in every row is refused before it has a column for each of them', async () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => `{"k${i}":1}`);
    await expect(table(`[${rows.join(',')}]`)).rejects.toThrow(/got 7,07\d rows with 7,07\d columns/);
    const names = Array.from({ length: 20_001 }, (_, i) => `"${i}"`);
    await expect(table(`[[${names.join(',')}],[1]]`)).rejects.toThrow(/at most 20,000 columns/);
  });

  it('has missing values, objects in objects, booleans, dates and long numbers', async () => {
    const { rows, columns, codes } = await table(
      '[{"a":NaN,"p":{"q":1,"r":"u"},"t":true,"d":"2024-01-05","k":12345678901234567890},{"p":{"q":2,"r":null},"t":false,"d":"2024-02-05","k":12345678901234567891,"l":[1,2]},{"a":5,"p":{"q":4,"r":"v"},"t":true,"d":null,"k":12345678901234567892}]',
    );
    expect(rows).toBe(3);
    expect(columns).toEqual([
      ['a', 'constant', 2, '5'],
      ['p.q', 'numeric', 0, '1', '2', '4'],
      ['p.r', 'categorical', 1, 'u', 'v'],
      ['t', 'categorical', 0, 'false', 'true'],
      ['d', 'date', 1, '2024-01-05', '2024-02-05'],
      ['k', 'categorical', 0, '12345678901234567890', '12345678901234567891', '12345678901234567892'],
      ['l', 'constant', 2, '[1,2]'],
    ]);
    expect(codes).toEqual(
      expect.arrayContaining([
        'nan-is-missing',
        'digits-kept-as-text',
        'objects-flattened',
        'lists-as-text',
        'keys-absent',
      ]),
    );
  });

  it('keeps fractions of many digits as the numbers they are', async () => {
    const cells = [0.30000000000000004, -0.10000000000000009, 1.2345678901234568e-16, 5e22];
    const { columns, codes } = await table(JSON.stringify(cells.map((a) => ({ a }))).replace('e+', 'e'));
    expect(columns[0]).toEqual([
      'a',
      'numeric',
      0,
      ...cells.map(String).sort((a, b) => Number(a) - Number(b)),
    ]);
    expect(codes).not.toContain('digits-kept-as-text');
  });

  it('has rows by numbers, names of columns that are numbers, and names of rows that are said', async () => {
    const byNumber = await table('{"0":{"a":1,"b":"x"},"1":{"a":2.5,"b":"y"}}');
    expect(byNumber).toEqual({ ...same, codes: ['rows-by-number'] });
    const split = await table('{"columns":[0,1],"index":["p","q"],"data":[[1,"x"],[2.5,"y"]]}');
    expect(split.columns.map(([name]) => name)).toEqual(['0', '1']);
    expect([split.rows, split.codes]).toEqual([2, ['row-names-left-out']]);
    expect((await table('{"a":1}', 't.jsonl')).rows).toBe(1);
  });

  it.each([
    ['a list', '[{"a":1},\n{"a":\n},{"a":3},{"a":', [1, 3], [2, 3]],
    ['a list cut behind a row', '[{"a":1},\n{"a":3}', [1, 3], []],
    ['lines', '{"a":1}\n{"a":\n{"a":3}\n', [1, 3], [2]],
  ])('keeps what is whole of %s when asked', async (_what, text, values, lines) => {
    const input = tableInput('t.json', new Blob([text]));
    const found = await inspectFile(input, { badLines: 'leave-out' });
    expect(found.columns[0]?.examples).toEqual(values.map(String));
    const broken = { reason: 'broken-rows', count: lines.length, lines };
    expect(found.dropped).toEqual(lines.length > 0 ? [broken] : []);
    expect(found.notes.some(({ code }) => code === 'file-cut-off')).toBe(!text.endsWith('\n'));
  });

  it('is found by its content', async () => {
    expect((await table('[{"a": 1}, {"a": 2}]', 't.csv')).codes).toEqual(['wrong-ending']);
  });

  it.each([
    ['{"a": 1}\n{"a": }\n', /t\.json, line 2: expected an object as JSON, got .* in "\{\\"a\\": \}"/],
    ['[{"a": 1},\n {"a": ]', /t\.json, line 2: expected the end of the list, got Unexpected token/],
    [
      '[{"a": 1},\n {"a": 2}',
      /line 2: expected the end of the list, got the end of the file\. The file may be/,
    ],
    ['[{"a": 1},\n\n {"a":\n b},{"a": 3}]', /line 4: expected an object as JSON/],
    ['[{"a": 1},\n,{"a": 2}]', /line 2: expected a row between commas, got nothing/],
    ['[{"a": 1},\n]', /line 2: expected a row between commas, got the end of the list/],
    ['[{"a": 1}]\n[{"a": 2}]', /expected one list of rows, or a row per line, got several lists/],
    ['[{"a": 1}\n]\n{"a": 2}', /line 3: expected the end of the file behind the list, got "\{/],
    ['[{},{}]', /expected at least one column, got rows without values/],
    ['{"a": 1}', /expected a table as JSON: .* got one object with a\. Put brackets around it/],
    [
      '{"n": 2, "rows": [{"a": 1}, {"a": 2}]}',
      /got one object with n, rows\. Its "rows" is a list of objects/,
    ],
    ['{"a": 1, "b": [1, 2]}', /got one object with a, b\. Write the table in one of these/],
    ['{}', /got an object without values/],
    ['[{"a": 1}, 5]', /row 2: expected an object with a value per column, got 5/],
    ['[["a","b"],[1]]', /row 1: expected a list of 2 values, got 1/],
    ['{"a":[1,2],"b":[1]}', /column b: expected 2 values, as in a, got 1/],
    [
      '{"a":{"0":1,"1":2},"b":{"0":1,"5":2}}',
      /column b: expected a value for each row of a, got none for "1"/,
    ],
    ['{"a":{"x":1,"constructor":2},"b":{"x":1,"y":2}}', /column b: expected .* got none for "constructor"/],
    ['[]', /expected at least one row, got none/],
    ['"text"', /expected a table as JSON: .* got string/],
  ])('is refused: %s', async (text, message) => {
    await expect(inspect(text, 't.json')).rejects.toThrow(message);
  });
});

it('lines of LIBSVM are named', async () => {
  await expect(inspect('1 1:0.5 3:0.25\n-1 2:1e-3\n', 't.txt')).rejects.toThrow(
    /expected a table with a value per column, got lines of LIBSVM/,
  );
});

it.each([
  ['-- dump\nSET a = 1;\nDROP TABLE IF EXISTS `t`;\nCREATE TABLE `t` (\n', 'dump.csv'],
  ['/* x */ insert into t values (1)', 'x.sql'],
  ['COPY public.t (a, b) FROM stdin;\n1\t2\n', 'x.txt'],
])('statements of SQL are named: %j', async (text, name) => {
  await expect(inspect(text, name)).rejects.toThrow(
    /expected a file of a table, got statements of SQL\. Export/,
  );
});

it('a table whose first name is a word of SQL is one', async () => {
  expect((await inspect('copy number,set\n1,2\n3,5\n', 't.csv')).columns[0]?.name).toBe('copy number');
});

it.each([
  ['<stata_dta><header>', 't.dta', 'a Stata file'],
  ['r\u0002\u0001\0', 't.dta', 'a Stata file'],
  ['$FL2@(#)', 't.sav', 'an SPSS file'],
  ['X\n\0\0', 't.csv', 'an R data file'],
])('files of other programs are named: %j', async (text, name, got) => {
  await expect(inspect(text, name)).rejects.toThrow(`expected a file of a table, got ${got}.`);
});

describe('ARFF', () => {
  it('has names and classes with signs and escapes, and long ones are refused as names', async () => {
    const text =
      "@relation r\n@attribute 'it\\'s' real\n@attribute k{a,'b\\\\'}\n@data\n1,a\n2,'b\\\\'\n3,a\n";
    const { columns } = await table(text, 't.arff');
    expect(columns).toEqual([
      ["it's", 'numeric', 0, '1', '2', '3'],
      ['k', 'categorical', 0, 'a', 'b\\'],
    ]);
    const long = `@relation r\n@attribute '${'q'.repeat(3_000_000)}' real\n@data\n1\n2\n`;
    await expect(inspect(long, 't.arff')).rejects.toThrow(/names of columns: expected at most 1,000 charact/);
  });

  const head =
    "% made\n@RELATION r\n@attribute 'the width' REAL\n@attribute kind {small, 'very large', \"it's\"}\n@attribute day date yyyy-MM-dd\n@attribute note string\n@DATA\n";
  it('is read with its types, dense and sparse', async () => {
    const { rows, columns } = await table(
      `${head}1.5, small, 2024-01-02, 'a, b'\n% half\n?, 'very large', ?, ?\n3,"it's",2024-03-02,c\n{0 7, 2 2024-01-09}\n`,
      't.arff',
    );
    expect(rows).toBe(4);
    expect(columns).toEqual([
      ['the width', 'numeric', 1, '1.5', '3', '7'],
      ['kind', 'categorical', 0, "it's", 'small', 'very large'],
      ['day', 'date', 1, '2024-01-02', '2024-01-09', '2024-03-02'],
      ['note', 'categorical', 1, '0', 'a, b', 'c'],
    ]);
  });

  it.each([
    [`${head}x,small,?,?\n`, /t\.arff, line 8, column the width: expected a number, got "x"/],
    [`${head}1,tiny,?,?\n`, /line 8, column kind: expected one of small, very large, it's, got "tiny"/],
    [`${head}1,small,?\n`, /line 8: expected 4 cells, one per attribute, got 3/],
    [`${head}1,small,?,'x\n`, /line 8: expected cells between commas/],
    ['@relation r\n@attribute a relational\n', /line 2: expected @attribute NAME .* got the type relational/],
    ['@relation r\n@attribute a real\n@data\n', /at least one row, got 1 attributes and 0 rows/],
    [`${head}{-1,1}\n`, /line 8: expected indices from 0 to 3, got -1/],
    [`${head}{0.5,1}\n`, /line 8: expected indices from 0 to 3, got 0\.5/],
    ['@relation r\n@attribute real\n', /line 2: expected @attribute NAME numeric, .* got @attribute real/],
    ["@relation r\n@attribute 'a'real\n", /line 2: expected @attribute NAME/],
    ["@relation r\n@attribute 'a real\n", /line 2: expected @attribute NAME/],
    ['@relation r\nhello\n', /line 2: expected @relation, @attribute or @data, got hello/],
  ])('is refused: %j', async (text, message) => {
    await expect(inspect(text, 't.arff')).rejects.toThrow(message);
  });
});
