// A text column before its type is known: a survey of its cells, and the result of reading them.
import type { Note } from '../core/notes.ts';
import type { CodedCells } from './codedCells.ts';
import type { DigitSurvey } from './codes.ts';
import type { CellsOfText, Column } from './columns.ts';
import { FIRST_CELLS } from './columns.ts';
import { partsOf, type TextColumn } from './formats/format.ts';
import type { MissingRule } from './missing.ts';
import type { Survey } from './notation.ts';
import type { ColumnType } from './reading.ts';

export interface Draft {
  raw: TextColumn;
  asked: ColumnType | null;
  rule: MissingRule;
  survey: Survey;
  digits: DigitSurvey;
  /**
   * The parsed numbers, if every non-missing cell is a plain number with a decimal point, so that no cell is parsed again; else
   * null.
   */
  plain: PlainNumbers | null;
  /** The distinct texts, found when they are asked for. */
  readonly coded: CodedCells;
  /** The cells are not needed any more. */
  release(): void;
}

export interface PlainNumbers {
  /** One per row, NaN where missing. */
  values: Float64Array;
  missing: number;
  markers: Markers;
  /** Numbers beyond float32. */
  beyond: CellsOfText;
}

export interface ReadColumn {
  column: Column;
  /** What is unusual about the number notation, in words, with an example; null for plain numbers and for text. */
  notation: { traits: string; example: string } | null;
  notes: Note[];
}

/** Counts cells per missing marker; empty cells are not counted. */
export class Markers {
  private readonly counts = new Map<string, number>();

  add(cell: string, times = 1): void {
    if (cell !== '') this.counts.set(cell, (this.counts.get(cell) ?? 0) + times);
  }

  list = () => [...this.counts].map(([text, count]) => ({ text, count }));
}

export const noCells = ({ unit }: TextColumn): CellsOfText => ({ count: 0, first: [], unit });

/** @param times - how many cells have the text, the first of them in that line */
export function addCell(cells: CellsOfText, text: string, line: number, times = 1): void {
  cells.count += times;
  if (cells.first.length < FIRST_CELLS && !cells.first.some((cell) => cell.text === text))
    cells.first.push({ text, line });
}

/** Whether the cell holds a value: it is neither empty nor a missing marker, not even one that counts only among numbers. */
export const isThere = ({ rule }: Draft, cell: string): boolean => rule(cell) === 'value';

/** The cells that hold values, in order. */
export function* cellsThere(draft: Draft): Generator<string> {
  for (const part of partsOf(draft.raw)) for (const cell of part) if (isThere(draft, cell)) yield cell;
}

export const plainCount = (n: number) => n.toLocaleString('en');
