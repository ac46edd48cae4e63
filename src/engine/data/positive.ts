// The positive class of a binary label: precision, recall, F1 and the sign of a logit refer to it.
import { type Column, classCodes } from './columns.ts';

/** Words for "yes", in any case. */
const POSITIVE_WORDS = new Set(['1', 'true', 'yes']);

export interface PositiveChoice {
  positive: string;
  by: 'asked' | 'name' | 'word' | 'rarer' | 'tie';
}

/** Number of rows per class, for a column with few values, in the order of `values`. */
export function classRows(column: Column): number[] {
  const counts = column.values.map(() => 0);
  for (const code of classCodes(column)) if (code >= 0) counts[code] = (counts[code] as number) + 1;
  return counts;
}

/**
 * The requested class; else the one named 1, true or yes; else the rarer one in the file, and of two equally frequent ones the
 * later in name order.
 * @param column - with two values
 * @param byName - take the later in name order if none is requested
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
