// Digits that are identifiers, not quantities: postal codes, article numbers, keys. Read as numbers they lose leading zeros and
// get an order and distances without meaning.
import { unitOfTimes } from './unixTime.ts';

/** A float64 is exact up to this many digits. */
const EXACT_DIGITS = 15;
/** Names of columns whose digits of constant width are codes. */
const NAME_OF_CODES =
  /(^|[^a-z])(zip|plz|postal|postcode|postleitzahl|post_?code|cap_code|fips|naics|nace|sic|icd|hs_?code|ean|gtin|upc|isbn|issn|sku|iban|bic|ssn|barcode|phone|telephone|tel|fax|mobile|id|uid|uuid|key|code|codes)([^a-z]|$)/i;
const CAMEL_ID = /[a-z](Id|ID|Code|Zip)$/;
const MIN_WIDTH = 4;
/** Names of columns whose digits are times, where identifiers made of a time look the same. */
const NAME_OF_TIMES = /(^|[^a-z])(time|times|timestamp|stamp|ts|epoch|unix|date|datetime|at|ns)([^a-z]|$)/i;
const CAMEL_TIME = /[a-z](Time|Timestamp|Stamp|Date|At|Ns)$/;

/** What the cells of a column have in common that are digits. */
export interface DigitSurvey {
  /** All are digits and nothing else. */
  areAll: boolean;
  /** The first with a zero before other digits. */
  leadingZero: string | null;
  /** Some have more digits than numbers keep. */
  areLong: boolean;
  /** Number of digits, 0 where it differs, -1 without a cell. */
  width: number;
}

export const newDigitSurvey = (): DigitSurvey => ({
  areAll: true,
  leadingZero: null,
  areLong: false,
  width: -1,
});

export function surveyDigits(cell: string, found: DigitSurvey): void {
  if (!/^\d+$/.test(cell)) {
    found.areAll = false;
    return;
  }
  if (cell.length > 1 && cell.startsWith('0')) found.leadingZero ??= cell;
  countDigits(cell.length, found);
}

/** Adds a cell of digits that begins with no zero, or was looked at for that. */
export function countDigits(width: number, found: DigitSurvey): void {
  if (width > EXACT_DIGITS) found.areLong = true;
  if (found.width !== width) found.width = found.width === -1 ? width : 0;
}

/**
 * Why a column of digits holds codes; null if it holds numbers.
 * @param cells - the cells that are not missing
 */
export function reasonForCodes(
  name: string,
  { areAll, leadingZero, areLong, width }: DigitSurvey,
  cells: Iterable<string>,
): string | null {
  if (!areAll) return null;
  if (leadingZero !== null) return `digits with leading zeros such as "${leadingZero}"`;
  const isNamedSo = NAME_OF_CODES.test(name) || CAMEL_ID.test(name);
  if (areLong) {
    const { long, low, high, areThousands } = longestOf(cells);
    if (isNamedSo || !areTimes(name, low, high, areThousands))
      return `more than ${EXACT_DIGITS} digits, such as "${long}", which numbers do not keep`;
  }
  if (isNamedSo && width >= MIN_WIDTH) return `a name of codes, and ${width} digits in each cell`;
  return null;
}

/** Of cells of digits: the first long one, the lowest and the highest number, and whether all end in three zeros. */
function longestOf(cells: Iterable<string>) {
  let [long, low, high] = ['', '', ''];
  let areThousands = true;
  for (const cell of cells) {
    if (cell.length > EXACT_DIGITS) long ||= cell;
    if (low === '' || isBelow(cell, low)) low = cell;
    if (isBelow(high, cell)) high = cell;
    areThousands &&= cell.endsWith('000');
  }
  return { long, low, high, areThousands };
}

const isBelow = (a: string, b: string) => (a.length === b.length ? a < b : a.length < b.length);

/**
 * Unix times in microseconds are kept exactly. In nanoseconds they are rounded to 256, and identifiers look the same, so their
 * name or their zeros must say that they are times.
 */
function areTimes(name: string, low: string, high: string, areThousands: boolean): boolean {
  const unit = unitOfTimes(low, high);
  if (unit === 'microseconds') return true;
  return unit === 'nanoseconds' && (areThousands || NAME_OF_TIMES.test(name) || CAMEL_TIME.test(name));
}
