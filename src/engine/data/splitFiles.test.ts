// Splits that have files of their own: what is joined, what is drawn, and every difference that is refused.
import { describe, expect, it } from 'vitest';
import { defaultsOf, type Params } from '../config/params.ts';
import { type TableInput, withSplitFile } from '../config/tableInput.ts';
import { formatIssue } from '../core/errors.ts';
import { inspectFile } from './inspect.ts';
import { shareOfReading } from './progress.ts';
import { parseTable } from './tableFile.ts';
import { tableSource } from './tableSource.ts';
import { generateTable, issuesOf, textInput } from './testing/files.ts';

const rowsOf = (n: number, from = 0) =>
  Array.from(
    { length: n },
    (_, i) => `${(i * 7 + from) % 11}.5,${'abc'[i % 3]},${i % 2 ? 'yes' : 'no'}`,
  ).join('\n');
const TRAIN = `x,kind,y\n${rowsOf(40)}`;
const TEST = `x,kind,y\n${rowsOf(10, 3)}`;

function request(
  { test, validation, train = TRAIN }: { test?: string; validation?: string; train?: string },
  data: Params = {},
) {
  let file: TableInput = textInput(train, 'train.csv');
  const params: Params = {
    ...defaultsOf(tableSource.dataParams),
    standardiseFeatures: false,
    file: 'train.csv',
    ...data,
  };
  const given = { test, validation };
  for (const split of ['validation', 'test'] as const) {
    const text = given[split];
    if (text === undefined) continue;
    file = withSplitFile(file, split, textInput(text, `${split}.csv`));
    params[`${split}File`] ??= '';
    params[`${split}File`] = data[`${split}File`] ?? `${split}.csv`;
  }
  return { data: params, tasks: { targets: [{ column: 'y', type: 'auto' as const }] }, file };
}
const refusals = async (files: Parameters<typeof request>[0], data?: Params) =>
  (await issuesOf(request(files, data))).map(formatIssue);
