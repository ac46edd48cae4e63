// Numbers as people write them: decimal point or comma, thousands separators, currency and percent signs, typographic minus,
// brackets for negative amounts. A single cell can be ambiguous ("1,234"); the column decides, see notation.ts.

export type Decimal = '.' | ',';

const PLAIN = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const MINUS = '[-\\u2010-\\u2013\\u2212\\ufe63\\uff0d]';
const SIGN = `(?:${MINUS}|\\+)`;
const CODES =
  'AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HKD|HUF|ILS|INR|JPY|KRW|MXN|NOK|NZD|PLN|RUB|SEK|SGD|THB|TRY|TWD|USD|ZAR';
const CURRENCY = `(?:[A-Z]{0,3}\\$(?:US|CA|AU|HK|NZ)?|\\p{Sc}|(?:${CODES})|[Kk]r\\.?|S?Fr\\.?|zł|Kč|Ft|Rs\\.?)`;
const BODY = `[\\d.,](?:[\\d.,'’´\`\\s]*[\\d.,])?(?:[eE]${SIGN}?\\d+)?`;
const PIECES = new RegExp(
  `^(\\()?\\s*(${SIGN})?\\s*(${CURRENCY})?\\s*(${SIGN})?\\s*(${BODY})\\s*(${CURRENCY}|[%‰])?\\s*(${MINUS})?\\s*(\\))?$`,
  'u',
);
const INFINITE = new RegExp(`^(${SIGN})?(?:inf|infinity|∞|1\\.#inf)$`, 'i');
// Digits in one piece; groups of three after one to three; Indian groups of two, with commas only; then the fraction.
const POINT_BODY =
  /^(\d+|[1-9]\d{0,2}([, '])\d{3}(?:\2\d{3})*|[1-9]\d?(?:,\d{2})+,\d{3})?(?:\.(\d*))?(?:[eE](.+))?$/;
const COMMA_BODY = /^(\d+|[1-9]\d{0,2}([. '])\d{3}(?:\2\d{3})*)?(?:,(\d*))?(?:[eE](.+))?$/;

/** A cell split into parts; `mark` is its currency or percent sign, or empty. */
export interface NumberParts {
  isNegative: boolean;
  /** The digits, with at most one kind of separator between groups. */
  body: string;
  mark: string;
  /** The minus is not a hyphen, is at the end, or is a pair of brackets. */
  hasOddMinus: boolean;
}

/** Digits with at most a sign, a decimal point and an exponent. */
export const isPlainNumber = (text: string): boolean => PLAIN.test(text);

/** Splits a written number into parts; null if the text is not a number. */
export function takeApart(text: string): NumberParts | null {
  const found = PIECES.exec(text);
  if (!found) return null;
  const [, open, before, prefix, after, digits = '', suffix, behind, close] = found;
  const signs = [open, before, after, behind].filter((piece) => piece !== undefined);
  if (signs.length > 1 || (open === undefined) !== (close === undefined)) return null;
  if (prefix !== undefined && suffix !== undefined) return null;
  // "5,-" means five, not minus five. Other tools do not read it, so the decision is left to the user.
  if (behind !== undefined && !/\d$/.test(digits)) return null;
  const isNegative = signs.some((piece) => piece !== '+');
  return {
    isNegative,
    body: digits.replace(/\s/g, ' ').replace(/[’´`]/g, "'").replace(new RegExp(MINUS, 'u'), '-'),
    mark: prefix ?? suffix ?? '',
    hasOddMinus: isNegative && (signs[0] !== '-' || behind !== undefined),
  };
}

/** The value of a body under a decimal sign; null if its separators do not fit. */
export function numberIn({ body, isNegative }: NumberParts, decimal: Decimal): number | null {
  const found = (decimal === '.' ? POINT_BODY : COMMA_BODY).exec(body);
  if (!found) return null;
  const [, whole = '', , fraction = '', exponent = '0'] = found;
  if (whole === '' && fraction === '') return null;
  const value = Number(`${whole.replace(/\D/g, '')}.${fraction || '0'}e${exponent}`);
  return isNegative ? -value : value;
}

/** Positive or negative infinity if the text says so, else null. */
export function infinityOf(text: string): number | null {
  const found = INFINITE.exec(text);
  if (!found) return null;
  return found[1] === undefined || found[1] === '+' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}

/** Whether the text is a number in any notation. */
export function looksNumeric(text: string): boolean {
  if (isPlainNumber(text) || infinityOf(text) !== null) return true;
  const parts = takeApart(text);
  return parts !== null && (numberIn(parts, '.') !== null || numberIn(parts, ',') !== null);
}
