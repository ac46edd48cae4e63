// Turns choices in the table of columns into settings of the experiment: types and left-out columns are lists of names, targets
// a list of choices.
import { formatNames, formatTypedName, parseNames, parseTypedNames } from '../../../engine/config/names.ts';
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

/** The requested type, `auto` if there is none; a type that the screen does not offer is returned as written. */
export function chosenType({ types, ignore }: Lists, name: string): string {
  if (parseNames(ignore)?.includes(name)) return 'ignore';
  return parseTypedNames(types, KNOWN)?.find((item) => item.name === name)?.type ?? 'auto';
}

/** The lists with another choice for some columns; null if a list cannot be parsed and must be corrected first. */
export function withChoice({ types, ignore }: Lists, names: readonly string[], choice: Choice): Lists | null {
  const [typed, ignored] = [parseTypedNames(types, KNOWN), parseNames(ignore)];
  if (!typed || !ignored) return null;
  const kept = typed.filter((item) => !names.includes(item.name));
  const added = choice === 'auto' ? [] : names.map((name) => formatTypedName(name, choice));
  return {
    types: [
      ...kept.map(({ name, type }) => (type === null ? name : formatTypedName(name, type))),
      ...added,
    ].join(','),
    ignore: formatNames(ignored.filter((name) => !names.includes(name))),
  };
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
