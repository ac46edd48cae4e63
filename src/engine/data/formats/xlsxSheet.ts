// The cells of one sheet of an Excel workbook (ECMA-376-1, 18.3.1), and what its table should be known by: hidden rows, merged cells,
// formulas whose value is not stored. What the sheet says of its own size is not believed.
import { clip } from '../../core/errors.ts';
import { FILE_LIMITS } from './format.ts';
import { plain, refuse, USE_A_PART } from './limits.ts';
import { SheetCells } from './sheetCells.ts';
import type { FormatKind } from './xlsxDates.ts';
import { MAX_TEXT, withoutEscapes } from './xlsxText.ts';
import type { Attributes, XmlTaker } from './xml.ts';

/** The size of a sheet in Excel. */
const MAX_ROWS = 1_048_576;
const MAX_COLUMNS = 16_384;
/** How many of the cells, rows or areas that are told of are named. */
const NAMED = 5;
/** How many areas are kept; names stand in the first. */
const MAX_AREAS = 1000;

/** Something that occurs several times. */
export interface Occurrences {
  count: number;
  /** Names of the first few. */
  first: string[];
}

const none = (): Occurrences => ({ count: 0, first: [] });

function add(found: Occurrences, name: string, count = 1): void {
  found.count += count;
  if (found.first.length < NAMED) found.first.push(name);
}

/** First and last cell of merged ones. */
export interface Area {
  from: Place;
  to: Place;
}

interface Place {
  /** Counted from 0. */
  column: number;
  /** Of the sheet, counted from 1. */
  row: number;
}

/** What the parts that all sheets share say. */
export interface SharedParts {
  is1904: boolean;
  /** By number. */
  strings: readonly string[];
  /** What the numbers of a cell with that style are. */
  styles: readonly FormatKind[];
}

/** `A`, `Z`, `AA` @param column - counted from 0 */
export function columnName(column: number): string {
  let name = '';
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26))
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  return name;
}

const [DOLLAR, ZERO, BEFORE_A, LOWER] = [36, 48, 64, 32];

/** @param reference - such as `B12` or `$B$12` @returns null for what names no cell of a sheet */
export function placeOf(reference: string): Place | null {
  // Every cell has one: a pattern would be a tenth of the time of reading.
  let at = reference.charCodeAt(0) === DOLLAR ? 1 : 0;
  let column = 0;
  for (; column <= MAX_COLUMNS; at++) {
    const letter = (reference.charCodeAt(at) & ~LOWER) - BEFORE_A;
    if (!(letter >= 1 && letter <= 26)) break;
    column = 26 * column + letter;
  }
  if (column === 0 || column > MAX_COLUMNS) return null;
  if (reference.charCodeAt(at) === DOLLAR) at++;
  let row = 0;
  for (; at < reference.length; at++) {
    const digit = reference.charCodeAt(at) - ZERO;
    if (!(digit >= 0 && digit <= 9) || (row === 0 && digit === 0)) return null;
    row = 10 * row + digit;
    if (row > MAX_ROWS) return null;
  }
  return row === 0 ? null : { column: column - 1, row };
}

/** As XML writes what is beyond numbers. */
const NO_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['INF', Number.POSITIVE_INFINITY],
  ['-INF', Number.NEGATIVE_INFINITY],
]);
const BOOLEANS: ReadonlyMap<string, number> = new Map([
  ['1', 1],
  ['true', 1],
  ['0', 0],
  ['false', 0],
]);
const isTrue = (text: string | undefined) => text === '1' || text === 'true';

export class SheetContent implements XmlTaker {
  readonly cells: SheetCells;
  /** Rows between others, or above them, without a cell. */
  readonly blank: { count: number; lines: number[] } = { count: 0, lines: [] };
  readonly hiddenRows = none();
  /** First and last, counted from 0. */
  readonly hiddenColumns: [first: number, last: number][] = [];
  /** Areas of merged cells that the table has a part of. */
  readonly merged = none();
  /** The first of them. */
  readonly areas: Area[] = [];
  /** Cells with a formula, but without what it gives. */
  readonly valueless = none();
  /** Number of formulas whose value is stored. */
  formulas = 0;

