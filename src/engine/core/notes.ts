// Remarks of a run or a file besides its numbers. The code never changes, so that scripts can search for it; the text may.
import { clip } from './errors.ts';
import type { Role } from './roles.ts';

export interface Note {
  /** Kebab-case; one per kind of note, whatever the names and numbers in the text. */
  code: string;
  /** Whole sentences for people, with names and numbers. */
  text: string;
  /** The column that it concerns, if any. */
  column?: string;
  /** The weights of the tasks' losses from then on, [T], if the note says that they have changed. */
  taskWeights?: { role: Role; seed: number; weights: readonly number[] };
}

/** Removes repeated notes. */
export function distinctNotes<N extends Note>(notes: readonly N[]): N[] {
  return [...new Map(notes.map((note) => [`${note.code}\n${note.text}`, note])).values()];
}

/** Longest text of a note: names and cells of a table may be of any length, and long lines are slow to lay out. */
const MAX_TEXT = 4_000;

/** The note with a text that can be shown. */
export const shortNote = <N extends Note>(note: N): N => ({ ...note, text: clip(note.text, MAX_TEXT) });
