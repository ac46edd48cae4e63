// Surveys the cells of a column in one pass: missing ones, what the others can be read as, and their values while all of them are
// plain numbers. Cells that are bytes are read without a string for each; only what is no plain number is looked at as text, once.
import { ByteDictionary } from './byteDictionary.ts';
import { codedCells } from './codedCells.ts';
import { countDigits, newDigitSurvey, surveyDigits } from './codes.ts';
import type { CellsOfText } from './columns.ts';
import { EXACT_BELOW, longDecimal, scaledByTen } from './decimals.ts';
import { addCell, type Draft, Markers, noCells } from './draft.ts';
import { CELL_END, partsOf, type TextColumn } from './formats/format.ts';
import type { MissingRule } from './missing.ts';
import { type CellKind, kindOfCell, newSurvey, surveyCell, surveyPlain } from './notation.ts';
import type { ColumnType } from './reading.ts';

const TAB = 9;
const BLANK = 32;
const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NINE = 57;
const CAPITAL_E = 69;
const SMALL_E = 101;
/** With that many distinct cells that are no plain numbers, most others will be new: all are looked at as text. */
const MAX_KNOWN = 2 ** 14;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const CELL_END_TEXT = String.fromCharCode(CELL_END);
const textOf = (bytes: Uint8Array, from: number, to: number) => decoder.decode(bytes.subarray(from, to));
const isBlank = (byte: number) => byte === BLANK || byte === TAB;
const isDigit = (byte: number) => byte >= ZERO && byte <= NINE;

/** A cell as text; `kind` is null where it is missing. */
interface KnownCell {
  text: string;
  kind: CellKind | null;
}

class ColumnSurvey {
  private readonly found = newSurvey();
  private readonly digits = newDigitSurvey();
  private readonly markers = new Markers();
  private readonly beyond: CellsOfText;
  /** Null from the first cell on that is no plain number. */
  private values: Float64Array | null;
  private missing = 0;
  private row = 0;
  /** Cells that are no plain numbers, by their bytes. */
  private readonly dictionary = new ByteDictionary();
  private readonly known: KnownCell[] = [];

  constructor(
    private readonly raw: TextColumn,
    private readonly rule: MissingRule,
  ) {
    this.values = new Float64Array(raw.rows);
    this.beyond = noCells(raw);
  }

  addText = (text: string): void => this.addKnown(this.look(text));

