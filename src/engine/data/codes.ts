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

/**
 * Why a column of digits holds codes; null if it holds numbers.
 * @param cells - the cells that are not missing
 */
export function reasonForCodes(name: string, cells: Iterable<string>): string | null {
  let leadingZero: string | null = null;
  let long: string | null = null;
  let isConstantWidth = true;
  let width = -1;
  let [low, high] = ['', ''];
  let areThousands = true;
  for (const cell of cells) {
    if (!/^\d+$/.test(cell)) return null;
    if (cell.length > 1 && cell.startsWith('0')) leadingZero ??= cell;
    if (cell.length > EXACT_DIGITS) long ??= cell;
    if (width < 0) width = cell.length;
    isConstantWidth &&= cell.length === width;
    if (low === '' || isBelow(cell, low)) low = cell;
    if (isBelow(high, cell)) high = cell;
    areThousands &&= cell.endsWith('000');
  }
  if (leadingZero !== null) return `digits with leading zeros such as "${leadingZero}"`;
  const isNamedSo = NAME_OF_CODES.test(name) || CAMEL_ID.test(name);
  if (long !== null && (isNamedSo || !areTimes(name, low, high, areThousands)))
    return `more than ${EXACT_DIGITS} digits, such as "${long}", which numbers do not keep`;
  if (isNamedSo && isConstantWidth && width >= MIN_WIDTH)
    return `a name of codes, and ${width} digits in each cell`;
  return null;
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
