// A text column before its type is known: a survey of its cells, and the result of reading them.
import type { Note } from '../core/notes.ts';
import type { CellsOfText, Column } from './columns.ts';
import { FIRST_CELLS } from './columns.ts';
import { partsOf, type TextColumn } from './formats/format.ts';
import type { MissingRule } from './missing.ts';
import { newSurvey, type Survey, surveyCell } from './notation.ts';
import type { ColumnType } from './reading.ts';

export interface Draft {
  raw: TextColumn;
  asked: ColumnType | null;
  rule: MissingRule;
  survey: Survey;
  /**
   * The parsed numbers, if every non-missing cell is a plain number with a decimal point, so that no cell is parsed again; else
   * null.
   */
  plain: PlainNumbers | null;
}

export interface PlainNumbers {
  /** One per row, NaN where missing. */
  values: Float64Array;
  missing: number;
  markers: Markers;
  /** Numbers beyond float32. */
  beyond: CellsOfText;
}

/** Surveys all cells in one pass. */
export function draftOf(raw: TextColumn, asked: ColumnType | null, rule: MissingRule): Draft {
  const survey = newSurvey();
  const numbers = { missing: 0, markers: new Markers(), beyond: noCells(raw) };
  let values: Float64Array | null = new Float64Array(raw.rows);
  let row = -1;
  for (const part of partsOf(raw))
    for (const cell of part) {
      row++;
      if (rule(cell) !== 'value') {
        numbers.missing++;
        numbers.markers.add(cell);
        if (values) values[row] = Number.NaN;
      } else if (!surveyCell(cell, survey)) values = null;
      else if (values) {
        const value = Number(cell);
        if (!Number.isFinite(Math.fround(value))) addCell(numbers.beyond, cell, raw.lineAt(row));
        values[row] = value;
      }
    }
  return { raw, asked, rule, survey, plain: values && { values, ...numbers } };
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

  add(cell: string): void {
    if (cell !== '') this.counts.set(cell, (this.counts.get(cell) ?? 0) + 1);
  }

  list = () => [...this.counts].map(([text, count]) => ({ text, count }));
}

export const noCells = ({ unit }: TextColumn): CellsOfText => ({ count: 0, first: [], unit });

export function addCell(cells: CellsOfText, text: string, line: number): void {
  cells.count++;
  if (cells.first.length < FIRST_CELLS && !cells.first.some((cell) => cell.text === text))
    cells.first.push({ text, line });
}

/** Whether the cell holds a value: it is neither empty nor a missing marker, not even one that counts only among numbers. */
export const isThere = ({ rule }: Draft, cell: string): boolean => rule(cell) === 'value';

export const plainCount = (n: number) => n.toLocaleString('en');
