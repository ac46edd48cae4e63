// Texts that mean a missing value. Some do everywhere ("N/A"); others ("-", "none") only among numbers, because among words
// they may be a class.
import { parseNames } from '../config/names.ts';
import { isPlainNumber } from './numbers.ts';

/** The item of the setting that stands for the rules of this file. */
export const AUTO = 'auto';

const EVERYWHERE = new Set(
  `na|n/a|#n/a|#n/a n/a|#na|n.a.|n.a|n. a.|<na>|nan|-nan|+nan|nan(ind)|-nan(ind)|null|<null>|(null)|[null]|#null!|#value!
  |#div/0!|#ref!|#name?|#num!|#spill!|#calc!|#field!|#blocked!|#connect!|#busy!|#unknown!|#getting_data|\\n|nat|?|??|1.#ind|-1.#ind|1.#qnan|-1.#qnan`
    .split('|')
    .map((text) => text.trim()),
);
/** Missing among numbers; among words too, unless these are signs themselves. */
const SIGNS = new Set(['-', '--', '---', '–', '—', '−', '.', '..', '...', '…', '*', '/', '_', '#']);
/** Missing among numbers; among words they may be a class. */
const WORDS = new Set(
  'none|nil|missing|not available|not applicable|not reported|no data|nodata|nd|n/d|n.d.|k.a.|k. a.|empty|blank|void'.split(
    '|',
  ),
);

/** Stata's missing values with a reason. */
const REASONS = /^\.[a-z]$/;

export type Certainty = 'missing' | 'sign' | 'word' | 'value';

/** How the setting classifies a text: certainly missing, perhaps missing, or a value. */
export interface MissingRule {
  (cell: string): Certainty;
  /** Of a cell that is a plain number, only these numbers can mean a missing value. */
  numbers: ReadonlySet<number>;
}

const [ZERO, NINE, MINUS, HASH] = ['0', '9', '-', '#'].map((sign) => sign.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
];

/** Starts with a digit, or a minus and a digit; of the markers in this file only "1.#IND" does. */
function beginsNumber(cell: string): boolean {
  const at = cell.charCodeAt(0) === MINUS ? 1 : 0;
  const first = cell.charCodeAt(at);
  return first >= ZERO && first <= NINE && cell.charCodeAt(at + 2) !== HASH;
}

/** A number that is no code: without leading zeros. */
const QUANTITY = /^-?(?:0|[1-9]\d*)(?:\.\d*)?(?:e[+-]?\d+)?$/i;

/**
 * @param setting - texts separated by commas, quoted like names; `auto` among them adds the rules of this file
 * @returns null if the quotes of the setting do not match
 */
export function missingRule(setting: string): MissingRule | null {
  const items = parseNames(setting);
  if (!items) return null;
  const asked = new Set(items.map((item) => item.toLowerCase()));
  const isAuto = asked.delete(AUTO);
  const numbers = new Set([...asked].filter((item) => QUANTITY.test(item)).map(Number));
  /** As it is written, or as the same number: "-999.0" for -999. */
  const isAsked = (cell: string) =>
    asked.has(cell.toLowerCase()) || (numbers.size > 0 && QUANTITY.test(cell) && numbers.has(Number(cell)));
  const rule = (cell: string): Certainty => {
    if (cell === '') return 'missing';
    // Fast path for most cells of most tables.
    if (beginsNumber(cell)) return asked.size > 0 && isAsked(cell) ? 'missing' : 'value';
    const text = cell.toLowerCase();
    if (asked.has(text)) return 'missing';
    if (!isAuto) return 'value';
    if (EVERYWHERE.has(text)) return 'missing';
    if (SIGNS.has(text)) return 'sign';
    return WORDS.has(text) || REASONS.test(text) ? 'word' : 'value';
  };
  return Object.assign(rule, { numbers: new Set([...asked].filter(isPlainNumber).map(Number)) });
}

/** Whether the values of a column are signs such as "+" and "-", so that "-" is a value. */
export const areSigns = (values: Iterable<string>): boolean =>
  [...values].every((value) => !/[\p{L}\p{N}]/u.test(value));
