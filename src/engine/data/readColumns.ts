// What the text of columns means: numbers or categories, what is missing, and in which notation the numbers stand.
// Whatever was not plain is said in a note with the setting that overrules it; cells that fit nothing keep their line.
import { formatName, formatNames } from '../config/names.ts';
import type { Note } from '../core/notes.ts';
import { reasonForCodes } from './codes.ts';
import {
  type CellsOfText,
  type Column,
  describeCells,
  FIRST_CELLS,
  isSpoilt,
  MAX_CLASSES,
  NO_CELLS,
} from './columns.ts';
import type { TableSchema, TextColumn } from './formats/format.ts';
import { areSigns, type Certainty, type MissingRule } from './missing.ts';
import {
  chooseDecimal,
  chooseMark,
  type DecimalChoice,
  decimalOfFile,
  type Notation,
  readNumber,
  type Survey,
  survey,
} from './notation.ts';
import type { Decimal } from './numbers.ts';
import type { ColumnType, ReadingSettings } from './reading.ts';
import { mergeSpellings, spellingNotes } from './spellings.ts';

/** Share of numbers above which a column of categories looks like a spoilt column of numbers. */
const NEARLY_NUMERIC = 0.9;

const FORCED_DECIMAL: Partial<Record<ColumnType, Decimal>> = { 'decimal-point': '.', 'decimal-comma': ',' };

/** The columns of a table that are text. */
export interface TextTable extends Pick<TableSchema, 'hasSemicolons'> {
  columns: readonly TextColumn[];
}

/** Cells of one column on the way to their type. */
interface Draft {
  raw: TextColumn;
  asked: ColumnType | null;
  rule: MissingRule;
  survey: Survey;
}

/** @param settings - checked before, see `checkReading` */
export function readColumns(
  table: TextTable,
  settings: ReadingSettings,
): { columns: Column[]; notes: Note[] } {
  const drafts = table.columns.map((raw): Draft => {
    const rule = settings.missing;
    const isThere = (cell: string) => rule(cell) === 'value';
    return {
      raw,
      asked: settings.types.get(raw.name) ?? null,
      rule,
      survey: survey(raw.cells, isThere),
    };
  });
  const ofFile = decimalOfFile(drafts.map((d) => d.survey));
  const read = drafts.map((draft) => readColumn(draft, table, ofFile, settings));
  return {
    columns: read.map((r) => r.column),
    notes: [...missingNotes(read), ...notationNotes(read), ...read.flatMap((r) => r.notes)],
  };
}

interface ReadColumn {
  column: Column;
  /** How many cells each missing marker stands in; empty cells are not counted. */
  markers: Map<string, number>;
  /** What is uncommon about the numbers, in words, with an example; null for plain ones and for text. */
  notation: { traits: string; example: string } | null;
  notes: Note[];
}

function readColumn(
  draft: Draft,
  table: TextTable,
  ofFile: Decimal | null,
  settings: ReadingSettings,
): ReadColumn {
  const { raw, asked, survey } = draft;
  const choice = decimalFor(draft, ofFile, table, settings);
  const share = survey.readable[choice.decimal] / Math.max(1, survey.present);
  const isNumeric =
    asked === null ? share >= NEARLY_NUMERIC && survey.present > survey.infinite : asked !== 'categorical';
  if (isNumeric) {
    const codes = asked === null ? reasonForCodes(raw.name, thereAmong(draft, isMissingAmongNumbers)) : null;
    if (codes !== null) return withCodes(draft, settings, codes);
    const notation = { decimal: choice.decimal, mark: chooseMark(survey) };
    const numbers = readNumbers(draft, notation);
    if (asked !== null || numbers.texts.count === 0) return asNumbers(draft, choice, numbers);
  }
  return asCategories(draft, settings, choice.decimal, isNumeric);
}

const isMissingAmongNumbers = (certainty: Certainty) => certainty !== 'value';

function thereAmong({ raw, rule }: Draft, isMissing: (c: Certainty) => boolean): string[] {
  return raw.cells.filter((cell) => !isMissing(rule(cell)));
}

