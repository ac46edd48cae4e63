import { expect, it } from 'vitest';
import type { CellFigures, Grid } from '../../../../store/sweeps/figures.ts';
import { extentOf, linesOf, positionsOf, ticksIn } from './lines.ts';
import { tradeoffOf } from './tradeoff.ts';

const cell = (mean: number, low = Number.NaN, high = Number.NaN) => ({ mean, low, high }) as CellFigures;

it('places numbers by their size and words one after the other', () => {
  expect(positionsOf(['0', '0.5', '2'])).toEqual([0, 0.5, 2]);
  expect(positionsOf(['MMoE', '2'])).toEqual([0, 1]);
});

it('draws a line per row through what has a value, with its interval where there is one', () => {
  const grid: Grid = {
    rows: ['a', 'b'],
    columns: ['1', '4', '5'],
    cells: [cell(1, 0, 2), cell(Number.NaN), cell(3), null, null, cell(9)],
  };
  expect(linesOf(grid)).toEqual([
    {
      name: 'a',
      points: [
        { x: 1, y: 1, low: 0, high: 2, column: 0 },
        { x: 5, y: 3, low: 3, high: 3, column: 2 },
      ],
    },
    { name: 'b', points: [{ x: 5, y: 9, low: 9, high: 9, column: 2 }] },
  ]);
});

it('has room around the values, zero where it matters, and round ticks', () => {
  expect(extentOf([1, 2], false)).toEqual([0.94, 2.06]);
  expect(extentOf([1, 2], true)[0]).toBeLessThan(0);
  expect(extentOf([], false)).toEqual([0, 1]);
  expect(ticksIn([-0.13, 1.1], 5)).toEqual([0, 0.5, 1]);
});

it('joins the cells that no other beats in two tasks, from the best in one to the best in the other', () => {
  const named = (means: number[]) =>
    means.map((mean, i) =>
      Object.assign(cell(mean), { cell: { labels: [`w${i}`, 'a'] } as CellFigures['cell'] }),
    );
  const points = tradeoffOf(
    named([0.9, 0.8, 0.7, 0.85, Number.NaN, 0.7]),
    named([0.1, 0.3, 0.5, 0.2, 0.9, 0.4]),
  );
  expect(points.map(({ label, onFront }) => [label, onFront])).toEqual([
    ['w0, a', true],
    ['w3, a', true],
    ['w1, a', true],
    ['w2, a', true],
    ['w5, a', false],
  ]);
});
