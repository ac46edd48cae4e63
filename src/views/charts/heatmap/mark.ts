// The declaration of a heatmap card: values, axes, colours and words. Pictures, tables, files, legend, keyboard and exact
// values follow from it; see outputs.ts, HeatmapFigure.tsx and HeatmapCard.tsx.
import type { ReactNode } from 'react';
import type { NpyArray } from '../npy.ts';
import type { TableData } from '../parts/DataTable.tsx';
import type { CardFiles } from '../save/cardFiles.ts';
import type { Bands } from './bands.ts';
import type { CellDescription, CellPosition } from './cellKeys.ts';
import type { ColorScale } from './colorScale.ts';
import type { AxisSpec } from './drawAxis.ts';

/** Maps with more columns are shown in a window that zooms and moves. */
export const LARGE = 256;

/**
 * One map. Arrays are compared by identity and everything else by content, so that a map is redrawn only when it changes: pass
 * the same arrays for the same numbers.
 */
export interface HeatmapMark {
  /** Name of its column in files, if a card has several maps: "measured_influence". */
  id?: string;
  /** Shown above the map if a card has several, and above its column in tables. */
  title?: string;
  subtitle?: string;
  /** Describes the map for screen readers; the first sentence names the saved picture. */
  label: string;
  /** Shown under the saved picture; default: the label. */
  caption?: string;
  rows: AxisSpec;
  columns: AxisSpec;
  /** [rows, columns], row-major; NaN where missing. */
  values: ArrayLike<number>;
  scale: ColorScale;
  /** [rows, columns]; the numbers behind the colours, if they are not the values. */
  colored?: ArrayLike<number> | undefined;
  /** [rows, columns], 1 = blocked: hatched, and `blockedText` in tables. */
  blocked?: Uint8Array | null | undefined;
  /** Text of a blocked cell in tables. */
  blockedText?: string;
  /** Meaning of the hatch, in the legend; default: as in tables. */
  blockedLegend?: string;
  /** [rows, columns], 1 = neutral, without a colour of the scale. */
  blank?: Uint8Array | null | undefined;
  /** The matrix is symmetric: the mirror image of the chosen cell is outlined, tables and files have a line per pair. */
  isSymmetric?: boolean;
  /** Formats a value in tables and in the tooltip; default: four decimals. */
  show?(value: number): string;
  /** Text on cells that are wide enough; must depend only on the value and its position. */
  print?(value: number, position: CellPosition): string;
  /** Describes a cell; default: its names and its value. */
  explain?(position: CellPosition): CellDescription;
  /** Shown after the colours of the legend. */
  legendText?: string | undefined;
  /** Shown below the map and its legend. */
  remark?: ReactNode;
}

/** The maps of a card and their files. Maps of one card have the same rows and columns. */
export interface HeatmapSpec {
  /** Name of the save menu: "Gate weights" gives "Save Gate weights". */
  what: string;
  /** Name of saved files, without extension. */
  fileName: string;
  maps: readonly HeatmapMark[];
  /** Limits for the width of a cell, CSS pixels; the available space decides. */
  cell: { smallest: number; largest: number };
  /** Marks the whole row of the chosen cell. */
  markRow?: boolean;
  /** Drawn below the columns and scrolled with them; `axis` is at its left. */
  below?: (columns: Bands) => { axis: ReactNode; content: ReactNode };
  /** The caption of the table. */
  caption: string;
  /** Replaces the table of values. */
  table?: (chosen: CellPosition) => TableData;
  /** CSS pixels; default 420. */
  tableHeight?: number;
  /** Replaces the values in CSV files. */
  csv?: () => string;
  /** Replaces the values in NPY files. */
  npy?: () => NpyArray;
  /** Further file formats. */
  more?: CardFiles['more'];
}

/** For maps with editable cells: a selection of several cells, and keys that act on it. */
export interface MapEditing {
  /** Two corners of the selection, which has one outline. */
  selected: { from: CellPosition; to: CellPosition };
  /** Called during a drag, and for Shift with an arrow key, with the first and the current cell. */
  onStretch(from: CellPosition, to: CellPosition): void;
  /** @returns whether the key was handled */
  onKey(key: string): boolean;
}

export const isLarge = ({ columns }: Pick<HeatmapMark, 'columns'>): boolean => columns.labels.length > LARGE;
