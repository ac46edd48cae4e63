// Turns choices in the table of columns into settings of the experiment: types and left-out columns are lists of names, targets
// a list of choices.
import { formatName, formatTypedName, parseNames, parseTypedNames } from '../../../engine/config/names.ts';
import type { TargetChoice } from '../../../engine/config/params.ts';

/** Types offered on screen; others in the list of types stay until another is chosen. */
export const CHOICES = ['auto', 'numeric', 'categorical', 'date', 'ignore'] as const;
export type Choice = (typeof CHOICES)[number];

/** Types as written in `data.types`. */
const KNOWN = [
  'numeric',
  'categorical',
  'date',
  'ignore',
  'decimal-point',
  'decimal-comma',
  'date-dmy',
  'date-mdy',
] as const;

export interface Lists {
  /** `data.types` */
  types: string;
  /** `data.ignore` */
  ignore: string;
}

/**
 * What is requested per column: `auto` for those that no list names; a type that the screen does not offer is returned as
 * written. The lists are read once, as they may name thousands of columns.
 */
export function chosenTypes({ types, ignore }: Lists): (name: string) => string {
  const ignored = new Set(parseNames(ignore));
  const typed = new Map<string, string | null>();
  for (const { name, type } of parseTypedNames(types, KNOWN) ?? [])
    if (!typed.has(name)) typed.set(name, type);
  return (name) => (ignored.has(name) ? 'ignore' : (typed.get(name) ?? 'auto'));
}

/** The lists with another choice for some columns; null if a list cannot be parsed and must be corrected first. */
export function withChoice({ types, ignore }: Lists, names: readonly string[], choice: Choice): Lists | null {
  const [typed, ignored] = [parseTypedNames(types, KNOWN), parseNames(ignore)];
  if (!typed || !ignored) return null;
  const changed = new Set(names);
  const kept = typed.filter((item) => !changed.has(item.name));
  const added = choice === 'auto' ? [] : names.map((name) => formatTypedName(name, choice));
  return {
    types: [
      ...kept.map(({ name, type }) => (type === null ? name : formatTypedName(name, type))),
      ...added,
    ].join(','),
    ignore: ignored
      .filter((name) => !changed.has(name))
      .map(formatName)
      .join(','),
  };
}

/** Settings for long tails, each a list of the columns that it is for. */
export const TAILS = {
  logScale: 'log scale',
  clip: 'clipped at 1 and 99 %',
  quantile: 'normal scores',
} as const;
export type Tails = Record<keyof typeof TAILS, string>;
export const TAIL_KEYS = Object.keys(TAILS) as (keyof Tails)[];

/** The setting that a column is listed in; empty for none. */
export const tailOf = (tails: Tails, name: string): string =>
  TAIL_KEYS.find((key) => parseNames(tails[key])?.includes(name)) ?? '';

/** The lists with a column in another of them, or in none; null if a list cannot be parsed and must be corrected first. */
export function withTail(tails: Tails, name: string, next: string): Tails | null {
  const changed = { ...tails };
  for (const key of TAIL_KEYS) {
    const names = parseNames(tails[key]);
    if (!names) return null;
    const others = names.filter((other) => other !== name);
    changed[key] = (key === next ? [...others, name] : others).map(formatName).join(',');
  }
  return changed;
}

/** The targets, with or without a column. */
export function withTarget(
  targets: readonly TargetChoice[],
  column: string,
  choice: Omit<TargetChoice, 'column'> | null,
): TargetChoice[] {
  const at = targets.findIndex((t) => t.column === column);
  if (choice === null) return targets.filter((t) => t.column !== column);
  const chosen = { column, ...choice };
  return at < 0 ? [...targets, chosen] : targets.map((t, i) => (i === at ? chosen : t));
}
