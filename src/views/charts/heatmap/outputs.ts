// A declared heatmap as a table, CSV, NPY and picture. Tables round; files keep all digits.
import type { Scheme } from '../../theme/palette.ts';
import { type CsvValue, type LongTable, toCsv } from '../csv.ts';
import { formatFixed, taskLabel } from '../format.ts';
import type { NpyArray } from '../npy.ts';
import type { TableData } from '../parts/DataTable.tsx';
import type { CardFiles } from '../save/cardFiles.ts';
import type { CellDescription, CellPosition } from './cellKeys.ts';
import { colorCells } from './colorScale.ts';
import type { AxisSpec } from './drawAxis.ts';
import type { Figure } from './figure.ts';
import { type HeatmapMark, type HeatmapSpec, isLarge } from './mark.ts';

/** Maximum number of cells for which a table shows the whole map: more elements would block the page. */
export const TABLE_CELLS = 4200;

const namesOf = ({ names, labels }: AxisSpec): readonly string[] => names ?? labels;
const idOf = ({ id }: AxisSpec, otherwise: string): string => id ?? otherwise;
const titleOf = (mark: HeatmapMark): string => mark.title ?? mark.label;

/** Pairs i < j of `count` rows. */
export function pairsOf(count: number): [number, number][] {
  const pairs: [number, number][] = [];
  for (let i = 0; i < count; i++) for (let j = i + 1; j < count; j++) pairs.push([i, j]);
  return pairs;
}

const indexOf = ({ columns }: HeatmapMark, { row, column }: CellPosition): number =>
  row * columns.labels.length + column;

/** The number of a cell in a spreadsheet; blocked ones have none, unless being blocked is what the map is about. */
const numberAt = ({ values, blocked }: HeatmapMark, at: number): number | null =>
  blocked?.[at] === 1 && blocked !== values ? null : (values[at] ?? null);

/** The text of a cell; blocked ones have no number. */
export function cellText(mark: HeatmapMark, position: CellPosition): string {
  const at = indexOf(mark, position);
  if (mark.blocked?.[at] === 1 && mark.blockedText !== undefined) return mark.blockedText;
  const value = mark.values[at] ?? Number.NaN;
  return mark.show?.(value) ?? formatFixed(value, 4);
}

/** The description of a cell. */
export function explainMark(mark: HeatmapMark, position: CellPosition): CellDescription {
  if (mark.explain) return mark.explain(position);
  const { rows, columns } = mark;
  return {
    title: `${rows.labels[position.row]} · ${columns.labels[position.column]}`,
    pairs: [{ label: 'Value', value: cellText(mark, position) }],
  };
}

function pairTable({ maps, caption }: HeatmapSpec, rows: AxisSpec): TableData {
  const names = namesOf(rows).map(taskLabel);
  return {
    caption,
    header: ['Pair', ...maps.map(titleOf)],
    rows: pairsOf(names.length).map(([row, column]) => [
      `${names[row]} · ${names[column]}`,
      ...maps.map((mark) => cellText(mark, { row, column })),
    ]),
  };
}

/**
 * The values as a table: a line per pair for symmetric maps, a line per row for others; for maps too large for that, a line per
 * column of the chosen row. Values of several maps are side by side.
 */
export function tableOf(spec: HeatmapSpec, chosen: CellPosition): TableData {
  const { maps, caption } = spec;
  const [first] = maps;
  if (!first) return { caption, header: [], rows: [] };
  if (spec.table) return spec.table(chosen);
  if (maps.every((mark) => mark.isSymmetric)) return pairTable(spec, first.rows);
  const [rows, columns] = [namesOf(first.rows).map(taskLabel), namesOf(first.columns).map(taskLabel)];
  const [rowId, columnId] = [idOf(first.rows, 'row'), idOf(first.columns, 'column')];
  if (rows.length * columns.length * maps.length > TABLE_CELLS) {
    const row = Math.min(chosen.row, rows.length - 1);
    return {
      caption: `${caption}: ${rowId} ${rows[row]}, chosen in the map; the CSV file has every ${rowId}`,
      header: [columnId, ...maps.map(titleOf)],
      rows: columns.map((name, column) => [name, ...maps.map((mark) => cellText(mark, { row, column }))]),
    };
  }
  const what = maps.length > 1 ? `${caption}: ${maps.map(titleOf).join(', ')}` : caption;
  return {
    caption: what,
    header: [`${rowId} \\ ${columnId}`, ...columns],
    rows: rows.map((name, row) => [
      name,
      ...columns.map((_, column) => maps.map((mark) => cellText(mark, { row, column })).join(', ')),
    ]),
  };
}

