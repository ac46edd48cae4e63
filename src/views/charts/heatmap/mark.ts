// What a heatmap card declares: values, axes, colours and words. Pictures, tables, files, legend, keyboard and exact values
// follow from the declaration; see outputs.ts, HeatmapFigure.tsx and HeatmapCard.tsx.
import type { ReactNode } from 'react';
import type { NpyArray } from '../npy.ts';
import type { TableData } from '../parts/DataTable.tsx';
import type { CardFiles } from '../save/cardFiles.ts';
import type { Bands } from './bands.ts';
import type { CellDescription, CellPosition } from './cellKeys.ts';
import type { ColorScale } from './colorScale.ts';
import type { AxisSpec } from './drawAxis.ts';

/** Maps of more columns stand in a window that zooms and moves. */
export const LARGE = 256;

/**
 * One map. Arrays are compared by identity and everything else by content, so that a map is drawn anew only when it
 * changes: give the same arrays for the same numbers.
 */
export interface HeatmapMark {
  /** Name of its column in files, where a card has several maps: "measured_influence". */
  id?: string;
  /** Above the map, where a card has several, and above its column in tables. */
  title?: string;
  subtitle?: string;
  /** What it shows, for screen readers; the first sentence names the saved picture. */
  label: string;
  /** Stands under the saved picture; the label when left out. */
  caption?: string;
  rows: AxisSpec;
  columns: AxisSpec;
  /** [rows, columns], row-major; NaN where there is none. */
  values: ArrayLike<number>;
  scale: ColorScale;
  /** [rows, columns]; the numbers behind the colours, where these are not the values. */
  colored?: ArrayLike<number> | undefined;
  /** [rows, columns], 1 = blocked: hatched, and in tables `blockedText`. */
  blocked?: Uint8Array | null | undefined;
  /** A blocked cell in tables. */
  blockedText?: string;
  /** What the hatch means, in the legend; as in tables where it is left out. */
  blockedLegend?: string;
  /** [rows, columns], 1 = neutral, without a colour of the scale. */
  blank?: Uint8Array | null | undefined;
  /** The same upside down: the mirror image of the chosen cell is outlined, tables and files have a line per pair. */
  isSymmetric?: boolean;
  /** A value in tables and in the tooltip; four decimals where it is left out. */
  show?(value: number): string;
  /** Printed on cells that are wide enough; depends on nothing but the value and its place. */
  print?(value: number, position: CellPosition): string;
  /** What there is to say about a cell; its names and its value where it is left out. */
  explain?(position: CellPosition): CellDescription;
  /** After the colours of the legend. */
  legendText?: string | undefined;
  /** Below the map and its legend. */
  remark?: ReactNode;
}

/** A card's maps and how they leave it. Maps of one card have the same rows and columns. */
export interface HeatmapSpec {
  /** Names the menu that saves: "Gate weights" gives "Save Gate weights". */
  what: string;
  /** Name of saved files, without ending. */
  fileName: string;
  maps: readonly HeatmapMark[];
  /** Widths of a cell, CSS pixels; between them as the card has room. */
  cell: { smallest: number; largest: number };
  /** Marks the whole row of the chosen cell. */
  markRow?: boolean;
  /** Drawn below the columns and scrolled with them; `axis` stands at the left. */
  below?: (columns: Bands) => { axis: ReactNode; content: ReactNode };
  /** The caption of the table. */
  caption: string;
  /** In place of the table of the values. */
  table?: (chosen: CellPosition) => TableData;
  /** CSS pixels; 420 where it is left out. */
  tableHeight?: number;
  /** In place of the values as CSV. */
  csv?: () => string;
  /** In place of the values as NPY. */
  npy?: () => NpyArray;
  /** Formats of its own. */
  more?: CardFiles['more'];
}

/** For maps whose cells are edited: a selection of several, and keys that do something with it. */
export interface MapEditing {
  /** Two corners of the selection, which has one outline. */
  selected: { from: CellPosition; to: CellPosition };
  /** Follows a drag from where it began, and Shift with the arrow keys from the chosen cell. */
  onStretch(from: CellPosition, to: CellPosition): void;
  /** @returns whether the key means something at the chosen cell */
  onKey(key: string): boolean;
}

export const isLarge = ({ columns }: Pick<HeatmapMark, 'columns'>): boolean => columns.labels.length > LARGE;
