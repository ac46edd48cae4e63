// Small tables of common kinds, each with the correct number, or a refusal with its remedy.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultsOf, type Params, parseTargets } from '../config/params.ts';
import { type TableInput, tableInput } from '../config/tableInput.ts';
import { formatIssue } from '../core/errors.ts';
import type { UnopenedRequest } from './openRequest.ts';
import { parseTable } from './tableFile.ts';
import { previewTable, tableSource } from './tableSource.ts';
import { generateTable, issuesOf, textInput as text } from './testing/files.ts';

const file = (name: string): TableInput =>
  tableInput(name, new Blob([readFileSync(new URL(`./testing/cases/${name}`, import.meta.url))]));

function request(input: TableInput, targets: string, data: Params = {}): UnopenedRequest {
  return {
    data: { ...defaultsOf(tableSource.dataParams), ...data },
    tasks: { targets: parseTargets(targets) ?? [] },
    file: input,
  };
}
const refused = async (input: TableInput, targets: string, data: Params = {}) =>
  (await issuesOf(request(input, targets, data))).map(formatIssue);

async function generated(input: TableInput, targets: string, data: Params = {}) {
  const r = request(input, targets, { standardiseTargets: false, standardiseFeatures: false, ...data });
  const { rows, features, tasks, targets: labels, notes } = await generateTable(r);
  const means = labels.map((l) => l.reduce((sum, v) => sum + v, 0) / rows);
  return {
    rows,
    features: features.map((f) => `${f.name} ${f.kind}`),
    classes: tasks.map((t) => t.classes),
    means,
    codes: notes.map((n) => n.code),
    notes: notes.map((n) => n.text),
  };
}
const firstOf = async (input: TableInput) => (await parseTable(input)).columns[0]?.numbers[0];

const PLAIN = ['temp numeric', 'flow numeric'];

