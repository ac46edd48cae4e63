// Reads the cells of a column as dates, in an order of day and month that is proven, set, or reported as a guess.
import { formatName } from '../config/names.ts';
import type { Note } from '../core/notes.ts';
import { type Column, describeCells, MAX_CLASSES, NO_CELLS } from './columns.ts';
import {
  chooseOrder,
  type DateOrder,
  type DateSurvey,
  ENOUGH_TEXTS,
  formatDate,
  isWithoutDates,
  type OrderChoice,
  provenOrder,
  readDate,
  surveyDates,
} from './dates.ts';
import {
  addCell,
  cellsThere,
  type Draft,
  isThere,
  Markers,
  noCells,
  plainCount,
  type ReadColumn,
} from './draft.ts';
import type { ColumnType } from './reading.ts';

const ASKED_ORDER: Partial<Record<ColumnType, DateOrder>> = { 'date-dmy': 'dmy', 'date-mdy': 'mdy' };
const ORDER_WORDS: Record<DateOrder, string> = {
  ymd: 'year, month, day',
  dmy: 'day, month, year',
  mdy: 'month, day, year',
};

export const isDateType = (asked: ColumnType | null): boolean =>
  asked === 'date' || asked === 'date-dmy' || asked === 'date-mdy';

/** Surveys the texts of a column as dates; null if none has a digit. */
export function dateSurvey(draft: Draft): DateSurvey | null {
  const { survey, asked } = draft;
  if (asked !== null && !isDateType(asked)) return null;
  // Numbers are dates only if the type is set.
  if (asked === null && survey.plain * 2 > survey.present) return null;
  // Most columns need no further look.
  const first = surveyDates(firstTexts(draft));
  return isWithoutDates(first)
    ? first
    : surveyDates(draft.coded.texts.filter((text) => isThere(draft, text)));
}

/** Cells that are looked at for texts of which there are enough. */
const LOOKED_AT = 1000;

function firstTexts(draft: Draft): Set<string> {
  const texts = new Set<string>();
  let left = LOOKED_AT;
  for (const text of cellsThere(draft)) {
    texts.add(text);
    if (texts.size === ENOUGH_TEXTS || --left === 0) break;
  }
  return texts;
}

/** The order proven by all columns together; null if they prove none or contradict each other. */
export function orderOfFile(surveys: readonly (DateSurvey | null)[]): DateOrder | null {
  const proven = new Set(
    surveys.flatMap((s) => {
      const order = s && s.texts > 0 ? provenOrder(s) : null;
      return order === 'dmy' || order === 'mdy' ? [order] : [];
    }),
  );
  return proven.size === 1 ? ([...proven][0] ?? null) : null;
}

/** The column as dates; null if it holds none and no date type was set. */
export function asDates(
  draft: Draft,
  survey: DateSurvey | null,
  ofFile: DateOrder | null,
): ReadColumn | null {
  const { raw, asked } = draft;
  if (!survey) return null;
  const isAsked = isDateType(asked);
  const forced = asked && ASKED_ORDER[asked];
  const choice: OrderChoice | null = forced ? { order: forced, by: 'asked' } : chooseOrder(survey, ofFile);
  if (!choice && !isAsked) return null;
  const order = choice?.order ?? (survey.readable.mdy > survey.readable.dmy ? 'mdy' : 'dmy');
  const texts = noCells(raw);
  const markers = new Markers();
  const distinct = new Set<number>();
  let missing = 0;
  const { coded } = draft;
  const dates = Float64Array.from(coded.texts, (text, i) => {
    const count = coded.counts[i] as number;
    if (!isThere(draft, text)) {
      missing += count;
      markers.add(text, count);
      return Number.NaN;
    }
    const date = readDate(text, order, isAsked);
    if (date === null) addCell(texts, text, raw.lineAt(coded.firstRows[i] as number), count);
    else distinct.add(date);
    return date ?? Number.NaN;
  });
  const numbers = Float64Array.from(coded.codes, (code) => dates[code] as number);
  const sorted = Float64Array.from(distinct).sort();
  const column: Column = {
    name: raw.name,
    kind: 'date',
    reason: isAsked
      ? `asked for as ${asked}`
      : `all ${plainCount(raw.rows - missing)} filled cells read as dates (${ORDER_WORDS[order]}${choice?.by === 'guess' ? ', a guess' : choice?.by === 'file' ? ', as in other columns' : ''})`,
    rows: raw.rows,
    missing,
    markers: markers.list(),
    numbers,
    codes: new Int32Array(0),
    distinct: sorted.length,
    values: Array.from(sorted.subarray(0, MAX_CLASSES), formatDate),
    isAsked,
    readAs: order === 'ymd' ? 'date' : `date-${order}`,
    texts,
    beyond: NO_CELLS,
  };
  return { column, notation: null, notes: orderNotes(column, choice, survey) };
}

function orderNotes({ name }: Column, choice: OrderChoice | null, { undecided }: DateSurvey): Note[] {
  if (choice?.by !== 'guess' || undecided === null) return [];
  const [dmy, mdy] = (['dmy', 'mdy'] as const).map((order) =>
    formatDate(readDate(undecided, order) ?? Number.NaN),
  );
  return [
    {
      code: 'date-order-ambiguous',
      column: name,
      text: `Column ${name}: "${undecided}" can be ${mdy} or ${dmy}, and nothing in the file decides; it is read as ${mdy}. If the day comes first, set data.types to ${formatName(name)}:date-dmy.`,
    },
  ];
}

/** Notes why a column with dates is read as text: some cells are not dates, or no order fits all of them. */
export function spoiltDateNotes({ raw, coded }: Draft, survey: DateSurvey | null, column: Column): Note[] {
  if (!survey || column.kind !== 'categorical' || column.isAsked) return [];
  const { readable, texts, proof } = survey;
  const most = Math.max(readable.dmy, readable.mdy);
  const { name } = raw;
  if (proof.dmy !== undefined && proof.mdy !== undefined && most < texts)
    return [
      {
        code: 'date-order-mixed',
        column: name,
        text: `Column ${name} is read as texts, not as dates: "${proof.dmy}" is a date with the day first, "${proof.mdy}" one with the month first. Correct the cells, or set data.types to ${formatName(name)}:date-dmy or date-mdy to see which do not fit.`,
      },
    ];
  if (texts < 10 || most < 0.9 * texts) return [];
  const order: DateOrder = readable.mdy > readable.dmy ? 'mdy' : 'dmy';
  const spoilt = noCells(raw);
  coded.texts.forEach((text, i) => {
    const first = coded.firstRows[i] as number;
    if (column.codes[first] !== -1 && readDate(text, order) === null)
      addCell(spoilt, text, raw.lineAt(first), coded.counts[i]);
  });
  return [
    {
      code: 'column-read-as-categories',
      column: name,
      text: `Column ${name} is read as texts, not as dates, because of values such as ${describeCells(spoilt)}; its other cells are dates. Correct them, or set data.missingMarkers to auto,${formatName(spoilt.first[0]?.text ?? '')} to count them as missing.`,
    },
  ];
}
