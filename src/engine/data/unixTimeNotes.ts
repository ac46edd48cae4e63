// Columns that look like Unix times: nothing is taken for one unless it is asked for, but it is said.
import { formatName } from '../config/names.ts';
import type { Note } from '../core/notes.ts';
import type { Column } from './columns.ts';
import { formatDate } from './dates.ts';
import { readEpoch, unitOfTimes } from './unixTime.ts';

/** Fewer are codes. */
const LEAST_DISTINCT = 10;

/** A column that may be one of times, and is not read as such. */
export function unixTimeNotes({ name, kind, numbers, values, distinct, isAsked }: Column): Note[] {
  if (isAsked || distinct < LEAST_DISTINCT || kind === 'date') return [];
  const [low, high] = kind === 'numeric' ? endsOf(numbers) : [values[0] ?? '', values.at(-1) ?? ''];
  const unit = unitOfTimes(low, high);
  if (unit === null) return [];
  const [from, to] = [readEpoch(low), readEpoch(high)] as [number, number];
  const areWhole =
    kind === 'numeric'
      ? numbers.every((value) => Number.isNaN(value) || Number.isInteger(value))
      : values.every((value) => value.length === low.length && /^\d+$/.test(value));
  if (!areWhole) return [];
  return [
    {
      code: 'may-be-unix-time',
      column: name,
      text: `Column ${name} holds whole numbers that read as Unix time in ${unit}, from ${formatDate(from)} to ${formatDate(to)}. If they are dates, set data.types to ${formatName(name)}:date.`,
    },
  ];
}

function endsOf(numbers: Float64Array): [string, string] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of numbers) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [String(low), String(high)];
}
