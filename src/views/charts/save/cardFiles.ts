// The files of a card: its numbers, and further files of its own. Its picture follows from what is on screen.
import type { LongTable } from '../csv.ts';
import type { NpyArray } from '../npy.ts';

export interface CardFiles {
  /** Name of the menu: "Gate weights" gives "Save Gate weights". */
  what: string;
  /** Name of saved files, without extension. */
  fileName: string;
  /** False where there is nothing to draw. */
  hasPicture?: boolean;
  /** A table of millions of cells is written line by line. */
  csv?: (() => string | LongTable) | undefined;
  npy?: (() => NpyArray) | undefined;
  /** Files in formats that only this card has, listed last. */
  more?: readonly { label: string; fileName: string; type: string; content(): string | Uint8Array }[];
}

/**
 * CSV text (RFC 4180) as cells separated by tabs, as spreadsheets accept it from the clipboard. Tabs and line ends within a
 * cell become spaces.
 */
export function tabsOf(csv: string): string {
  const cells = csv.matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/g);
  let text = '';
  for (const [whole, cell = '', end] of cells) {
    if (whole === '') break;
    const value = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
    text += value.replaceAll(/[\t\r\n]+/g, ' ') + (end === ',' ? '\t' : '\n');
  }
  return text;
}
