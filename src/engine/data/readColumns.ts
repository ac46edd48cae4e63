// Interprets the text of columns: numbers, dates or categories, missing values, and number notation. Everything unusual is
// noted with the setting that overrides it; cells that do not fit keep their line number.
import { listNames } from '../config/names.ts';
import type { Note } from '../core/notes.ts';
import { reasonForCodes } from './codes.ts';
import { draftOf } from './columnSurvey.ts';
import type { Column } from './columns.ts';
import type { DateOrder, DateSurvey } from './dates.ts';
import { cellsThere, type Draft, type ReadColumn } from './draft.ts';
import type { TableSchema, TextColumn } from './formats/format.ts';
import { chooseDecimal, chooseMark, type DecimalChoice, decimalOfFile, provenDecimal } from './notation.ts';
import type { Decimal } from './numbers.ts';
import { asCategories, NEARLY_NUMERIC, withCodes } from './readCategories.ts';
import { asDates, dateSurvey, orderOfFile, spoiltDateNotes } from './readDates.ts';
import type { ColumnType, ReadingSettings } from './reading.ts';
import { asNumbers, readNumbers } from './readNumbers.ts';
import { asTimes } from './readTimes.ts';

const FORCED_DECIMAL: Partial<Record<ColumnType, Decimal>> = { 'decimal-point': '.', 'decimal-comma': ',' };

/** The text columns of a table. */
export interface TextTable extends Pick<TableSchema, 'hasSemicolons'> {
  columns: readonly TextColumn[];
}

/** What the columns of a file prove about each other. */
interface FileFacts extends Pick<TableSchema, 'hasSemicolons'> {
  decimal: Decimal | null;
  dateOrder: DateOrder | null;
}

const NO_FACTS: FileFacts = { hasSemicolons: false, decimal: null, dateOrder: null };

/** Whether other columns decide how this one is read: some cells could be two numbers, or two dates. */
const needsFile = ({ raw, survey }: Draft, dates: DateSurvey | null, { decimal }: ReadingSettings): boolean =>
  (decimal === null &&
    raw.decimal === undefined &&
    survey.undecided !== null &&
    provenDecimal(survey) === null) ||
  (dates !== null && dates.undecided !== null);

export interface ReadColumns {
  columns: Column[];
  notes: Note[];
}

/**
 * Reads column by column; yields the finished share, so that the caller can let messages in.
 * @param settings - checked already, see `checkReading`
 */
export function* readingColumns(
  table: TextTable,
  settings: ReadingSettings,
): Generator<number, ReadColumns, void> {
  const count = Math.max(1, table.columns.length);
  const drafts: { draft: Draft; dates: DateSurvey | null; read: ReadColumn | null }[] = [];
  for (const raw of table.columns) {
    const draft = draftOf(raw, settings.types.get(raw.name) ?? null, settings.missing);
    const dates = dateSurvey(draft);
    // Its memory can be released before other columns are surveyed.
    const isAlone = !needsFile(draft, dates, settings);
    drafts.push({ draft, dates, read: isAlone ? readColumn(draft, dates, NO_FACTS, settings) : null });
    if (isAlone) draft.release();
    yield drafts.length / count / 2;
  }
  const facts: FileFacts = {
    hasSemicolons: table.hasSemicolons,
    // Numbers that the file has as numbers say nothing about those that it has as texts.
    decimal: decimalOfFile(drafts.flatMap(({ draft }) => (draft.raw.decimal ? [] : [draft.survey]))),
    dateOrder: orderOfFile(drafts.map(({ dates }) => dates)),
  };
  const read: ReadColumn[] = [];
  for (const { draft, dates, read: before } of drafts) {
    read.push(before ?? readColumn(draft, dates, facts, settings));
    draft.release();
    yield 0.5 + read.length / count / 2;
  }
  return {
    columns: read.map((r) => r.column),
    notes: [...missingNotes(read), ...notationNotes(read), ...read.flatMap((r) => r.notes)],
  };
}

/** Reads all columns without a pause. */
export function readColumns(table: TextTable, settings: ReadingSettings): ReadColumns {
  const steps = readingColumns(table, settings);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

function readColumn(
  draft: Draft,
  dates: DateSurvey | null,
  facts: FileFacts,
  settings: ReadingSettings,
): ReadColumn {
  const { raw, survey } = draft;
  const asked = draft.asked === 'ignore' ? null : draft.asked;
  const asDate = asDates(draft, dates, facts.dateOrder);
  if (asDate) return asDate;
  const times = asTimes(draft);
  if (times) return times;
  const choice = decimalFor(draft, facts, settings);
  const share = survey.readable[choice.decimal] / Math.max(1, survey.present);
  const isNumeric =
    asked === null ? share >= NEARLY_NUMERIC && survey.present > survey.infinite : asked !== 'categorical';
  if (isNumeric) {
    const codes = asked === null ? reasonForCodes(raw.name, draft.digits, cellsThere(draft)) : null;
    if (codes !== null) return withCodes(draft, settings, codes);
    const numbers = readNumbers(draft, { decimal: choice.decimal, mark: chooseMark(survey) });
    if (asked !== null || numbers.texts.count === 0) return asNumbers(draft, choice, numbers);
  }
  const read = asCategories(draft, settings, choice.decimal, isNumeric);
  return { ...read, notes: [...spoiltDateNotes(draft, dates, read.column), ...read.notes] };
}

function decimalFor(
  { raw, asked, survey }: Draft,
  { decimal: ofFile, hasSemicolons }: FileFacts,
  { decimal }: ReadingSettings,
): DecimalChoice {
  if (raw.decimal) return { decimal: raw.decimal, by: 'column' };
  const forced = (asked && FORCED_DECIMAL[asked]) ?? decimal;
  return forced ? { decimal: forced, by: 'asked' } : chooseDecimal(survey, ofFile, hasSemicolons);
}

/** One note for the whole table: the texts taken for missing, with columns and counts. */
function missingNotes(read: readonly ReadColumn[]): Note[] {
  const list = read.flatMap(({ column: { name, markers } }) => {
    const counts = markers.map(({ text, count }) => `"${text}" ${count}`).join(', ');
    return counts === '' ? [] : [`${name} (${counts})`];
  });
  if (list.length === 0) return [];
  return [
    {
      code: 'missing-markers',
      text: `Taken for missing values, with the number of cells: ${list.join('; ')}. The setting data.missingMarkers decides.`,
    },
  ];
}

/** One note per notation, naming its columns. */
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
    text: `Read as numbers with ${traits}: ${listNames(names)} (${example}). The settings data.decimal and data.types overrule this.`,
  }));
}
