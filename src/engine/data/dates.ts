// Dates in text: ISO (2024-03-01, with or without a time), day and month in either order, month names. Which of two numbers is
// the month is decided by the cells of the column, else by the other columns, else guessed and reported as a guess. Times are
// read as UTC.
import { readEpoch } from './unixTime.ts';

/** Order of the numbers in a date. */
export type DateOrder = 'ymd' | 'dmy' | 'mdy';
export const DATE_ORDERS: readonly DateOrder[] = ['ymd', 'dmy', 'mdy'];

const TIME =
  '(?:[T ,]+(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d+))?)?\\s*([AaPp][Mm])?\\s*(Z|UTC|[+-]\\d{2}:?\\d{2})?)?';
const YEAR_FIRST = new RegExp(`^(\\d{4})([-/.])(\\d{1,2})(?:\\2(\\d{1,2})${TIME})?$`);
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;
const YEAR_LAST = new RegExp(`^(\\d{1,2})([-/. ])(\\d{1,2})\\2(\\d{4}|\\d{2})${TIME}$`);
const DAY_NAMED = new RegExp(`^(\\d{1,2})[. /-]{1,2}([A-Za-z]{3,9})\\.?[ ,/-]{1,2}(\\d{4}|\\d{2})${TIME}$`);
const MONTH_NAMED = new RegExp(`^([A-Za-z]{3,9})\\.? (\\d{1,2}),? (\\d{4})${TIME}$`);
const MONTHS = 'january|february|march|april|may|june|july|august|september|october|november|december'.split(
  '|',
);
/** Two-digit years up to this one are in the 2000s, as in POSIX and Python. */
const PIVOT = 68;
const DAY_MS = 86_400_000;

function monthOf(name: string): number | null {
  const text = name.toLowerCase();
  const at = MONTHS.findIndex(
    (month) => month === text || month.slice(0, 3) === text || (text === 'sept' && month === 'september'),
  );
  return at < 0 ? null : at + 1;
}

const fullYear = (text: string) => {
  const year = Number(text);
  return text.length === 4 ? year : year <= PIVOT ? 2000 + year : 1900 + year;
};

/** Milliseconds since 1970-01-01 UTC; null if there is no such day or time. */
function instant(
  year: number,
  month: number,
  day: number,
  time: readonly (string | undefined)[],
): number | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  date.setUTCFullYear(year);
  // A day beyond its month falls into another month.
  if (date.getUTCMonth() !== month - 1) return null;
  const [h, m = '0', s = '0', fraction = '', half, zone] = time;
  if (h === undefined) return date.getTime();
  const hours = half ? (Number(h) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0) : Number(h);
  if (hours > 23 || Number(m) > 59 || Number(s) > 60 || (half && (Number(h) > 12 || h === '0'))) return null;
  const offset = /^[+-]/.test(zone ?? '') ? offsetMinutes(zone as string) : 0;
  const seconds = (hours * 60 + Number(m) - offset) * 60 + Number(s);
  return date.getTime() + seconds * 1000 + (fraction === '' ? 0 : Math.floor(Number(`0.${fraction}`) * 1000));
}

