// What a run or a file says beside its numbers. The code never changes, so that scripts can look for it; the text may.

export interface Note {
  /** Kebab-case; one per kind of note, whatever the names and numbers in the text. */
  code: string;
  /** Whole sentences for people, with names and numbers. */
  text: string;
  /** The column it is about, where it is about one. */
  column?: string;
}

/** A note once, however often it was made. */
export function distinctNotes<N extends Note>(notes: readonly N[]): N[] {
  return [...new Map(notes.map((note) => [`${note.code}\n${note.text}`, note])).values()];
}
