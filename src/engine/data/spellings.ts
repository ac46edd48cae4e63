// Categories that differ only in case or blanks ("Yes", "yes", "YES "): kept apart, or merged if a setting says so, and noted
// either way.
import type { Note } from '../core/notes.ts';
import type { CodedCells } from './codedCells.ts';

/** Equal for all spellings of one category. */
export const spellingKey = (text: string): string =>
  text.normalize('NFKC').replace(/\s+/g, ' ').trim().toLowerCase();

/** Columns with more values than this identify rows, and are not searched. */
const MAX_VALUES = 1000;
const SHOWN = 3;

/** The spellings of each category with their counts; only categories with more than one spelling. */
function groupsOf({ texts, counts }: CodedCells, isCounted = (_text: string) => true): Map<string, number>[] {
  const counted = [...texts.entries()].filter(([, text]) => isCounted(text));
  if (counted.length > MAX_VALUES) return [];
  const groups = new Map<string, Map<string, number>>();
  for (const [i, text] of counted) {
    const count = counts[i] as number;
    const key = spellingKey(text);
    groups.set(key, (groups.get(key) ?? new Map<string, number>()).set(text, count));
  }
  return [...groups.values()].filter((group) => group.size > 1);
}

/** The texts, every spelling replaced by the most frequent one of its category; of equally frequent ones, by the first in order. */
export function mergeSpellings(coded: CodedCells): readonly string[] {
  const into = new Map<string, string>();
  for (const group of groupsOf(coded)) {
    const [kept] = [...group].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    for (const spelling of group.keys()) into.set(spelling, kept?.[0] ?? spelling);
  }
  return into.size === 0 ? coded.texts : coded.texts.map((text) => into.get(text) ?? text);
}

/** @param merged - the texts after merging */
export function spellingNotes(
  name: string,
  coded: CodedCells,
  merged: readonly string[],
  isMissing: (cell: string) => boolean,
): Note[] {
  const groups = groupsOf(coded, (text) => !isMissing(text));
  if (groups.length === 0) return blankNotes(name, coded);
  const shown = groups
    .slice(0, SHOWN)
    .map((group) =>
      [...group.keys()]
        .sort()
        .map((text) => `"${text}"`)
        .join(', '),
    )
    .join('; ');
  const list = groups.length > SHOWN ? `${shown}; and ${groups.length - SHOWN} more` : shown;
  const isMerged = merged !== coded.texts;
  return [
    {
      code: isMerged ? 'spellings-merged' : 'spellings-kept-apart',
      column: name,
      text: isMerged
        ? `Column ${name}: values that differ only in case or blanks are merged: ${list}.`
        : `Column ${name} has values that differ only in case or blanks: ${list}. They are kept apart; data.mergeSpellings merges them.`,
    },
    ...blankNotes(name, coded),
  ];
}

/** Notes blanks at the ends of some cells; if all cells have them, they belong to the file's layout. */
function blankNotes(name: string, { codes, padded }: CodedCells): Note[] {
  if (padded === 0 || padded === codes.length) return [];
  return [
    {
      code: 'blanks-at-ends',
      column: name,
      text: `Column ${name}: ${padded} cells have blanks at their ends, which do not count.`,
    },
  ];
}
