// A symmetric task-by-task matrix as a declared map, from -1 to 1 around a neutral zero; the diagonal has no colour.
import { formatFixed, shortTaskLabel } from '../format.ts';
import type { CellPosition } from './cellKeys.ts';
import { divergingScale } from './colorScale.ts';
import type { AxisSpec } from './drawAxis.ts';
import type { HeatmapMark } from './mark.ts';

/** Scale for cosines and correlations. */
export const UNIT_SCALE = divergingScale(1, undefined, (value) => formatFixed(value, 0));

/** Limits for the width of a cell with room for two decimals. */
export const MATRIX_CELL = { smallest: 5, largest: 44 };

export interface TaskMatrix extends Pick<HeatmapMark, 'label' | 'remark'> {
  id: string;
  title: string;
  subtitle?: string;
  /** Names of the tasks in the data. */
  names: readonly string[];
  /** [tasks, tasks], row-major; NaN where undefined. */
  values: ArrayLike<number>;
}

/** Maps of the same tasks; the tooltip of each has the values of all. */
export function taskMatrices(matrices: readonly TaskMatrix[]): HeatmapMark[] {
  return matrices.map(({ names, ...matrix }) => {
    const { values } = matrix;
    const labels = names.map(shortTaskLabel);
    const count = names.length;
    const axis: AxisSpec = {
      title: '',
      id: 'task',
      labels,
      names,
      groups: [{ name: '', size: count }],
      tasks: names.map((_, task) => task),
    };
    return {
      ...matrix,
      rows: axis,
      columns: axis,
      scale: UNIT_SCALE,
      isSymmetric: true,
      blank: Uint8Array.from(values, (value, at) =>
        Math.floor(at / count) === at % count || Number.isNaN(value) ? 1 : 0,
      ),
      print: (value, { row, column }) =>
        Number.isNaN(value) ? '–' : formatFixed(value, row === column && value === 1 ? 0 : 2),
      explain: ({ row, column }) => ({
        title: `${labels[row]} · ${labels[column]}`,
        pairs: matrices.map((other) => ({
          label: other.title,
          value: formatFixed(other.values[row * count + column] ?? Number.NaN, 4),
          strong: other.values === values,
        })),
      }),
    };
  });
}

type TaskPair = readonly [number, number];

/** The cell of the chosen pair; null if the map has fewer tasks. */
export const cellOfPair = (pair: TaskPair | null, count: number): CellPosition | null =>
  pair && pair[0] < count && pair[1] < count ? { row: pair[0], column: pair[1] } : null;

/** The diagonal is not a pair. */
export const pairOfCell = ({ row, column }: CellPosition): [number, number] | null =>
  row === column ? null : [row, column];
