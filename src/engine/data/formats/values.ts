// Columns from formats with types: numbers, dates and classes are taken as they are, text is interpreted later.
import { WorkbenchError } from '../../core/errors.ts';
import type { CodeColumn, NumberColumn, ReaderColumn, TextColumn } from './format.ts';

/** The value of a cell; null if missing. */
export type CellValue = string | number | bigint | boolean | Date | object | null | undefined;

/** A date that has parts of a millisecond, which are cut off. */
class CutDate extends Date {}

/**
 * @param ticks - since 1970-01-01 UTC
 * @param perMs - ticks in a millisecond
 */
export function dateOfTicks(ticks: bigint, perMs: bigint): Date {
  const rest = ticks % perMs;
  if (rest === 0n) return new Date(Number(ticks / perMs));
  return new CutDate(Number(ticks / perMs) - (rest < 0n ? 1 : 0));
}

export interface ValueOptions {
  /** Text is final, and not read as numbers or dates. */
  isTextFinal: boolean;
  /** Name of the type in the file. */
  type?: string;
  /** Line of a row; default: rows are counted. */
  lineAt?: (row: number) => number;
}

/** A column of any values; the types of all non-missing ones decide its kind. */
export function columnOfValues(
  name: string,
  values: ArrayLike<CellValue>,
  options: ValueOptions,
): ReaderColumn {
  const kinds = new Set<string>();
  let cutDates = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (value === null || value === undefined) continue;
    if (value instanceof CutDate) cutDates++;
    kinds.add(value instanceof Date ? 'date' : isExact(value) ? 'number' : typeof value);
  }
  const is = (kind: string) => [...kinds].every((other) => other === kind);
  if (kinds.size > 0 && is('number')) return numbersOf(name, values, Number, options);
  if (kinds.size > 0 && is('date'))
    return {
      ...numbersOf(name, values, (value) => (value as Date).getTime(), options),
      areDates: true,
      cutDates,
    };
  if (kinds.size > 0 && (is('boolean') || (options.isTextFinal && is('string'))))
    return codesOf(name, values, options);
  return textOfValues(name, values, options);
}

/** Whether a float64 holds the number exactly, 64-bit integers included if they are small enough. */
const isExact = (value: CellValue) =>
  typeof value === 'number' || (typeof value === 'bigint' && BigInt.asIntN(54, value) === value);

function numbersOf(
  name: string,
  values: ArrayLike<CellValue>,
  of: (value: CellValue) => number,
  { type }: ValueOptions,
): NumberColumn {
  const numbers = new Float64Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    numbers[row] = value === null || value === undefined ? Number.NaN : of(value);
  }
  return { kind: 'numbers', name, values: numbers, type };
}

function codesOf(name: string, values: ArrayLike<CellValue>, { type }: ValueOptions): CodeColumn {
  const codeOf = new Map<string, number>();
  const codes = new Int32Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (value === null || value === undefined) {
      codes[row] = -1;
      continue;
    }
    const text = String(value);
    const code = codeOf.get(text) ?? codeOf.size;
    codeOf.set(text, code);
    codes[row] = code;
  }
  return { kind: 'codes', name, codes, names: [...codeOf.keys()], type };
}

function textOfValues(name: string, values: ArrayLike<CellValue>, { lineAt }: ValueOptions): TextColumn {
  let padded = 0;
  const cells = Array.from(values, (value) => {
    const text = cellText(value, name);
    const trimmed = text.trim();
    if (trimmed.length < text.length) padded++;
    return trimmed;
  });
  const column = { kind: 'text', name, rows: cells.length, cells, padded } as const;
  return lineAt ? { ...column, lineAt } : { ...column, lineAt: (row) => row + 1, unit: 'row' };
}

/** The text of a cell, trimmed later. */
export function cellText(value: CellValue, name: string): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object') return String(value);
  if (value instanceof Uint8Array)
    return `0x${Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  try {
    return JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? String(item) : item)) ?? '';
  } catch (error) {
    // Nested deeper than JSON.stringify can go: not a table value.
    if (!(error instanceof RangeError)) throw error;
    throw WorkbenchError.of('file', {
      path: name,
      expected: 'values or short lists',
      got: 'a value nested too deeply',
      remedy: 'Take it out of the table.',
    });
  }
}

/** Unique, non-empty names, and notes on the changes. */
export function uniqueNames(wanted: readonly string[]): { names: string[]; renamed: string[] } {
  const seen = new Set<string>();
  /** The next number for each repeated name, so that thousands of repetitions stay fast. */
  const next = new Map<string, number>();
  const renamed: string[] = [];
  const names = wanted.map((text, i) => {
    const own = text.trim() || `column ${i + 1}`;
    let name = own;
    for (let k = next.get(own) ?? 2; seen.has(name); k++) {
      name = `${own} (${k})`;
      next.set(own, k + 1);
    }
    if (name !== text) renamed.push(`Name ${i + 1} "${text}" is called "${name}" here.`);
    seen.add(name);
    return name;
  });
  return { names, renamed };
}

/** The message of anything that a library threw. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
