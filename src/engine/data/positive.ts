// Which class of a binary label is the positive one: precision, recall, F1 and the sign of a logit are about it.
import { type Column, classCodes } from './columns.ts';

/** Words that mean "it is so", in any case. */
const POSITIVE_WORDS = new Set(['1', 'true', 'yes']);

export interface PositiveChoice {
  positive: string;
  by: 'asked' | 'name' | 'word' | 'rarer' | 'tie';
}

/** Rows of the file per class of a column with few values, in the order of `values`. */
export function classRows(column: Column): number[] {
  const counts = column.values.map(() => 0);
  for (const code of classCodes(column)) if (code >= 0) counts[code] = (counts[code] as number) + 1;
  return counts;
}

/**
 * The class asked for; else the one that says 1, true or yes; else the rarer one in the file, and of two equally
 * frequent ones the later in the order of their names.
 * @param column - with two values
 * @param byName - the later in the order of their names, where none is asked for
 */
export function positiveClass(column: Column, asked?: string, byName = false): PositiveChoice {
  const [first, second] = column.values as [string, string];
  if (asked !== undefined) return { positive: asked, by: 'asked' };
  if (byName) return { positive: second, by: 'name' };
  const words = column.values.filter((value) => POSITIVE_WORDS.has(value.toLowerCase()));
  if (words.length === 1) return { positive: words[0] as string, by: 'word' };
  const [firstRows, secondRows] = classRows(column) as [number, number];
  if (firstRows === secondRows) return { positive: second, by: 'tie' };
  return { positive: firstRows < secondRows ? first : second, by: 'rarer' };
}
