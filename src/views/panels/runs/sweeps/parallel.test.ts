import { expect, it } from 'vitest';
import type { CellFigures } from '../../../../store/sweeps/figures.ts';
import { namesApart, parallelOf } from './parallel.ts';

const cell = (labels: string[], mean: number) =>
  ({ cell: { labels } as CellFigures['cell'], mean }) as CellFigures;

it('places every cell on its settings and its figure, the largest last, and leaves out those without one', () => {
  const cells = [cell(['0', 'a'], 3), cell(['1', 'b'], 1), cell(['4', 'a'], Number.NaN)];
  const { marks, strands, values } = parallelOf(cells, 2, false);
  expect(marks.map((own) => own.map(({ share }) => share))).toEqual([
    [0, 0.25, 1],
    [0, 1],
  ]);
  expect(strands.map(({ lines }) => lines.map((line) => line.slice(0, 2)))).toEqual([[[0.25, 1]], [[0, 0]]]);
  const [low, high] = values;
  expect(strands[1]?.lines[0]?.[2]).toBeCloseTo((3 - low) / (high - low), 12);
});

it('joins cells of one colour, and has 0 in the middle of the colours of a signed figure', () => {
  const same = Array.from({ length: 2000 }, (_, i) => cell([String(i)], i % 2 === 0 ? 5 : 0));
  const { strands } = parallelOf(same, 1, true);
  expect(strands.map(({ lines }) => lines.length)).toEqual([1000, 1000]);
  expect(strands[0]?.share).toBeCloseTo(0.5, 2);
});

it('puts names that would touch in lines of their own, within the picture', () => {
  const at = namesApart([20, 60, 190], [80, 60, 40], { width: 200, gap: 8, lines: 2 });
  expect(at).toEqual([
    { left: 2, line: 0 },
    { left: 30, line: 1 },
    { left: 158, line: 0 },
  ]);
});
