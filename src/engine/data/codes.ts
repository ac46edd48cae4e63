// Digits that are identifiers, not quantities: postal codes, article numbers, keys. Read as numbers they lose leading zeros and
// get an order and distances without meaning.

/** A float64 is exact up to this many digits. */
const EXACT_DIGITS = 15;
/** Names of columns whose digits of constant width are codes. */
const NAME_OF_CODES =
  /(^|[^a-z])(zip|plz|postal|postcode|postleitzahl|post_?code|cap_code|fips|naics|nace|sic|icd|hs_?code|ean|gtin|upc|isbn|issn|sku|iban|bic|ssn|barcode|phone|telephone|tel|fax|mobile|id|uid|uuid|key|code|codes)([^a-z]|$)/i;
const CAMEL_ID = /[a-z](Id|ID|Code|Zip)$/;
const MIN_WIDTH = 4;

/**
 * Why a column of digits holds codes; null if it holds numbers.
 * @param cells - the cells that are not missing
 */
export function reasonForCodes(name: string, cells: Iterable<string>): string | null {
  let leadingZero: string | null = null;
  let long: string | null = null;
  let isConstantWidth = true;
  let width = -1;
  for (const cell of cells) {
    if (!/^\d+$/.test(cell)) return null;
    if (cell.length > 1 && cell.startsWith('0')) leadingZero ??= cell;
    if (cell.length > EXACT_DIGITS) long ??= cell;
    if (width < 0) width = cell.length;
    isConstantWidth &&= cell.length === width;
  }
  if (leadingZero !== null) return `digits with leading zeros such as "${leadingZero}"`;
  if (long !== null) return `more than ${EXACT_DIGITS} digits, such as "${long}", which numbers do not keep`;
  const isNamedSo = NAME_OF_CODES.test(name) || CAMEL_ID.test(name);
  if (isNamedSo && isConstantWidth && width >= MIN_WIDTH)
    return `a name of codes, and ${width} digits in each cell`;
  return null;
}
