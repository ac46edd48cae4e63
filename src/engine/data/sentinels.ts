// Numbers that often stand for a missing value, such as -999. They are not taken for one unless it is asked for; a column that holds
// one far from its other values is said to.
import { formatName } from '../config/names.ts';
import type { Note } from '../core/notes.ts';
import type { Column } from './columns.ts';

const SENTINELS = [-9, -99, -999, -9999, -99999, 99, 999, 9999, 99999];

/** @returns a note where the smallest or the largest value is such a number, stands twice, and lies apart from the others */
export function sentinelNotes({ name, kind, numbers, isAsked }: Column): Note[] {
  if (kind !== 'numeric' || isAsked) return [];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of numbers) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high].flatMap((end): Note[] => {
    if (!SENTINELS.includes(end)) return [];
    let [count, least, most] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of numbers) {
      if (value === end) count++;
      else {
        if (value < least) least = value;
        if (value > most) most = value;
      }
    }
    const gap = end === low ? least - end : end - most;
    // Far below zero where nothing else is, or further out than the others spread.
    const isApart = gap > most - least || (end <= -99 && least >= 0);
    if (count < 2 || !(most > least) || !isApart) return [];
    return [
      {
        code: 'may-be-missing-marker',
        column: name,
        text: `Column ${name} holds ${end} in ${count.toLocaleString('en')} cells, far from its other values (${least} to ${most}). If that means missing, set data.missingMarkers to auto,${formatName(String(end))}.`,
      },
    ];
  });
}
