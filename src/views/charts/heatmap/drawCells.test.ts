import { expect, it } from 'vitest';
import { cellsWithin } from './drawCells.ts';

it('cuts a section out of a map, its mask with it', () => {
  const table = new Uint8ClampedArray(1024);
  const indices = Uint8Array.from({ length: 12 }, (_, i) => i);
  const blocked = indices.map((i) => i % 2);
  const section = cellsWithin({ indices, table, blocked }, 4, { top: 1, left: 2, rows: 2, width: 2 });
  expect([...section.indices]).toEqual([6, 7, 10, 11]);
  expect([...(section.blocked ?? [])]).toEqual([0, 1, 0, 1]);
  expect(section.table).toBe(table);
});
