import { expect, it } from 'vitest';
import { pooledCells } from './drawCells.ts';

it('pools a large map: the highest colour of each square, blocked where all of it is', () => {
  const table = new Uint8ClampedArray(1024);
  const cells = { indices: Uint8Array.of(1, 9, 2, 0, 3, 4, 0, 0, 5, 6, 7, 0), table, blocked: null };
  expect(pooledCells(cells, 4, 4).cells).toBe(cells);
  expect(Array.from(pooledCells(cells, 4, 2).cells.indices)).toEqual([9, 2, 6, 7]);
  const blocked = Uint8Array.of(0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0);
  const pooled = pooledCells({ ...cells, blocked }, 4, 2);
  expect(pooled.columns).toBe(2);
  expect(Array.from(pooled.cells.blocked ?? [])).toEqual([0, 1, 0, 0]);
  expect(Array.from(pooled.cells.indices)).toEqual([4, 0, 6, 7]);
});
