// Reads the cells of a column as numbers in one notation; other cells keep their line number.
import { formatName } from '../config/names.ts';
import type { Note } from '../core/notes.ts';
import type { CellsOfText, Column } from './columns.ts';
import { distinctNumbers } from './distinctNumbers.ts';
import { addCell, type Draft, isThere, Markers, noCells, plainCount, type ReadColumn } from './draft.ts';
import { partsOf, type TextColumn } from './formats/format.ts';
import { type DecimalChoice, type Notation, readNumber } from './notation.ts';
import type { Decimal } from './numbers.ts';
import { firstPlaces } from './readCategories.ts';
import type { ColumnType } from './reading.ts';

export interface Numbers {
  values: Float64Array;
  missing: number;
  texts: CellsOfText;
  beyond: CellsOfText;
  markers: Markers;
  notation: ReadColumn['notation'];
}

export function readNumbers(draft: Draft, notation: Notation): Numbers {
  const { raw, plain } = draft;
  if (plain && notation.decimal === '.') return { ...plain, texts: noCells(raw), notation: null };
  const values = new Float64Array(raw.rows).fill(Number.NaN);
  const [texts, beyond] = [noCells(raw), noCells(raw)];
  const markers = new Markers();
  const traits = new Set<string>();
  let example: string | null = null;
  let missing = 0;
  let row = -1;
  for (const part of partsOf(raw))
    for (const cell of part) {
      row++;
      if (!isThere(draft, cell)) {
        missing++;
        markers.add(cell);
        continue;
      }
      const read = readNumber(cell, notation);
      if (read === null) {
        addCell(texts, cell, raw.lineAt(row));
        continue;
      }
      const { value } = read;
      if (!Number.isFinite(Math.fround(value))) addCell(beyond, cell, raw.lineAt(row));
      values[row] = value;
      if (read.traits.length === 0) continue;
      for (const trait of read.traits) traits.add(trait);
      example ??= `"${cell}" is ${value}`;
    }
  const words = [...traits].sort().join(', ');
  return {
    values,
    missing,
    texts,
    beyond,
    markers,
    notation: example === null ? null : { traits: words, example },
  };
}

export function asNumbers(
  { raw, asked, survey }: Draft,
  choice: DecimalChoice,
  numbers: Numbers,
): ReadColumn {
  const distinct = distinctNumbers(numbers.values);
  const column: Column = {
    name: raw.name,
    kind: 'numeric',
    reason: reasonFor(asked, survey.present - numbers.texts.count, survey.present, numbers.notation),
    rows: raw.rows,
    missing: numbers.missing,
    markers: numbers.markers.list(),
    numbers: numbers.values,
    codes: new Int32Array(0),
    distinct: distinct.count,
    values: distinct.smallest.map(String),
    ...placesOfNumbers(raw, numbers.values, distinct),
    isAsked: asked !== null,
    readAs: readAs(choice, survey),
    texts: numbers.texts,
    beyond: numbers.beyond,
  };
  const notes: Note[] = [];
  if (choice.by === 'guess' && survey.undecided !== null)
    notes.push(ambiguousNote(raw.name, survey.undecided, choice));
  return { column, notation: numbers.notation, notes };
}

function placesOfNumbers(
  raw: TextColumn,
  numbers: Float64Array,
  { count, smallest }: { count: number; smallest: readonly number[] },
): Pick<Column, 'firstPlaces'> {
  if (count > smallest.length) return {};
  const lines = new Map<number, number>();
  for (let row = 0; row < numbers.length && lines.size < count; row++) {
    const value = numbers[row] as number;
    if (!Number.isNaN(value) && !lines.has(value)) lines.set(value, raw.lineAt(row));
  }
  return firstPlaces(smallest, (value) => lines.get(value), raw);
}

/** Whole numbers read alike with either sign. */
function readAs({ decimal }: DecimalChoice, { certain, undecided }: Draft['survey']): ColumnType {
  if (decimal === ',') return 'decimal-comma';
  return certain['.'] > 0 || undecided !== null ? 'decimal-point' : 'numeric';
}

function reasonFor(
  asked: Draft['asked'],
  read: number,
  present: number,
  notation: ReadColumn['notation'],
): string {
  const form = notation === null ? '' : `, with ${notation.traits}`;
  if (asked !== null && asked !== 'ignore') return `asked for as ${asked}${form}`;
  return `${read === present ? 'all' : plainCount(read)} of ${plainCount(present)} filled cells read as numbers${form}`;
}

function ambiguousNote(name: string, cell: string, { decimal }: DecimalChoice): Note {
  const notation = (sign: Decimal): Notation => ({ decimal: sign, mark: '' });
  const plain = cell.replace(/[^\d.,'’ eE+-]/g, '').trim();
  const [taken, other] = [decimal, decimal === '.' ? ',' : '.'] as const;
  const read = (sign: Decimal) => readNumber(plain, notation(sign))?.value ?? plain;
  const word = other === ',' ? 'decimal-comma' : 'decimal-point';
  return {
    code: 'number-notation-ambiguous',
    column: name,
    text: `Column ${name}: "${cell}" can be ${read('.')} or ${read(',')}, and nothing in the file decides; it is read as ${read(taken)}. If that is wrong, set data.types to ${formatName(name)}:${word}.`,
  };
}
