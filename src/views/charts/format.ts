// Formats numbers and names, the same everywhere: true minus sign, thousands comma, "1.2e-7" for very small numbers,
// "undefined" for NaN. Numbers should be shown with tabular numerals.

const MINUS = '\u2212';
const NBSP = '\u00a0';
export const UNDEFINED = 'undefined';

/** Replaces the hyphen at the start of a number by the true minus sign; exponents keep theirs. */
const withMinus = (text: string): string => text.replace(/^-/, MINUS);

/** A value that rounds to zero loses its sign. */
const withoutNegativeZero = (text: string): string => (/^-0(\.0*)?$/.test(text) ? text.slice(1) : text);

/** Fixed number of decimals with thousands commas: -1234.5 is "−1,234.50". */
export function formatFixed(value: number, decimals: number): string {
  if (Number.isNaN(value)) return UNDEFINED;
  if (!Number.isFinite(value)) return value > 0 ? '∞' : `${MINUS}∞`;
  const [whole = '', fraction] = withoutNegativeZero(value.toFixed(decimals)).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return withMinus(fraction === undefined ? grouped : `${grouped}.${fraction}`);
}

/** Like `formatFixed` with an explicit plus sign; zero has none. */
export function formatSigned(value: number, decimals: number): string {
  const text = formatFixed(value, decimals);
  const isZero = /^[0.]+$/.test(text);
  return value > 0 && !isZero ? `+${text}` : text;
}

/** A signed percentage: "+1.66 %". */
export function formatPercent(value: number, decimals = 2): string {
  return Number.isNaN(value) ? UNDEFINED : `${formatSigned(value, decimals)}${NBSP}%`;
}

/** "+0.31 to +2.10 %"; empty if there is no interval. */
export function formatInterval({ low, high }: { low: number; high: number }, decimals: number): string {
  if (Number.isNaN(low) || Number.isNaN(high)) return '';
  return `${formatSigned(low, decimals)} to ${formatPercent(high, decimals)}`;
}

export const formatCount = (value: number): string => formatFixed(value, 0);

/** A value of unknown size in at most seven characters: "0.0163", "12.4", "1.8e+7", "1.2e-7". */
export function formatCompact(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || value === 0) return Number.isFinite(value) ? '0' : formatFixed(value, 0);
  if (size >= 1e5 || size < 1e-3) return formatExponent(value);
  return formatFixed(value, size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4);
}

/** The last loss of a curve: a dash where none was measured, and NaN where the run failed. */
export const formatLoss = (value: number, hasFailed: boolean): string =>
  Number.isNaN(value) ? (hasFailed ? 'NaN' : '–') : formatShort(value);

/** Like `formatCompact` with three digits, for captions of small charts: "0.016", "1.84". */
export function formatShort(value: number): string {
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1000
    ? formatFixed(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)
    : formatCompact(value);
}

/** "1.2e-7", "5.9e+5", without superfluous zeros. */
export function formatExponent(value: number): string {
  if (!Number.isFinite(value)) return formatFixed(value, 0);
  return withMinus(value.toExponential(1).replace('.0e', 'e'));
}

/** A power of ten on a logarithmic axis: "0.1", "100", "1e4", "1e-3". */
export function formatPower(value: number): string {
  return value >= 0.01 && value <= 100 ? String(value) : formatExponent(value).replace('+', '');
}

/** The label of an axis whose ticks are `step` apart. */
export function formatTick(value: number, step: number): string {
  const size = Math.max(Math.abs(value), Math.abs(step));
  if (size >= 1e6 || (size > 0 && Math.abs(step) < 1e-4)) return value === 0 ? '0' : formatExponent(value);
  const decimals =
    Number(Math.abs(step).toPrecision(3)).toFixed(6).replace(/0+$/, '').split('.')[1]?.length ?? 0;
  return formatFixed(value, decimals);
}

const WORDS: Record<string, string> = {
  auroc: 'AUROC',
  auc: 'AUC',
  mse: 'MSE',
  rmse: 'RMSE',
  mae: 'MAE',
  r2: 'R²',
  f1: 'F1',
};

/** An id as words: `explained-variance` is "Explained variance", `auroc` is "AUROC". */
export function humanise(id: string): string {
  const words = id.split(/[-_\s]+/).map((word) => WORDS[word.toLowerCase()] ?? word);
  return capitalised(words.join(' '));
}

/** With a capital at the start, as a title or a sentence has. */
export function capitalised(text: string): string {
  const [first = ''] = text;
  return first.toUpperCase() + text.slice(first.length);
}

/** Lower-case start for use within a sentence; abbreviations stay. */
export const inSentence = (label: string): string =>
  /^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;

const NUMBERED_TASK = /^task[\s_-]?(\d+)$/i;
/** Letters that are written from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
/**
 * `task3` is "Task 3"; other names stay as they are. One from right to left is isolated, so that numbers beside it keep their
 * place.
 */
export const taskLabel = (name: string): string =>
  RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name.replace(NUMBERED_TASK, 'Task $1');
/** `task3` is "T3"; other names stay as they are. */
export const shortTaskLabel = (name: string): string => name.replace(NUMBERED_TASK, 'T$1');

/** ↑ where higher is better, ↓ where lower is; nothing when unknown. */
export const arrow = (higherIsBetter: boolean | null): string =>
  higherIsBetter === null ? '' : higherIsBetter ? '↑' : '↓';

/** "Task 1", "Task 1 and Task 2", "Task 1, Task 2 and 3 more". */
export function listNames(names: readonly string[], limit = 3): string {
  if (names.length <= 1) return names[0] ?? '';
  if (names.length > limit)
    return `${names.slice(0, limit - 1).join(', ')} and ${names.length - limit + 1} more`;
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** "1 seed", "3 seeds". */
export const plural = (count: number, noun: string): string =>
  `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