  private depth = 0;
  /** The child of the sheet that is open. */
  private section = '';
  /** Number of the row that is open, or was last, and of the one that was stored last. */
  private row = 0;
  private stored = 0;
  private isRowHidden = false;
  /** In the texts of all cells. */
  private characters = 0;
  private column = -1;
  private cell: Attributes | null = null;
  /** The child of the cell that is open. */
  private field = '';
  private isPhonetic = false;
  private isText = false;
  private content = '';
  private hasFormula = false;
  private hasContent = false;

  /**
   * @param place - of the sheet, for messages
   * @param maxRows - rows that suffice; what stands behind the cells is read all the same
   */
  constructor(
    private readonly place: string,
    private readonly shared: SharedParts,
    private readonly maxRows = Number.POSITIVE_INFINITY,
  ) {
    this.cells = new SheetCells(shared.is1904);
  }

  open(name: string, attributes: Attributes): void {
    this.depth++;
    if (this.depth === 1 && name !== 'worksheet')
      throw this.bad('', 'a sheet with cells', `<${clip(name)}>`, 'Choose another sheet in data.sheet.');
    if (this.depth === 2) this.section = name;
    if (this.depth === 3) this.openPart(name, attributes);
    if (this.section !== 'sheetData') return;
    if (this.depth === 4 && name === 'c') this.openCell(attributes);
    if (this.cell === null) return;
    if (this.depth === 5) {
      this.field = name;
      if (name === 'f') this.hasFormula = true;
      if (name === 'v') this.hasContent = this.isText = true;
    } else if (this.field === 'is') {
      if (name === 'rPh') this.isPhonetic = true;
      if (name === 't' && !this.isPhonetic) this.hasContent = this.isText = true;
    }
  }

  text(text: string): void {
    if (!this.isText) return;
    this.content += text;
    if (this.content.length > MAX_TEXT)
      throw this.bad(this.name(), `at most ${plain(MAX_TEXT)} characters`, 'more than that', 'Shorten it.');
  }

  close(name: string): void {
    if (this.depth === 4 && this.cell !== null) {
      this.closeCell(this.cell);
      this.cell = null;
    }
    if (name === 'rPh') this.isPhonetic = false;
    this.isText = false;
    this.depth--;
  }

  /** A row, an area of merged cells, or how some columns look. */
  private openPart(name: string, attributes: Attributes): void {
    if (this.section === 'sheetData' && name === 'row') this.openRow(attributes);
    if (this.section === 'mergeCells' && name === 'mergeCell') this.addMerged(attributes.ref ?? '');
    const isHidden = this.section === 'cols' && name === 'col' && isTrue(attributes.hidden);
    if (isHidden && this.hiddenColumns.length < MAX_COLUMNS)
      this.hiddenColumns.push([Number(attributes.min) - 1, Number(attributes.max) - 1]);
  }

  private addMerged(area: string): void {
    const [from, to] = area.split(':').map(placeOf);
    const { first, width } = this.cells;
    // They come behind the cells.
    if (!from || !to || to.column < first || from.column >= first + width || from.row > this.stored) return;
    add(this.merged, area);
    if (this.areas.length < MAX_AREAS) this.areas.push({ from, to });
  }

  private openRow({ r, hidden }: Attributes): void {
    const row = r === undefined ? this.row + 1 : Number(r);
    if (!Number.isInteger(row) || row <= this.row || row > MAX_ROWS)
      throw this.bad(
        '',
        `a row between ${plain(this.row + 1)} and ${plain(MAX_ROWS)}, as rows stand in order`,
        `row ${clip(r ?? String(row))}`,
        'Save the workbook again in a spreadsheet program.',
      );
    this.row = row;
    this.isRowHidden = isTrue(hidden);
    this.column = -1;
  }

  private openCell(attributes: Attributes): void {
    if (this.cells.length >= this.maxRows && this.stored !== this.row) return;
    const { r } = attributes;
    const found = r === undefined ? { column: this.column + 1, row: this.row } : placeOf(r);
    if (!found || found.row !== this.row || found.column >= MAX_COLUMNS)
      throw this.bad(
        `row ${this.row}`,
        `cells from A${this.row} to ${columnName(MAX_COLUMNS - 1)}${this.row}`,
        clip(r ?? 'more than that'),
        'Save the workbook again in a spreadsheet program.',
      );
    this.column = found.column;
    this.cell = attributes;
    this.field = this.content = '';
    this.hasFormula = this.hasContent = this.isPhonetic = false;
  }

