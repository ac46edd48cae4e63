// A feature that leaks a target is reported with the dataset.
import { expect, it } from 'vitest';
import { defaultsOf } from '../config/params.ts';
import { leakNotes } from './leaks.ts';
import { tableSource } from './tableSource.ts';
import { readColumn } from './testing/columns.ts';
import { generateTable, textInput } from './testing/files.ts';

const rows = Array.from({ length: 60 }, (_, i) => {
  const late = (i * 7) % 11 < 4;
  const delay = (i * 13) % 29;
  return [late ? 'yes' : 'no', Number(late), delay, 2 * delay + 1, (i * 5) % 17].join(',');
});
const leaks = async (ignore: string) => {
  const { notes } = await generateTable({
    data: { ...defaultsOf(tableSource.dataParams), ignore },
    tasks: {
      targets: [
        { column: 'late', type: 'binary' },
        { column: 'delay', type: 'regression' },
      ],
    },
    file: textInput(`late,flag,delay,minutes,other\n${rows.join('\n')}`),
  });
  return notes.filter(({ code }) => code === 'feature-gives-target-away').map(({ text }) => text);
};

it('codes of classes and a line through numbers are told, with the way to leave them out', async () => {
  expect(await leaks('')).toEqual([
    'Feature flag says the same, under other names, as the target late, and gives it away. Leave it out with data.ignore=flag, unless it is known when the target is to be predicted.',
    expect.stringMatching(/^Feature minutes lies on a line with the target delay/),
  ]);
  expect(await leaks('flag,minutes')).toEqual([]);
});

it('are looked for in 4,000 pairs of columns, and in no more', () => {
  const { column } = readColumn(
    'x',
    Array.from({ length: 20 }, (_, i) => String((i * i) / 2)),
  );
  const notes = (features: number, targets: number) =>
    leakNotes({
      features: Array(features).fill(column),
      targets: Array(targets).fill({ column, type: 'regression', classes: null }),
    }).length;
  expect([notes(2000, 2), notes(2001, 2)]).toEqual([4000, 0]);
});
