// The cells of a sweep as tables and files.
import type { CellFigures, Figure, Grid } from '../../../../store/sweeps/figures.ts';
import { toCsv } from '../../../charts/csv.ts';
import { formatCompact } from '../../../charts/format.ts';
import type { TableData } from '../../../charts/parts/DataTable.tsx';

/** "+1.2 [0.3, 2.1]", omitting missing parts. */
export function cellText({ mean, low, high }: Pick<CellFigures, 'mean' | 'low' | 'high'>): string {
  if (Number.isNaN(mean)) return '–';
  const interval = Number.isNaN(low) ? '' : ` [${formatCompact(low)}, ${formatCompact(high)}]`;
  return `${formatCompact(mean)}${interval}`;
}

export function gridTable(
  { label, unit }: Figure,
  grid: Grid,
  xLabel: string,
  rowLabel: string | null,
): TableData {
  const { rows, columns, cells } = grid;
  return {
    caption: `${label}${unit === '' ? '' : `, ${unit}`}, by ${rowLabel === null ? '' : `${rowLabel} and `}${xLabel}; mean over seeds and its 95 % interval`,
    header: [rowLabel ?? '', ...columns.map((column) => `${xLabel} ${column}`)],
    rows: rows.map((row, r) => [
      row === '' ? label : row,
      ...columns.map((_, c) => {
        const cell = cells[r * columns.length + c];
        return cell ? cellText(cell) : '–';
      }),
    ]),
  };
}

export function gridCsv({ label }: Figure, grid: Grid, xLabel: string, rowLabel: string | null): string {
  const { rows, columns, cells } = grid;
  const lines = rows.flatMap((row, r) =>
    columns.flatMap((column, c) => {
      const cell = cells[r * columns.length + c];
      return cell ? [[row, column, cell.mean, cell.sd, cell.low, cell.high, cell.n]] : [];
    }),
  );
  return toCsv([rowLabel ?? 'all', xLabel, label, 'sd', 'low', 'high', 'n'], lines);
}

/** Every cell of the sweep with every figure, one line each. */
export function sweepCsv(
  axes: readonly string[],
  figures: readonly { figure: Figure; cells: readonly CellFigures[] }[],
): string {
  const first = figures[0]?.cells ?? [];
  const header = [
    ...axes,
    'ended',
    'seeds',
    ...figures.flatMap(({ figure }) => [figure.label, `${figure.label}, sd`, `${figure.label}, n`]),
  ];
  return toCsv(
    header,
    first.map(({ cell, seeds, entries }, i) => [
      ...cell.labels,
      entries.filter(({ status }) => status === 'finished').length,
      seeds,
      ...figures.flatMap(({ cells }) => {
        const own = cells[i] as CellFigures;
        return [own.mean, own.sd, own.n];
      }),
    ]),
  );
}