  private closeCell({ t = 'n', s }: Attributes): void {
    const { content, hasFormula } = this;
    // A formula may give an empty text.
    if (hasFormula && (!this.hasContent || (content === '' && t !== 'str'))) add(this.valueless, this.name());
    else if (hasFormula) this.formulas++;
    switch (t) {
      case 'n':
        if (content.trim() !== '') this.putNumber(content.trim(), s);
        return;
      case 's':
        if (content !== '') this.putText(this.sharedString(content));
        return;
      case 'str':
      case 'inlineStr':
      case 'd':
        this.putText(withoutEscapes(content));
        return;
      case 'b':
        if (content !== '') this.putBoolean(content.trim());
        return;
      case 'e':
        if (content !== '') this.put('error', this.cells.textNumber(content.trim()));
        return;
      default:
        throw this.bad(
          this.name(),
          'a number, a text, a boolean, a date or an error',
          `the type ${clip(t)}`,
          'Save the workbook again in a spreadsheet program.',
        );
    }
  }

  private putNumber(text: string, style: string | undefined): void {
    let value = Number(text);
    if (Number.isNaN(value)) value = NO_NUMBERS.get(text) ?? value;
    if (Number.isNaN(value) && text !== 'NaN')
      throw this.bad(this.name(), 'a number', clip(text), 'Correct the cell, and save the workbook again.');
    // Excel has no whole numbers of that many digits; other programs write identifiers so.
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER && /^-?\d+$/.test(text)) this.putText(text);
    else this.put(style === undefined ? 'number' : (this.shared.styles[Number(style)] ?? 'number'), value);
  }

  private putBoolean(text: string): void {
    const value = BOOLEANS.get(text.toLowerCase());
    if (value === undefined)
      throw this.bad(this.name(), '1 or 0', clip(text), 'Correct the cell, and save the workbook again.');
    this.put('boolean', value);
  }

  private sharedString(content: string): string {
    const { strings } = this.shared;
    const text = strings[Number(content)];
    if (text === undefined)
      throw this.bad(
        this.name(),
        `the number of one of ${plain(strings.length)} shared texts`,
        clip(content),
        'Save the workbook again in a spreadsheet program.',
      );
    return text;
  }

  private putText(text: string): void {
    // As in a text file, blanks alone are an empty cell.
    if (text.trim() === '') return;
    // Cells may share a text, which takes its room once, and is read as often as it stands there.
    this.characters += text.length;
    if (this.characters > FILE_LIMITS.bytes)
      throw this.bad(
        '',
        `at most ${plain(FILE_LIMITS.bytes)} characters in all of its cells`,
        'more than that',
        `Leave columns of long texts out. ${USE_A_PART}`,
      );
    this.put('text', this.cells.textNumber(text));
  }

  private put(kind: Parameters<SheetCells['put']>[1], value: number): void {
    if (this.stored !== this.row) this.addRow();
    if (!this.cells.put(this.column, kind, value))
      throw this.bad(
        this.name(),
        'one cell of this name',
        'two',
        'Save the workbook again in a spreadsheet program.',
      );
  }

  private addRow(): void {
    const gap = this.row - this.stored - 1;
    for (let i = 1; i <= gap && this.blank.lines.length < NAMED; i++) this.blank.lines.push(this.stored + i);
    this.blank.count += gap;
    this.stored = this.row;
    if (this.isRowHidden) add(this.hiddenRows, String(this.row));
    const { cells } = this;
    cells.addRow(this.row);
    if (cells.length * cells.width > FILE_LIMITS.cells)
      throw this.bad(
        '',
        `at most ${plain(FILE_LIMITS.cells)} cells`,
        `${plain(cells.width)} columns with more than ${plain(cells.length - 1)} rows`,
        `Leave columns out; cells far from the table count as columns and rows between. ${USE_A_PART}`,
      );
  }

  private name = (): string => `${columnName(this.column)}${this.row}`;

  private bad = (where: string, expected: string, got: string, remedy: string) =>
    refuse(where === '' ? this.place : `${this.place}, ${where}`, expected, got, remedy);
}
