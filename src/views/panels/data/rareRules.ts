// Rules for rare categories of single columns, as the list `data.rare` has them.
import { formatTypedName, parseTypedNames } from '../../../engine/config/names.ts';

/** Those that are offered; a list may hold other numbers. */
export const RARE_RULES: Readonly<Record<string, string>> = {
  0: 'each value is kept',
  1: 'unseen in training: "other"',
  frequent: 'unseen in training: the most frequent',
  5: 'below 5 training rows: "other"',
  20: 'below 20 training rows: "other"',
  100: 'below 100 training rows: "other"',
};

const parse = (list: string) =>
  parseTypedNames(list, [
    'frequent',
    ...Array.from(list.matchAll(/:\s*(\d+)/g), ([, count]) => count as string),
  ]);

/** The rule of a column; empty where it has none of its own. */
export const rareOf = (list: string, name: string): string =>
  parse(list)?.find((item) => item.name === name)?.type ?? '';

/** The list with another rule for a column, none where it is empty; null where the list cannot be read, which has to be mended first. */
export function withRare(list: string, name: string, rule: string): string | null {
  const items = parse(list);
  if (!items) return null;
  const others = items.filter((item) => item.name !== name);
  return [...others, ...(rule === '' ? [] : [{ name, type: rule }])]
    .map((item) => formatTypedName(item.name, item.type ?? ''))
    .join(',');
}