  /** @param bytes - cells, each with `CELL_END` behind it */
  addBytes(bytes: Uint8Array): void {
    const { found, digits, rule } = this;
    if (this.known.length >= MAX_KNOWN) {
      for (const cell of textOf(bytes, 0, bytes.length - 1).split(CELL_END_TEXT)) this.addText(cell.trim());
      return;
    }
    let { row, values } = this;
    const isMarked = rule.numbers.size > 0;
    let [plain, withPoint] = [0, 0];
    for (let at = 0; at < bytes.length; at++) {
      let byte = bytes[at] as number;
      while (isBlank(byte)) byte = bytes[++at] as number;
      if (byte === CELL_END) {
        this.missing++;
        if (values) values[row] = Number.NaN;
        row++;
        continue;
      }
      const from = at;
      if (byte === MINUS || byte === PLUS) byte = bytes[++at] as number;
      const first = at;
      let mantissa = 0;
      for (; isDigit(byte); byte = bytes[++at] as number) mantissa = 10 * mantissa + (byte - ZERO);
      const whole = at - first;
      /** Number of digits behind the point; -1 without one. */
      let fraction = -1;
      if (byte === POINT) {
        byte = bytes[++at] as number;
        const start = at;
        for (; isDigit(byte); byte = bytes[++at] as number) mantissa = 10 * mantissa + (byte - ZERO);
        fraction = at - start;
      }
      let isNumber = whole > 0 || fraction > 0;
      let exponent = -Math.max(0, fraction);
      const isPower = byte === SMALL_E || byte === CAPITAL_E;
      if (isPower) {
        byte = bytes[++at] as number;
        const isDown = byte === MINUS;
        if (isDown || byte === PLUS) byte = bytes[++at] as number;
        const start = at;
        let power = 0;
        for (; isDigit(byte); byte = bytes[++at] as number) power = 10 * power + (byte - ZERO);
        isNumber &&= at > start;
        exponent += isDown ? -power : power;
      }
      const to = at;
      while (isBlank(byte)) byte = bytes[++at] as number;
      if (!isNumber || byte !== CELL_END) {
        while (bytes[at] !== CELL_END) at++;
        this.row = row++;
        this.addOdd(bytes, from, at);
        ({ values } = this);
        continue;
      }
      const size =
        mantissa < EXACT_BELOW ? scaledByTen(mantissa, exponent) : longDecimal(bytes, first, exponent);
      const value = Number.isNaN(size)
        ? Number(textOf(bytes, from, to))
        : bytes[from] === MINUS
          ? -size
          : size;
      if (isMarked && rule.numbers.has(value)) {
        this.row = row++;
        this.addText(textOf(bytes, from, to));
        continue;
      }
      plain++;
      // "1.234" can be 1,234.
      const isGroupLike = fraction === 3 && whole > 0 && whole < 4 && !isPower && bytes[first] !== ZERO;
      if (isGroupLike) found.undecided ??= textOf(bytes, from, to);
      else if (fraction >= 0) withPoint++;
      if (digits.areAll) {
        if (first > from || fraction >= 0 || isPower) digits.areAll = false;
        else {
          if (whole > 1 && bytes[first] === ZERO) digits.leadingZero ??= textOf(bytes, from, to);
          countDigits(whole, digits);
        }
      }
      if (values) {
        values[row] = value;
        if (!Number.isFinite(Math.fround(value)))
          addCell(this.beyond, textOf(bytes, from, to), this.raw.lineAt(row));
      }
      row++;
    }
    this.row = row;
    surveyPlain(plain, withPoint, found);
  }

  private addOdd(bytes: Uint8Array, from: number, to: number): void {
    const code = this.dictionary.codeOf(bytes, from, to);
    if (code === this.known.length) this.known.push(this.look(textOf(bytes, from, to).trim()));
    this.addKnown(this.known[code] as KnownCell);
  }

  private look(text: string): KnownCell {
    return { text, kind: this.rule(text) === 'value' ? kindOfCell(text) : null };
  }

  private addKnown({ text, kind }: KnownCell): void {
    if (kind === null) {
      this.markers.add(text);
      this.addMissing();
      return;
    }
    surveyCell(text, kind, this.found);
    if (this.digits.areAll) surveyDigits(text, this.digits);
    const row = this.row++;
    if (!kind.isPlain) this.values = null;
    if (!this.values) return;
    const value = Number(text);
    this.values[row] = value;
    if (!Number.isFinite(Math.fround(value))) addCell(this.beyond, text, this.raw.lineAt(row));
  }

  private addMissing(): void {
    this.missing++;
    const row = this.row++;
    if (this.values) this.values[row] = Number.NaN;
  }

  draft(asked: ColumnType | null): Draft {
    const { raw, rule, found: survey, digits, values, missing, markers, beyond } = this;
    let coded: Draft['coded'] | null = null;
    return {
      raw,
      asked,
      rule,
      survey,
      digits,
      plain: values && { values, missing, markers, beyond },
      get coded() {
        coded ??= codedCells(raw);
        return coded;
      },
      release() {
        raw.release?.();
        coded = null;
      },
    };
  }
}

/** Surveys all cells in one pass. */
export function draftOf(raw: TextColumn, asked: ColumnType | null, rule: MissingRule): Draft {
  const survey = new ColumnSurvey(raw, rule);
  const packed = raw.packed?.();
  if (packed) for (const bytes of packed) survey.addBytes(bytes);
  else for (const part of partsOf(raw)) part.forEach(survey.addText);
  return survey.draft(asked);
}
