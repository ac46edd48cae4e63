// Dates and times of Excel. They are numbers whose format says that they are dates (ECMA-376-1, 18.8.30 and 18.17.4.1): days since the
// end of 1899, where 1900 counts as a leap year, or since 1904 in workbooks that were begun on a Mac.

const DAY_MS = 86_400_000;
/** The day in the count of 1900 that never was, 29 February 1900. */
const NO_DAY = 60;
const BEFORE_NO_DAY = Date.UTC(1899, 11, 31);
const AFTER_NO_DAY = Date.UTC(1899, 11, 30);
const EPOCH_1904 = Date.UTC(1904, 0, 1);
/** 1 January 10000. */
const END = Date.UTC(10_000, 0, 1);

export type FormatKind = 'number' | 'date' | 'time' | 'duration';

const ids = (kind: FormatKind, ...ranges: [first: number, last: number][]) =>
  ranges.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, i): [number, FormatKind] => [first + i, kind]),
  );

/** Formats that files name by number alone; 27 to 58 are those of East Asian versions. */
const BUILT_IN: ReadonlyMap<number, FormatKind> = new Map([
  ...ids('date', [14, 17], [22, 22], [27, 31], [36, 36], [50, 54], [57, 58]),
  ...ids('time', [18, 21], [32, 35], [45, 45], [47, 47], [55, 56]),
  ...ids('duration', [46, 46]),
]);

export const kindOfBuiltIn = (id: number): FormatKind => BUILT_IN.get(id) ?? 'number';

/** @param code - such as `yyyy-mm-dd`, `[h]:mm` or `0.00" m"` */
export function kindOfFormat(code: string): FormatKind {
  // Texts in quotes, single signs behind a backslash, and signs that only take room, say nothing.
  const [section = ''] = code.replace(/"[^"]*"|\\.|_.|\*./g, '').split(';');
  if (/\[(h+|m+|s+)\]/i.test(section)) return 'duration';
  const signs = section.replace(/\[[^\]]*\]|general|am\/pm|a\/p/gi, '').replace(/s[.,]0+/gi, 's');
  if (/[0#?@]/.test(signs)) return 'number';
  if (/[yd]/i.test(signs)) return 'date';
  if (/[hs]/i.test(signs)) return 'time';
  return /m/i.test(signs) ? 'date' : 'number';
}

const two = (n: number) => String(n).padStart(2, '0');

/** `9:05:00`, with milliseconds if there are any. @param digits - of the hours, at least */
function clock(ms: number, digits: number): string {
  const [hours, minutes, seconds] = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1000) % 60].map(
    Math.floor,
  ) as [number, number, number];
  const rest = ms % 1000 === 0 ? '' : `.${String(ms % 1000).padStart(3, '0')}`;
  return `${String(hours).padStart(digits, '0')}:${two(minutes)}:${two(seconds)}${rest}`;
}

/**
 * The date or time that a number stands for, to the millisecond: `2024-03-01`, `2024-03-01 09:30:00`, `09:30:00`, and hours, which
 * may be more than a day, of a duration.
 * @param is1904 - the days are counted from 1904
 * @returns null if it is none, as below zero or beyond the year 9999; the day that never was is `1900-02-29`
 */
export function textOfSerial(serial: number, kind: FormatKind, is1904: boolean): string | null {
  const ms = Math.round(serial * DAY_MS);
  if (kind === 'number' || !(ms >= 0 && Number.isSafeInteger(ms))) return null;
  if (kind === 'duration') return clock(ms, 1);
  // Below one there is a time only, also where a date was meant: the count of 1900 begins at one.
  if (serial < 1 && (kind === 'time' || !is1904)) return clock(ms, 2);
  const day = Math.floor(ms / DAY_MS);
  const time = ms % DAY_MS === 0 ? '' : ` ${clock(ms % DAY_MS, 2)}`;
  if (!is1904 && day === NO_DAY) return `1900-02-29${time}`;
  const at = ms + (is1904 ? EPOCH_1904 : day < NO_DAY ? BEFORE_NO_DAY : AFTER_NO_DAY);
  return at < END ? `${new Date(at).toISOString().slice(0, 10)}${time}` : null;
}
