// Records come back as they were added, from the first ones, the last ones and those between, whichever are read first.
import { describe, expect, it } from 'vitest';
import { RecordStore, Records } from './recordStore.ts';
import { SheetCells } from './sheetCells.ts';

/** More than are kept as they are at both ends, in blocks of different sizes and widths. */
const BLOCKS = [1000, 1500, 0, 700, 1100];
const ROWS = 4300;
const WIDTH = 3;
/** Of one to three cells, none wider in the second block than two; in the middle is one that is empty. */
const record = (i: number): string[] =>
  Array.from({ length: 1 + (i % (i >= 1000 && i < 2500 ? 2 : WIDTH)) }, (_, c) =>
    i % 7 === 3 ? '' : `r${i}c${c}é`,
  );

function filled(): RecordStore {
  const store = new RecordStore(WIDTH);
  let at = 0;
  for (const count of BLOCKS) {
    const rows = Array.from({ length: count }, (_, k) => at + k);
    store.add(
      rows.map(record),
      rows.map((i) => ({ line: 2 * i + 1, isComment: i % 5 === 0, hasBreaks: i % 3 === 0 })),
    );
    at += count;
  }
  return store;
}

describe('a store of records', () => {
  it('gives cells, lines and what else is known, in any order', () => {
    const store = filled();
    expect(store.length).toBe(ROWS);
    const order = [...Array(ROWS).keys()];
    for (const i of [...order, ...order.reverse(), 2500, 999, 2499, 3199, 3200]) {
      const cells = record(i);
      if (store.widthOf(i) !== cells.length || store.cellsOf(i).join() !== cells.join())
        throw new Error(`record ${i}: ${store.cellsOf(i)}`);
    }
    for (const i of [0, 1, 3, 5, 15, 1023, 1024, 2047, 2048, 4299])
      expect([store.lineOf(i), store.isComment(i), store.hasBreaks(i), store.hasMore(i)]).toEqual([
        2 * i + 1,
        i % 5 === 0,
        i % 3 === 0,
        false,
      ]);
  });

  it('gives columns block by block, empty where a record has no such cell', () => {
    for (const c of [0, 1, 2, 3]) {
      const parts = [...filled().parts(c)];
      expect(parts.map(({ start, count }) => [start, count])).toEqual([
        [0, 1000],
        [1000, 1500],
        [2500, 700],
        [3200, 1100],
      ]);
      expect(parts.flatMap(({ cells }) => cells())).toEqual(
        Array.from({ length: ROWS }, (_, i) => record(i)[c] ?? ''),
      );
    }
  });

  it('knows of cells behind the kept ones only whether one is filled', () => {
    const store = new RecordStore(2);
    const facts = { line: 1, isComment: false, hasBreaks: false };
    const rows = [['a', 'b'], ['a', 'b', ' '], ['a', 'b', '', 'c'], ['a']];
    store.add(
      rows,
      rows.map(() => facts),
    );
    expect([0, 1, 2, 3].map(store.hasMore)).toEqual([false, false, true, false]);
    expect([0, 1, 2, 3].map(store.widthOf)).toEqual([2, 3, 4, 1]);
    expect([...store.parts(2)].map(({ start, cells }) => [start, cells()])).toEqual([[0, ['', '', '', '']]]);
    const records = new Records(store);
    // By the columns of a header, the kept cells count as well.
    expect([0, 1, 2, 3].map((i) => records.isLonger(i, 2))).toEqual([false, false, true, false]);
    expect([0, 1, 2, 3].map((i) => records.isLonger(i, 1))).toEqual([true, true, true, false]);
    // The same where only later is known how many are kept.
    const narrowed = new RecordStore(9);
    narrowed.add(
      rows,
      rows.map(() => facts),
    );
    expect([0, 1, 2, 3].map(narrowed.hasMore)).toEqual([false, false, false, false]);
    narrowed.narrow(2);
    expect([0, 1, 2, 3].map(narrowed.hasMore)).toEqual([false, false, true, false]);
    expect([...narrowed.parts(2)].map(({ cells }) => cells())).toEqual([['', '', '', '']]);
  });

  it('releases the cells of one column, but not those of the first and last records', () => {
    const store = filled();
    store.cellsOf(2401);
    store.release(1);
    expect([
      store.cellsOf(2),
      store.cellsOf(2399),
      store.cellsOf(ROWS - 64),
      store.cellsOf(ROWS - 1),
    ]).toEqual([2, 2399, ROWS - 64, ROWS - 1].map(record));
    expect(store.cellsOf(2401)).toEqual([record(2401)[0], undefined]);
    const cellsOf = (of: RecordStore) => [...of.parts(0)].map(({ cells }) => cells());
    expect(cellsOf(store)).toEqual(cellsOf(filled()));
  });
});

describe('some of the records', () => {
  const all = new Records(filled());

  it('are counted on their own, and know their number in the file', () => {
    const some = all.slice(990, 2600).filter((i) => i % 10 === 0);
    expect([some.length, some.row(0), some.row(1), some.line(1), some.width(1)]).toEqual([
      161,
      990,
      1000,
      2001,
      record(1000).length,
    ]);
    expect([some.isComment(0), some.hasBreaks(0), some.hasBreaks(1)]).toEqual([true, true, false]);
    expect(some.cells(160)).toEqual(record(2590));
    expect(some.column(0)).toEqual(Array.from({ length: 161 }, (_, i) => record(990 + 10 * i)[0]));
    expect(all.slice(4298).heads(5)).toEqual([record(4298), record(4299)]);
    expect(all.heads(2)).toEqual([record(0), record(1)]);
  });

  it('have columns in parts without those of which there are none', () => {
    const ends = all.filter((i) => i < 2 || i >= 3200);
    const parts = [...ends.parts(0)];
    expect(parts.map((part) => part.length)).toEqual([2, 1100]);
    expect(parts[1]?.[1099]).toBe('r4299c0é');
    expect([...all.parts(0)].map((part) => part.length)).toEqual([1000, 1500, 700, 1100]);
  });

  it('are found by what holds for them', () => {
    const few = all.slice(0, 4);
    expect(few.where((i) => few.width(i) === 1)).toEqual([0, 3]);
    expect([
      few.every((i) => few.width(i) < 4),
      few.every((i) => i < 3),
      all.slice(0, 0).every(() => false),
    ]).toEqual([true, false, true]);
  });
});

it('the cells of a sheet come in parts that no text is too long for', () => {
  const cells = new SheetCells(false);
  for (let row = 0; row < 9; row++) {
    cells.addRow(row + 1);
    cells.put(0, 'text', cells.textNumber('a'.repeat(2 ** 20)));
  }
  expect(Array.from(cells.parts(0), ({ start, count }) => [start, count])).toEqual([
    [0, 4],
    [4, 4],
    [8, 1],
  ]);
});
