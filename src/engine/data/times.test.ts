// Times of day, Unix times and numbers that may mean missing, as a file holds them.
import { describe, expect, it } from 'vitest';
import { defaultsOf, type Params } from '../config/params.ts';
import { inspectFile } from './inspect.ts';
import { minutesOf } from './readTimes.ts';
import { tableSource } from './tableSource.ts';
import { generateTable, textInput } from './testing/files.ts';

const seen = async (header: string, cells: (i: number) => string, data: Params = {}, n = 20) => {
  const lines = Array.from({ length: n }, (_, i) => cells(i));
  const { columns, notes } = await inspectFile(textInput(`${header}\n${lines.join('\n')}`), data);
  return { columns, codes: notes.map(({ code, column }) => `${code} ${column ?? ''}`), notes };
};
const two = (n: number) => String(n).padStart(2, '0');

describe('times of day', () => {
  it.each([
    ['00:01', 1],
    ['9:30', 570],
    ['9:30 pm', 1290],
    ['12:05 a.m.', 5],
    ['23:59:30', 1439.5],
    ['1:00:00,5', 60 + 0.5 / 60],
    ['100:00', 6000],
    ['1000:30', 60_030],
    ['10000:30', null],
    ['13:00 pm', null],
    ['9:60', null],
    ['9:5', null],
    ['2024-01-01 09:30', null],
  ])('%s is %s minutes', (text, minutes) => {
    const read = minutesOf(text);
    if (minutes === null) expect(read).toBeNull();
    else expect(read).toBeCloseTo(minutes, 10);
  });

  it('are numbers where a column holds nothing else, and are no identifiers', async () => {
    const { columns, codes } = await seen(
      't,x',
      (i) => `${i === 3 ? 'NA' : `${two(i)}:${two(3 * i)}`},${i % 3}`,
    );
    expect(columns[0]).toMatchObject({
      type: 'numeric',
      min: 0,
      max: 19 * 60 + 57,
      missing: 1,
      markers: ['NA'],
    });
    expect(columns[0]?.reason).toBe('all 19 filled cells read as times of day, in minutes');
    expect(codes).toContain('times-read-as-minutes t');
    const spoilt = await seen('t,x', (i) => `${i === 3 ? 'noon' : `${two(i)}:00`},${i % 3}`);
    expect(spoilt.columns[0]?.type).toBe('categorical');
    const asked = await seen('t,x', (i) => `${two(i)}:00,${i % 3}`, { types: 't:categorical' });
    expect(asked.columns[0]?.type).toBe('categorical');
  });
});

describe('Unix times', () => {
  const of = (perSecond: number) => (i: number) =>
    `${BigInt(1_700_000_000 + 3600 * i * i) * BigInt(perSecond)},${i % 3}`;

  it.each([1, 1000, 1_000_000, 1_000_000_000])(
    'of %i in a second are told, and are dates where asked',
    async (unit) => {
      const { codes, notes } = await seen('t,x', of(unit));
      expect(codes).toContain('may-be-unix-time t');
      expect(notes.find(({ code }) => code === 'may-be-unix-time')?.text).toContain(
        'from 2023-11-14T22:13:20 to 2023-11-29T23:13:20. If they are dates, set data.types to t:date.',
      );
      const { columns } = await seen('t,x', of(unit), { types: 't:date' });
      expect(columns[0]).toMatchObject({
        type: 'date',
        min: '2023-11-14T22:13:20',
        max: '2023-11-29T23:13:20',
      });
    },
  );

  it('are not seen in amounts, codes and fractions', async () => {
    for (const cells of [
      (i: number) => `${1_700_000_000 + i}.5,1`,
      (i: number) => `${17_000_000 + 1000 * i},1`,
      (i: number) => `${i % 2 ? 1_700_000_000 : 1_800_000_000},1`,
      (i: number) => `${10 ** (i % 12)},1`,
    ])
      expect((await seen('t,x', cells)).codes).not.toContain('may-be-unix-time t');
  });
});

describe('a number that may mean missing', () => {
  it('is told where it lies apart and stands more than once', async () => {
    const cells = (odd: string, every: number) => (i: number) => `${i % every ? i : odd},${i % 3}`;
    const { notes } = await seen('a,x', cells('-999', 5));
    expect(notes.find(({ code }) => code === 'may-be-missing-marker')?.text).toBe(
      'Column a holds -999 in 4 cells, far from its other values (1 to 19). If that means missing, set data.missingMarkers to auto,-999.',
    );
    for (const none of [cells('-999', 20), cells('-998', 5), cells('-9', 5)])
      expect((await seen('a,x', none)).codes.join()).not.toContain('may-be-missing-marker');
    // Below zero, where nothing else is, though the others spread further.
    const wide = await seen('a,x', (i) => `${i % 5 ? i * 500 : -999},${i % 3}`);
    expect(wide.codes.join()).toContain('may-be-missing-marker');
    const asked = await seen('a,x', cells('-999', 5), { missingMarkers: 'auto,-999' });
    expect(asked.columns[0]).toMatchObject({ missing: 4, min: 1 });
  });

  it('is told of a run too, in features and targets', async () => {
    const lines = Array.from({ length: 60 }, (_, i) => `${i % 6 ? i : -999},${i % 7},${i % 10 ? i : 9999}`);
    const { notes } = await generateTable({
      data: defaultsOf(tableSource.dataParams),
      tasks: { targets: [{ column: 'y', type: 'regression' }] },
      file: textInput(`x,z,y\n${lines.join('\n')}`),
    });
    expect(notes.filter(({ code }) => code === 'may-be-missing-marker').map(({ column }) => column)).toEqual([
      'x',
      'y',
    ]);
  });
});