function decimalFor(
  { asked, survey }: Draft,
  ofFile: Decimal | null,
  { hasSemicolons }: TextTable,
  { decimal }: ReadingSettings,
): DecimalChoice {
  const forced = (asked && FORCED_DECIMAL[asked]) ?? decimal;
  return forced ? { decimal: forced, by: 'asked' } : chooseDecimal(survey, ofFile, hasSemicolons);
}

interface Numbers {
  values: Float64Array;
  missing: number;
  texts: CellsOfText;
  beyond: CellsOfText;
  markers: Map<string, number>;
  notation: ReadColumn['notation'];
}

function addCell(cells: CellsOfText, text: string, line: number): void {
  cells.count++;
  if (cells.first.length < FIRST_CELLS && !cells.first.some((cell) => cell.text === text))
    cells.first.push({ text, line });
}

const countMarker = (markers: Map<string, number>, cell: string) => {
  if (cell !== '') markers.set(cell, (markers.get(cell) ?? 0) + 1);
};

function readNumbers({ raw, rule, survey }: Draft, notation: Notation): Numbers {
  const values = new Float64Array(raw.cells.length).fill(Number.NaN);
  const texts: CellsOfText = { count: 0, first: [], unit: raw.unit };
  const beyond: CellsOfText = { count: 0, first: [], unit: raw.unit };
  const markers = new Map<string, number>();
  const traits = new Set<string>();
  let example: string | null = null;
  let missing = 0;
  const arePlain = survey.plain === survey.present && notation.decimal === '.';
  for (const [row, cell] of raw.cells.entries()) {
    if (rule(cell) !== 'value') {
      missing++;
      countMarker(markers, cell);
      continue;
    }
    const read = arePlain ? { value: Number(cell), traits: [] } : readNumber(cell, notation);
    if (read === null) {
      addCell(texts, cell, raw.lineAt(row));
      continue;
    }
    if (!Number.isFinite(Math.fround(read.value))) addCell(beyond, cell, raw.lineAt(row));
    values[row] = read.value;
    if (read.traits.length === 0) continue;
    for (const trait of read.traits) traits.add(trait);
    example ??= `"${cell}" is ${read.value}`;
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

function asNumbers({ raw, asked, survey }: Draft, choice: DecimalChoice, numbers: Numbers): ReadColumn {
  const distinct = Float64Array.from(new Set(numbers.values.filter(Number.isFinite))).sort();
  const column: Column = {
    name: raw.name,
    kind: 'numeric',
    rows: raw.cells.length,
    missing: numbers.missing,
    numbers: numbers.values,
    codes: new Int32Array(0),
    distinct: distinct.length,
    values: Array.from(distinct.subarray(0, MAX_CLASSES), String),
    isAsked: asked !== null,
    texts: numbers.texts,
    beyond: numbers.beyond,
  };
  const notes: Note[] = [];
  if (choice.by === 'guess' && survey.undecided !== null)
    notes.push(ambiguousNote(raw.name, survey.undecided, choice));
  return { column, markers: numbers.markers, notation: numbers.notation, notes };
}

function ambiguousNote(name: string, cell: string, { decimal }: DecimalChoice): Note {
  const notation = (sign: Decimal): Notation => ({ decimal: sign, mark: '' });
  const plain = cell.replace(/[^\d.,'’ eE+-]/g, '').trim();
  const [taken, other] = [decimal, decimal === '.' ? ',' : '.'] as const;
  const read = (sign: Decimal) => readNumber(plain, notation(sign))?.value ?? plain;
  const word = other === ',' ? 'decimal-comma' : 'decimal-point';
  return {
    code: 'number-notation-ambiguous',
    text: `Column ${name}: "${cell}" can be ${read('.')} or ${read(',')}, and nothing in the file decides; it is read as ${read(taken)}. If that is wrong, set data.types to ${formatName(name)}:${word}.`,
  };
}

function withCodes(draft: Draft, settings: ReadingSettings, reason: string): ReadColumn {
  const { name } = draft.raw;
  const read = asCategories(draft, settings, '.', true);
  const note = {
    code: 'digits-read-as-categories',
    text: `Column ${name} is read as categories: ${reason}. If these are numbers, set data.types to ${formatName(name)}:numeric.`,
  };
  return { ...read, notes: [note, ...read.notes] };
}

/** @param isAmongNumbers - most other cells are digits, so that "-" or "none" means a missing one */
function asCategories(
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
  const cells = settings.mergeSpellings ? mergeSpellings(raw.cells) : raw.cells;
  const markers = new Map<string, number>();
  const texts: CellsOfText = { count: 0, first: [], unit: raw.unit };
  const notation = { decimal, mark: chooseMark(draft.survey) };
  const values = new Set<string>();
  const words = new Map<string, number>();
  let missing = 0;
  for (const [row, cell] of cells.entries()) {
    if (isMissing(cell)) {
      missing++;
      countMarker(markers, cell);
      continue;
    }
    values.add(cell);
    if (rule(cell) === 'word') countMarker(words, cell);
    if (readNumber(cell, notation) === null) addCell(texts, cell, raw.lineAt(row));
  }
  const sorted = [...values].sort();
  const codeOf = new Map(sorted.map((text, code) => [text, code]));
  const column: Column = {
    name: raw.name,
    kind: 'categorical',
    rows: cells.length,
    missing,
    numbers: new Float64Array(0),
    codes: Int32Array.from(cells, (cell) => (isMissing(cell) ? -1 : (codeOf.get(cell) ?? -1))),
    distinct: sorted.length,
    values: sorted,
    isAsked: asked !== null,
    texts,
    beyond: NO_CELLS,
  };
  const notes = [
    ...spoiltNotes(column),
    ...wordNotes(column, words),
    ...spellingNotes(raw, cells, isMissing),
  ];
  return { column, markers, notation: null, notes };
}

function* valuesThere({ raw, rule }: Draft): Iterable<string> {
  for (const cell of raw.cells) if (rule(cell) === 'value') yield cell;
}

function spoiltNotes(column: Column): Note[] {
  const { name, texts, rows, missing, isAsked } = column;
  const present = rows - missing;
  if (isAsked || !isSpoilt(column) || present - texts.count < NEARLY_NUMERIC * present) return [];
  const marker = formatName(texts.first[0]?.text ?? '');
  return [
    {
      code: 'column-read-as-categories',
      text: `Column ${name} is read as categories because of values such as ${describeCells(texts)}; its other ${present - texts.count} cells are numbers. Correct them, or set data.missingMarkers to auto,${marker} to count them as missing.`,
    },
  ];
}

function wordNotes({ name }: Column, words: Map<string, number>): Note[] {
  return [...words].map(([text, count]) => ({
    code: 'category-may-mean-missing',
    text: `Column ${name}: "${text}" (${count} cells) is kept as a category. If it means a missing value, set data.missingMarkers to auto,${formatName(text)}.`,
  }));
}

/** One note for the whole table: which texts were taken for missing, where and how often. */
function missingNotes(read: readonly ReadColumn[]): Note[] {
  const list = read.flatMap(({ column, markers }) => {
    const counts = [...markers].map(([text, count]) => `"${text}" ${count}`).join(', ');
    return counts === '' ? [] : [`${column.name} (${counts})`];
  });
  if (list.length === 0) return [];
  return [
    {
      code: 'missing-markers',
      text: `Taken for missing values, with the number of cells: ${list.join('; ')}. The setting data.missingMarkers decides.`,
    },
  ];
}

/** One note per notation, with the columns that have it. */
function notationNotes(read: readonly ReadColumn[]): Note[] {
  const groups = new Map<string, { names: string[]; example: string }>();
  for (const { column, notation } of read) {
    if (notation === null) continue;
    const group = groups.get(notation.traits);
    if (group) group.names.push(column.name);
    else groups.set(notation.traits, { names: [column.name], example: notation.example });
  }
  return [...groups].map(([traits, { names, example }]) => ({
    code: 'number-notation',
    text: `Read as numbers with ${traits}: ${formatNames(names)} (${example}). The settings data.decimal and data.types overrule this.`,
  }));
}
