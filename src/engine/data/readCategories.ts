// Reads the cells of a column as categories: every distinct text is one, unless it means a missing value.
import { formatName } from '../config/names.ts';
import { clip } from '../core/errors.ts';
import type { Note } from '../core/notes.ts';
import { type Column, describeCells, isIdentifier, isSpoilt, MAX_CLASSES, NO_CELLS } from './columns.ts';
import { addCell, type Draft, isThere, Markers, noCells, plainCount, type ReadColumn } from './draft.ts';
import type { TextColumn } from './formats/format.ts';
import { areSigns } from './missing.ts';
import { chooseMark, readNumber } from './notation.ts';
import type { Decimal } from './numbers.ts';
import type { ReadingSettings } from './reading.ts';
import { mergeSpellings, spellingNotes } from './spellings.ts';

/** A column of categories with a larger share of numbers than this looks like a damaged column of numbers. */
export const NEARLY_NUMERIC = 0.9;

export function withCodes(draft: Draft, settings: ReadingSettings, reason: string): ReadColumn {
  const { name } = draft.raw;
  const read = asCategories(draft, settings, '.', true);
  const column = { ...read.column, reason };
  // Of identifiers is said that they are left out, and why.
  if (isIdentifier(column)) return { ...read, column };
  const note = {
    code: 'digits-read-as-categories',
    column: name,
    text: `Column ${name} is read as categories: ${reason}. If these are numbers, set data.types to ${formatName(name)}:numeric.`,
  };
  return { ...read, column, notes: [note, ...read.notes] };
}

/** @param isAmongNumbers - most other cells are numbers, so that "-" or "none" means missing */
export function asCategories(
  draft: Draft,
  settings: ReadingSettings,
  decimal: Decimal,
  isAmongNumbers: boolean,
): ReadColumn {
  const { raw, rule, asked } = draft;
  const isValueOfSigns = isAmongNumbers ? false : areSigns(valuesThere(draft));
  const isMissing = (cell: string) => {
    const certainty = rule(cell);
    if (certainty === 'value' || certainty === 'missing') return certainty === 'missing';
    return isAmongNumbers || (certainty === 'sign' && !isValueOfSigns);
  };
  const { coded } = draft;
  const cells = settings.mergeSpellings ? mergeSpellings(coded) : coded.texts;
  const markers = new Markers();
  const texts = noCells(raw);
  const notation = { decimal, mark: chooseMark(draft.survey) };
  /** The line where each first stands. */
  const values = new Map<string, number>();
  const words = new Map<string, number>();
  let missing = 0;
  for (const [i, cell] of cells.entries()) {
    const count = coded.counts[i] as number;
    if (isMissing(cell)) {
      missing += count;
      markers.add(cell, count);
      continue;
    }
    const line = raw.lineAt(coded.firstRows[i] as number);
    if (!values.has(cell)) values.set(cell, line);
    // A text such as ".c" is rather the ending of a file's name.
    if (rule(cell) === 'word' && !cell.startsWith('.')) words.set(cell, (words.get(cell) ?? 0) + count);
    if (readNumber(cell, notation) === null) addCell(texts, cell, line, count);
  }
  const sorted = [...values.keys()].sort();
  const codeOf = new Map(sorted.map((text, code) => [text, code]));
  const codes = Int32Array.from(cells, (cell) => codeOf.get(cell) ?? -1);
  const column: Column = {
    name: raw.name,
    kind: 'categorical',
    reason: '',
    rows: raw.rows,
    missing,
    markers: markers.list(),
    numbers: new Float64Array(0),
    codes: coded.codes.map((code) => codes[code] as number),
    distinct: sorted.length,
    values: sorted,
    ...firstPlaces(sorted, (text) => values.get(text), raw),
    isAsked: asked !== null,
    texts,
    beyond: NO_CELLS,
  };
  // Of a column that is left out is said so: what its categories would be is no news.
  const notes = isIdentifier(column)
    ? []
    : [
        ...spoiltNotes(column),
        ...wordNotes(column, words),
        ...spellingNotes(raw.name, coded, cells, isMissing),
      ];
  return { column: { ...column, reason: reasonFor(column) }, notation: null, notes };
}

/** @param lineOf - of a value, where it stands first */
export function firstPlaces<T>(
  values: readonly T[],
  lineOf: (value: T) => number | undefined,
  { unit }: TextColumn,
): Pick<Column, 'firstPlaces'> {
  if (values.length > MAX_CLASSES) return {};
  const lines = values.map((value) => lineOf(value) ?? 0);
  return { firstPlaces: unit === undefined ? { lines } : { lines, unit } };
}

function reasonFor({ isAsked, distinct, texts, rows, missing }: Column): string {
  if (isAsked) return 'asked for as categorical';
  if (distinct === 0) return 'no cell holds a value';
  const [first] = texts.first;
  const example = first ? `, such as "${clip(first.text)}" (${texts.unit ?? 'line'} ${first.line})` : '';
  return `${plainCount(texts.count)} of ${plainCount(rows - missing)} filled cells are no numbers${example}`;
}

const valuesThere = (draft: Draft): string[] => draft.coded.texts.filter((text) => isThere(draft, text));

function spoiltNotes(column: Column): Note[] {
  const { name, texts, rows, missing, isAsked } = column;
  const present = rows - missing;
  if (isAsked || !isSpoilt(column) || present - texts.count < NEARLY_NUMERIC * present) return [];
  const marker = formatName(texts.first[0]?.text ?? '');
  return [
    {
      code: 'column-read-as-categories',
      column: name,
      text: `Column ${name} is read as categories because of values such as ${describeCells(texts)}; its other ${present - texts.count} cells are numbers. Correct them, or set data.missingMarkers to auto,${marker} to count them as missing.`,
    },
  ];
}

function wordNotes({ name, distinct }: Column, words: Map<string, number>): Note[] {
  if (distinct < 2) return [];
  return [...words].map(([text, count]) => ({
    code: 'category-may-mean-missing',
    column: name,
    text: `Column ${name}: "${text}" (${count} cells) is kept as a category. If it means a missing value, set data.missingMarkers to auto,${formatName(text)}.`,
  }));
}