describe('the listed tables', () => {
  it('rownames: the first column is names of rows', async () => {
    const read = await generated(file('rownames.csv'), 'yield:regression');
    expect(read).toMatchObject({ rows: 120, features: PLAIN, codes: ['row-names-left-out'] });
    expect(read.means[0]).toBeCloseTo(82.2, 1);
  });

  it('mixed_eol: every line is a row', async () => {
    const read = await generated(file('mixed_eol.csv'), 'y:regression,c:binary');
    expect(read).toMatchObject({ rows: 80, features: ['a numeric', 'b numeric'], notes: [] });
  });

  it('decimal_comma: numbers, and the notation is shown', async () => {
    const read = await generated(file('decimal_comma.csv'), 'klasse:binary,ertrag:regression');
    expect(read).toMatchObject({
      rows: 120,
      features: ['gewicht numeric', 'hoehe numeric'],
      codes: ['number-notation'],
    });
    expect(read.means[1]).toBeCloseTo(82.2, 1);
  });

  it('currency: amounts and percentages', async () => {
    const read = await generated(file('currency.csv'), 'sold:binary,price:regression,share:regression');
    expect(read).toMatchObject({
      rows: 120,
      features: ['rooms numeric'],
      codes: ['number-notation', 'number-notation'],
    });
    expect(read.means[1]).toBeGreaterThan(40_000);
    expect(read.means[2]).toBeGreaterThan(10);
  });

  it('na_markers: missing values, counted', async () => {
    const read = await generated(file('na_markers.csv'), 'yield:regression,fail:binary');
    expect(read).toMatchObject({ rows: 120, features: PLAIN });
    expect(read.notes[0]).toMatch(/temp \("\." 2, "-" 6, "N\/A" 1, "<NA>" 1, "n\.a\." 1\)/);
  });

  it('spoilt_target: the cell is named with its line and the choices, and one of them works', async () => {
    const spoilt = file('spoilt_target.csv');
    expect(await refused(spoilt, 'yield:regression')).toEqual([
      'tasks.targets[0]: expected numbers in yield, got "unknown" (line 79), beside 119 numbers. Correct the cell; or set data.missingMarkers to auto,unknown to count it as missing; or choose another column out of temp, flow, yield, fail.',
    ]);
    const read = await generated(spoilt, 'yield:regression', { missingMarkers: 'auto,unknown' });
    expect(read.rows).toBe(119);
  });

  it('no_header: names that look like data are no names, and the one that was meant is told', async () => {
    const bare = file('no_header.csv');
    expect(await refused(bare, '83.66:regression')).toEqual([
      'tasks.targets[0]: expected a column out of column 1, column 2, column 3, column 4, got 83.66. The first line looks like data, so the columns have no names: choose column 3:regression, or set data.header to present if 83.66 is a name.',
    ]);
    const read = await generated(bare, 'column 3:regression');
    expect(read).toMatchObject({ rows: 120, codes: ['no-header'] });
    expect((await generated(bare, '83.66:regression', { header: 'present' })).rows).toBe(119);
    expect((await generated(file('rownames.csv'), 'yield:regression', { header: 'present' })).rows).toBe(120);
  });

  it.each(['sep_line.csv', 'title_lines.csv'])('%s: lines above the table are no rows', async (name) => {
    const read = await generated(file(name), 'yield:regression');
    expect(read).toMatchObject({ rows: 120, features: [...PLAIN, 'fail numeric'] });
    expect(read.codes).toEqual([name === 'sep_line.csv' ? 'sep-line' : 'comment-lines-left-out']);
    expect(read.means[0]).toBeCloseTo(82.2, 1);
  });

  it('zip: codes are categories, with the reason, unless a type says otherwise', async () => {
    const zip = file('zip.csv');
    expect(await generated(zip, 'rent:regression')).toMatchObject({
      features: ['plz categorical', 'flow numeric'],
      codes: ['digits-read-as-categories'],
    });
    expect(await generated(zip, 'rent:regression', { types: 'plz:numeric' })).toMatchObject({
      features: ['plz numeric', 'flow numeric'],
      codes: [],
    });
  });

  it('yesno: spellings of a class are refused in a binary task, with the setting that merges them', async () => {
    const yesno = file('yesno.csv');
    expect((await refused(yesno, 'fail:binary'))[0]).toMatch(
      /expected 2 values in fail, got 6 \(.*\), of which 2 differ in more than case or blanks\. Set data\.mergeSpellings to true/,
    );
    const merged = await generated(yesno, 'fail:binary', { mergeSpellings: true });
    expect(merged.codes).toEqual(['spellings-merged', 'blanks-at-ends']);
    expect(merged.classes[0]?.map((c) => c.toLowerCase())).toEqual(['no', 'yes']);
    const apart = await generated(yesno, 'fail:multiclass');
    expect(apart.codes).toEqual(expect.arrayContaining(['spellings-kept-apart', 'blanks-at-ends']));
  });

  it('odd_names: names in quotes work wherever columns are listed', async () => {
    const odd = file('odd_names.csv');
    const read = await generated(odd, '"yield, kg":regression,fail:yes:binary', {
      ignore: '"size, cm"',
      types: '"ratio a:b":decimal-point',
    });
    expect(read.features).toEqual(['ratio a:b numeric']);
    expect(read.notes).toEqual(['Left out as asked: "size, cm".']);
    expect(read.means[0]).toBeCloseTo(82.2, 1);
    expect((await refused(odd, 'yield, kg:regression'))[0]).toBe(
      'tasks.targets[0]: expected a column out of "size, cm", "ratio a:b", "yield, kg", "fail:yes", got yield. A name that holds a comma, a colon or a quote stands in double quotes, a quote in it doubled, as in "yield, kg".',
    );
  });

  it('overflow_test_row: the cell is refused where it stands, unless the column is not used', async () => {
    const overflow = file('overflow_test_row.csv');
    expect(await refused(overflow, 'y:binary,z:regression')).toEqual([
      'data.params.file, overflow_test_row.csv, line 16, column a: expected numbers between ±3.4028235e38, the limit of float32, got "1e39" (line 16). Correct the cell, leave the column out with data.ignore, or count the cell as missing with data.missingMarkers=auto,1e39.',
    ]);
    expect((await generated(overflow, 'y:binary,z:regression', { ignore: 'a' })).rows).toBe(100);
    expect(
      (await generated(overflow, 'y:binary,z:regression', { missingMarkers: 'auto,1e39' })).notes[0],
    ).toMatch(/a \("1e39" 1\)/);
  });
});

const rows = (n: number, row: (i: number) => string) =>
  Array.from({ length: n }, (_, i) => row(i)).join('\n');