/** A line per row and a column per column, for one map. */
export function linesOf(mark: HeatmapMark): LongTable {
  const width = mark.columns.labels.length;
  const names = namesOf(mark.rows);
  return {
    header: [idOf(mark.rows, 'row'), ...namesOf(mark.columns)],
    numRows: names.length,
    row: (row) => [
      names[row] ?? '',
      ...Array.from({ length: width }, (_, column) => numberAt(mark, row * width + column)),
    ],
  };
}

/** One map with its rows and columns; for symmetric maps a line per pair, for several other maps a line per cell. */
export function csvOf({ maps, csv }: HeatmapSpec): string {
  if (csv) return csv();
  const [first] = maps;
  if (!first) return '';
  const [rows, columns] = [namesOf(first.rows), namesOf(first.columns)];
  const [rowId, columnId] = [idOf(first.rows, 'row'), idOf(first.columns, 'column')];
  const ids = maps.map((mark, i) => mark.id ?? `value${i > 0 ? i + 1 : ''}`);
  const line = (row: number, column: number): CsvValue[] => [
    rows[row] ?? '',
    columns[column] ?? '',
    ...maps.map((mark) => numberAt(mark, row * columns.length + column)),
  ];
  if (maps.every((mark) => mark.isSymmetric))
    return toCsv(
      [`${rowId}_a`, `${rowId}_b`, ...ids],
      pairsOf(rows.length).map(([row, column]) => line(row, column)),
    );
  if (maps.length > 1)
    return toCsv(
      [rowId, columnId, ...ids],
      rows.flatMap((_, row) => columns.map((_, column) => line(row, column))),
    );
  const { header, numRows, row } = linesOf(first);
  return toCsv(
    header,
    Array.from({ length: numRows }, (_, i) => row(i)),
  );
}

/** [rows, columns] for one map, [maps, rows, columns] for several. */
export function npyOf({ maps, npy }: HeatmapSpec): NpyArray {
  if (npy) return npy();
  const [first] = maps;
  return first && maps.length === 1 ? npyOfMark(first) : stackOf(maps);
}

/** [rows, columns] */
export const npyOfMark = ({ values, rows, columns }: HeatmapMark): NpyArray => ({
  values,
  shape: [rows.labels.length, columns.labels.length],
});

/** [maps, rows, columns], for one map too. */
export function stackOf(maps: readonly HeatmapMark[]): NpyArray {
  const shape = [maps[0]?.rows.labels.length ?? 0, maps[0]?.columns.labels.length ?? 0];
  return { values: maps.flatMap((mark) => Array.from(mark.values)), shape: [maps.length, ...shape] };
}

/** The entries of the save menu of a heatmap card; a map of millions of cells is written line by line. */
export function filesOf(spec: HeatmapSpec): CardFiles | null {
  const { what, fileName, maps, csv } = spec;
  const [first] = maps;
  if (!first && !csv) return null;
  const isLong = first !== undefined && !csv && isLarge(first);
  return {
    what,
    fileName,
    csv: () => (isLong ? linesOf(first) : csvOf(spec)),
    npy: first && (() => npyOf(spec)),
    ...(spec.more ? { more: spec.more } : {}),
  };
}

/** The map as a figure to save. */
export function figureOf(mark: HeatmapMark, scheme: Scheme): Figure {
  const { label, caption = label, rows, columns, scale, print } = mark;
  return {
    caption,
    rows,
    columns,
    cells: colorCells({ ...mark, values: mark.colored ?? mark.values }, scheme),
    scale: scale.ends ?? undefined,
    hatched: mark.blocked?.includes(1) ? (mark.blockedLegend ?? mark.blockedText) : undefined,
    legend: mark.legendText,
    print:
      print &&
      ((row, column) => print(mark.values[indexOf(mark, { row, column })] ?? Number.NaN, { row, column })),
  };
}