const sorted = (rows: Uint32Array) => [...rows].sort((a, b) => a - b);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe('files of splits', () => {
  it('test and validate where both are given, whatever data.split says', async () => {
    for (const split of ['auto', 'random']) {
      const {
        split: found,
        notes,
        rows,
      } = await generateTable(request({ test: TEST, validation: TEST }, { split }));
      expect(rows).toBe(60);
      expect([sorted(found.train), sorted(found.validation), sorted(found.test)]).toEqual([
        range(0, 40),
        range(40, 50),
        range(50, 60),
      ]);
      const [note] = notes.filter(({ code }) => code === 'split-of-files');
      expect(note?.text).toMatch(
        /^Splits have files of their own: train\.csv trains, the 10 rows of validation\.csv/,
      );
      expect(note?.text.includes('data.split=random decides nothing')).toBe(split === 'random');
    }
  });

  it.each(['auto', 'random', 'group', 'time'])(
    'leave what is not given to data.split=%s, of the table alone',
    async (split) => {
      const splitColumn = split === 'group' ? 'kind' : 'x';
      const shares = { trainFraction: 0.6, validationFraction: 0.2, split, splitColumn };
      const { split: found } = await generateTable(request({ test: TEST }, shares));
      expect(sorted(found.test)).toEqual(range(40, 50));
      expect(sorted(Uint32Array.from([...found.train, ...found.validation]))).toEqual(range(0, 40));
      // Groups and rows of one time are not cut.
      expect(found.validation.length).toBe({ group: 13, time: 8 }[split] ?? 10);
      const { split: other } = await generateTable(
        request({ validation: TEST }, { trainFraction: 0.6, validationFraction: 0.2 }),
      );
      expect(sorted(other.validation)).toEqual(range(40, 50));
      expect(other.test).toHaveLength(10);
    },
  );

  it('hold the values of their own rows, with categories matched by name', async () => {
    const data = await generateTable(request({ test: 'y,kind,x\nyes,b,1.5\nno,c,2.5\nyes,new,3.5' }));
    expect(data.numeric[0]?.slice(40)).toEqual(Float32Array.of(1.5, 2.5, 3.5));
    const { categories = [] } = data.features[0] ?? {};
    // Categories are no numbers, however many rows the other files have.
    const large = request({ test: `x,kind,y\n${rowsOf(200)}` });
    const codes = (await inspectFile(large.file, large.data)).notes.map(({ code }) => code);
    expect(codes).not.toContain('mixed-types');
    expect((await generateTable(large)).rows).toBe(240);
    expect(Array.from(data.categorical[0]?.slice(40) ?? [], (code) => categories[code])).toEqual([
      'b',
      'c',
      'new',
    ]);
  });

  it('are read in the notation of the table', async () => {
    const train = `x;kind;y\n${rowsOf(40).replaceAll(',', ';').replaceAll('.', ',')}`;
    const { numeric } = await generateTable(request({ train, test: 'x;kind;y\n1,234;a;yes\n2;b;no' }));
    expect(numeric[0]?.slice(40)).toEqual(Float32Array.of(1.234, 2));
  });

  it('have names in their first line where the table has, and none where it has none', async () => {
    const named = request({ test: 'kind,y\nb,yes\na,no' }, { types: 'x:ignore' });
    expect((await generateTable(named)).rows).toBe(42);
    const bare = request({ train: rowsOf(40), test: 'NA,b,yes\nNA,a,no' });
    const tasks = { targets: [{ column: 'column 3', type: 'auto' as const }] };
    expect((await generateTable({ ...bare, tasks })).rows).toBe(42);
  });

  it('are refused where columns, types or classes differ, with the file, the place and what differs', async () => {
    expect(await refusals({ test: 'x,kind\n1,a\n2,b' })).toEqual([
      expect.stringMatching(
        /^data\.params\.file, test\.csv: expected the columns of train\.csv, y among them, got x, kind\. Add/,
      ),
    ]);
    expect(await refusals({ test: `id,${TEST.replaceAll('\n', '\n1,')}` })).toEqual([
      expect.stringMatching(
        /test\.csv: expected no columns but those of train\.csv, got id beside them\. Remove/,
      ),
    ]);
    expect(await refusals({ test: 'x,kind,y\n1,a,yes\nmany,b,no' })).toEqual([
      expect.stringMatching(
        /test\.csv, line 3, column x: expected numbers, as in train\.csv, got "many" \(line 3\)/,
      ),
    ]);
    expect(await refusals({ test: 'x,kind,y\n1,a,yes\n2,b,perhaps\n3,b,no' })).toEqual([
      expect.stringMatching(
        /^test\.csv, column y: expected classes out of "no", "yes", those of train\.csv, got "perhaps" in 1 row\./,
      ),
    ]);
    expect(await refusals({ test: TEST }, { testFile: 'other.csv' })).toEqual([
      expect.stringMatching(
        /^data\.params\.testFile: expected the contents of other\.csv, got test\.csv\. Choose the test file/,
      ),
    ]);
    expect(await refusals({ test: TEST }, { split: 'column', splitColumn: 'kind' })).toEqual([
      expect.stringMatching(
        /^data\.params\.split: expected another split than by a column, for test\.csv says which rows test/,
      ),
    ]);
    expect(await refusals({ test: 'x,kind,y\n1,a,yes' })).toEqual([
      expect.stringMatching(
        /^data\.params\.split: expected at least 2 rows in each split, got 33 training, 7 validation, 1 test rows of 41/,
      ),
    ]);
  });

  it('count the cells of all files, and are sampled each by itself', async () => {
    const one = request({ test: 'x,kind,y\n1,a,yes\nNA,b,no\n2,b,no' });
    const { columns } = await inspectFile(one.file, one.data);
    expect(columns[0]?.reason).toBe(
      'all of 40 filled cells read as numbers, in train.csv; cells read alike: 2 of test.csv',
    );
    const some = request({ test: TEST }, { sample: 'first', sampleRows: 10 });
    const { rows, notes } = await inspectFile(some.file, some.data);
    expect([
      rows,
      notes.filter(({ code }) => code === 'sample-of-each-file').map(({ text }) => text),
    ]).toEqual([
      20,
      [
        'data.sample=first reads at most 10 rows of each file by itself: train.csv, test.csv. The files keep no proportion to each other.',
      ],
    ]);
  });

  it('tell the progress of each file, which never goes back', async () => {
    const { file, data } = request({ test: TEST });
    const told: [number, string][] = [];
    await parseTable(file, data, async (fraction, phase) => {
      told.push([shareOfReading(fraction, phase), phase]);
    });
    const shares = told.map(([share]) => share);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    expect(told[0]?.[1]).toBe('reading the file: train.csv');
    expect(told.at(-1)?.[1]).toBe('Understanding columns: test.csv');
  });

  it('may lack a column that is ignored, and name themselves in notes and lines that are left out', async () => {
    const types = { types: 'kind:ignore' };
    const file = request({ test: 'x,y\n1.5,yes\n# gone\n2.5,no' }, types);
    expect((await generateTable(file)).rows).toBe(42);
    const { dropped } = await inspectFile(file.file, file.data);
    expect(dropped).toEqual([{ reason: expect.any(String), count: 1, lines: [3], file: 'test.csv' }]);
  });
});