describe('refusals', () => {
  const spoiltLast = text(`x,y\n${rows(40, (i) => `${i},${i * 0.5}`)}\nunknown,390.5\n`);

  it('name a footer that spoils a column', async () => {
    expect((await refused(spoiltLast, 'x:regression'))[0]).toMatch(
      /got "unknown" \(line 42\), beside 40 numbers/,
    );
  });

  it('name a target beyond float32, and infinity, in any split', async () => {
    const input = text(`x,y\n${rows(40, (i) => `${i},${i === 39 ? '-Infinity' : i * 0.5}`)}`);
    expect((await refused(input, 'y:regression'))[0]).toMatch(
      /line 41, column y: .* got "-Infinity" \(line 41\)/,
    );
  });

  it('name text among declared numbers', async () => {
    expect(await refused(spoiltLast, 'y:regression', { types: 'x:numeric' })).toEqual([
      'data.params.file, table.csv, line 42, column x: expected numbers only, as data.types says of x, got "unknown" (line 42). Correct the cell, leave the column out with data.ignore, or count the cell as missing with data.missingMarkers=auto,unknown. Or leave the column out of data.types.',
    ]);
  });

  it.each<[Params, RegExp]>([
    [
      { types: 'x' },
      /^data\.params\.types: expected a type out of numeric, categorical, .* got x without one/,
    ],
    [{ types: '"x":text' }, /got x:text/],
    [{ types: '"x' }, /^data\.params\.types: expected a list with matching quotes, got "x/],
    [{ types: 'z:numeric' }, /^data\.params\.types: expected columns out of x, y, got z/],
    [{ missingMarkers: '"x' }, /^data\.params\.missingMarkers: expected a list with matching quotes/],
    [{ ignore: '"x' }, /^data\.params\.ignore: expected columns out of x, got "x, whose quotes do not match/],
  ])('of settings: %j', async (data, message) => {
    expect((await refused(spoiltLast, 'y:regression', data))[0]).toMatch(message);
  });

  it('count the lines of a file whose cells hold line breaks', async () => {
    const input = text(
      `a,note,x,y\n${rows(40, (i) => `${i},"one\ntwo",${i % 7},${i === 20 ? 'oops' : i * 0.5}`)}`,
    );
    expect((await refused(input, 'y:regression'))[0]).toMatch(/got "oops" \(line 43\)/);
    expect((await refused(input, 'a:regression', { types: 'y:numeric' }))[0]).toMatch(/line 43, column y/);
    const spoilt = text(`a,note,y\n${rows(40, (i) => `${i === 20 ? 'oops' : i},"one\ntwo",${i}`)}`);
    expect((await refused(spoilt, 'a:regression'))[0]).toMatch(/got "oops" \(line 42\)/);
  });

  it('name what removed the rows that are too few', async () => {
    const input = text(`x,w,y\n${rows(40, (i) => `${i < 36 ? 'NA' : i},${i % 7},${i < 2 ? '' : i * 0.5}`)}`);
    expect((await refused(input, 'y:regression', { missing: 'drop' }))[0]).toMatch(
      /at least 2 rows in each split, got .* of 4; 2 of 40 rows miss a target and are dropped: y in 2\. 34 of 38 rows miss a number and are dropped, as data\.missing=drop asks: x in 34\. Use more rows/,
    );
    const small = text('x,y\n1,2\n2,3\n');
    expect((await refused(small, 'y:regression'))[0]).toMatch(/of 2\. Use more rows, or fractions[^.]*\.$/);
  });

  it('name the cells that are a third class, with their lines, and what to do', async () => {
    const odd = text(
      `x,y,z\n${rows(40, (i) => `${i},${i === 9 ? 'maybe' : i % 3 ? 'no' : 'yes'},${[7, 20].includes(i) ? 2 : i % 2}`)}`,
    );
    expect(await refused(odd, 'y:binary')).toEqual([
      'tasks.targets[0]: expected 2 values in y, got 3 ("no" (26 rows), "yes" (13 rows), "maybe" (line 11)). Make it multiclass, or correct the cells that are neither of the two, or count them as missing with data.missingMarkers=auto,maybe.',
    ]);
    expect((await refused(odd, 'z:binary'))[0]).toMatch(
      /got 3 \("0" \(19 rows\), "1" \(19 rows\), "2" \(2 rows, first in line 9\)\)\. Make it multiclass or regression/,
    );
    expect((await generated(odd, 'y:binary', { missingMarkers: 'auto,maybe' })).rows).toBe(39);
  });

  it('say how a name is written in the file', async () => {
    expect((await refused(spoiltLast, 'Y:regression'))[0]).toMatch(
      /got Y\. Write it as in the file: y:regression\.$/,
    );
  });

  it('say why no column is left as a feature, and how to keep one', async () => {
    const input = text(`t,c,y\n${rows(60, (i) => `${1e18 + 1024 * i},5,${i * 0.5}`)}`);
    const [message] = await refused(input, 'y:regression');
    expect(message).toMatch(
      /one column left as a feature, got none\. Column t .*set data\.types to .*t:numeric/,
    );
    expect(message).toMatch(/Column c is constant and is left out\. Keep one of them/);
    expect((await generated(input, 'y:regression', { types: 't:numeric' })).features).toEqual(['t numeric']);
  });

  it('tell codes apart from text', async () => {
    const input = text(`plz,y\n${rows(40, (i) => `0${1000 + i},${i * 0.5}`)}`);
    expect((await refused(input, 'plz:regression'))[0]).toMatch(
      /got digits that are read as categories, see the notes\. Set data\.types to plz:numeric if these are numbers; or make it multiclass, or choose/,
    );
  });

  it('point to the types where a name ends in an unknown one', async () => {
    expect((await refused(spoiltLast, 'y:regresion'))[0]).toMatch(
      /got y:regresion\. Choose one of the columns, and a type out of/,
    );
    expect((await refused(spoiltLast, 'w'))[0]).toMatch(/got w\. Choose one of the columns\.$/);
  });
});

describe('identifiers', () => {
  it('are left out, but not when their type was asked for', async () => {
    const input = text(`key,x,y\n${rows(60, (i) => `k${i},${i % 7},${i * 0.5}`)}`);
    expect((await generated(input, 'y:regression')).features).toEqual(['x numeric']);
    expect((await generated(input, 'y:regression', { types: 'key:categorical' })).features).toEqual([
      'key categorical',
      'x numeric',
    ]);
  });
});

describe('a column of numbers in two notations', () => {
  it('is left out with the cells that stand in the way, and is not said to name rows', async () => {
    const input = text(
      `b,x,y\n${rows(60, (i) => `${i % 2 ? `0.${100 + i}` : `${i}.5%`},${i % 7},${i * 0.5}`)}`,
    );
    const { features, notes } = await generated(input, 'y:regression');
    expect(features).toEqual(['x numeric']);
    const said = notes.find((note) => note.startsWith('Column b'));
    expect(said).toMatch(/^Column b holds 30 numbers beside texts such as "0\.101" \(line 3\)/);
    expect(said).toContain('write all of them in one notation');
  });
});

describe('the table that is kept', () => {
  it('is read again when a setting of reading changes, and only then', async () => {
    const input = file('no_header.csv');
    const copy = structuredClone(input);
    const first = await parseTable(input);
    expect(await parseTable(copy)).toBe(first);
    expect(await parseTable(input, { seed: 3, ignore: 'x' })).toBe(first);
    expect((await parseTable(input, { header: 'present' })).columns[0]?.name).toBe('50.01');
    expect((await previewTable(input, { header: 'none' })).columns[0]?.name).toBe('column 1');
    expect((await parseTable({ ...input, name: 'b.csv' })).name).toBe('b.csv');
    const other = tableInput(input.name, new Blob(['6', input.blob.slice(1)]));
    expect([await firstOf(other), await firstOf(input)]).toEqual([60.01, 50.01]);
  });

  it('is read once for all who ask while it is read, and for each by itself where the first is stopped', async () => {
    const input = file('no_header.csv');
    const [one, two] = await Promise.all([parseTable(input), parseTable(structuredClone(input))]);
    expect(two).toBe(one);
    const stopped = parseTable(input, { header: 'none' }, async () => {
      throw new Error('stopped');
    });
    const other = parseTable(input, { header: 'none' });
    await expect(stopped).rejects.toThrow('stopped');
    expect((await other).columns[0]?.name).toBe('column 1');
  });
});