function offsetMinutes(zone: string): number {
  const digits = zone.replace(/\D/g, '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return zone.startsWith('-') ? -minutes : minutes;
}

/**
 * A date in milliseconds since 1970-01-01 UTC; null if the text is not a date in this order.
 * @param isAsked - the column was declared to hold dates, so eight digits count as one too
 */
export function readDate(text: string, order: DateOrder, isAsked = false): number | null {
  const first = text.charCodeAt(0);
  const isDigit = first >= 48 && first <= 57;
  if (!isDigit) {
    const found = MONTH_NAMED.exec(text);
    const month = found && monthOf(found[1] as string);
    return found && month ? instant(Number(found[3]), month, Number(found[2]), found.slice(4)) : null;
  }
  const iso = YEAR_FIRST.exec(text) ?? (isAsked ? withoutSigns(text) : null);
  if (iso) return instant(Number(iso[1]), Number(iso[3]), Number(iso[4] ?? 1), iso.slice(5));
  const named = DAY_NAMED.exec(text);
  if (named) {
    const month = monthOf(named[2] as string);
    return month ? instant(fullYear(named[3] as string), month, Number(named[1]), named.slice(4)) : null;
  }
  const last = YEAR_LAST.exec(text);
  if (!last) return isAsked ? readEpoch(text) : null;
  if (order === 'ymd') return null;
  const [a, b] = [Number(last[1]), Number(last[3])];
  const [day, month] = order === 'dmy' ? [a, b] : [b, a];
  return instant(fullYear(last[4] as string), month, day, last.slice(5));
}

const withoutSigns = (text: string) => {
  const found = COMPACT.exec(text);
  return found && [found[0], found[1], '', found[2], found[3]];
};

export interface DateSurvey {
  /** Number of texts that are dates under each order; texts with the year first or a month name count under all. */
  readable: Record<DateOrder, number>;
  texts: number;
  /** The first text that is a different day under each order. */
  undecided: string | null;
  /** A text that is a date under one order only, per order. */
  proof: Partial<Record<DateOrder, string>>;
}

/** A column without dates among that many texts will hold none: no need to look at all of it. */
export const ENOUGH_TEXTS = 50;

/** @param texts - non-missing cells; each distinct text counts once */
export function surveyDates(texts: Iterable<string>): DateSurvey {
  const found: DateSurvey = { readable: { ymd: 0, dmy: 0, mdy: 0 }, texts: 0, undecided: null, proof: {} };
  for (const text of texts) {
    found.texts++;
    const [ymd, dmy, mdy] = DATE_ORDERS.map((order) => readDate(text, order)) as [
      number | null,
      number | null,
      number | null,
    ];
    if (ymd !== null) found.readable.ymd++;
    if (dmy !== null) found.readable.dmy++;
    if (mdy !== null) found.readable.mdy++;
    if (dmy !== null && mdy === null) found.proof.dmy ??= text;
    if (mdy !== null && dmy === null) found.proof.mdy ??= text;
    if (dmy !== null && mdy !== null && dmy !== mdy) found.undecided ??= text;
    if (isWithoutDates(found)) break;
  }
  return found;
}

/** Whether the texts were enough to see that there are no dates. */
export const isWithoutDates = ({ texts, readable }: DateSurvey): boolean =>
  texts === ENOUGH_TEXTS && readable.dmy + readable.mdy === 0;

/** The order proven by one column alone. */
export function provenOrder({ texts, readable, undecided }: DateSurvey): DateOrder | null {
  if (texts === 0 || undecided !== null) {
    // An order that reads all texts is proven if the other one fails.
    if (readable.dmy === texts && readable.mdy < texts) return 'dmy';
    if (readable.mdy === texts && readable.dmy < texts) return 'mdy';
    return null;
  }
  return DATE_ORDERS.find((order) => readable[order] === texts) ?? null;
}

export interface OrderChoice {
  order: DateOrder;
  by: 'asked' | 'column' | 'file' | 'guess';
}

/** The order under which all texts of a column are dates; null if there is none. */
export function chooseOrder(survey: DateSurvey, ofFile: DateOrder | null): OrderChoice | null {
  const own = provenOrder(survey);
  if (own) return { order: own, by: 'column' };
  const { texts, readable, undecided } = survey;
  if (undecided === null) return null;
  // Without a proof, both orders read all texts or neither does.
  if (readable.dmy < texts) return null;
  if (ofFile === 'dmy' || ofFile === 'mdy') return { order: ofFile, by: 'file' };
  // Dates written with points have the day first.
  return undecided.includes('.') ? { order: 'dmy', by: 'column' } : { order: 'mdy', by: 'guess' };
}

/** `2024-03-01`, with the time if there is one. */
export function formatDate(ms: number): string {
  if (!Number.isFinite(ms)) return '';
  const text = new Date(ms).toISOString();
  return ms % DAY_MS === 0 ? text.slice(0, 10) : text.slice(0, 19);
}

/** Numeric features of a date. Weekdays count from Monday = 1, as in ISO 8601. */
export const DATE_PARTS = {
  days: (ms: number) => ms / DAY_MS,
  year: (ms: number) => new Date(ms).getUTCFullYear(),
  month: (ms: number) => new Date(ms).getUTCMonth() + 1,
  weekday: (ms: number) => ((new Date(ms).getUTCDay() + 6) % 7) + 1,
  hour: (ms: number) => (((ms % DAY_MS) + DAY_MS) % DAY_MS) / 3_600_000,
} as const;
