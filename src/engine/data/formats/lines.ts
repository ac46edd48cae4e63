// Lines of a text, one by one. An array of them all would have no room for those of a file of line breaks: beyond 134 million pieces
// V8 ends the process instead of throwing.
import { FILE_LIMITS } from './format.ts';
import { plain, refuse } from './limits.ts';

/** How often a piece stands in the text before a place. */
export function countOf(text: string, piece: string, before = text.length): number {
  let count = 0;
  for (let at = text.indexOf(piece); at >= 0 && at < before; at = text.indexOf(piece, at + piece.length))
    count++;
  return count;
}

/**
 * Lines with something other than blanks, each with its number from 1.
 * @throws WorkbenchError (file) where there are more blank lines than a table may have rows
 */
export function* filledLines(text: string, name: string): Generator<{ line: string; number: number }> {
  let blank = 0;
  let number = 0;
  for (let from = 0; from <= text.length; ) {
    const found = text.indexOf('\n', from);
    const end = found < 0 ? text.length : found;
    const line = text.slice(from, end);
    number++;
    from = end + 1;
    if (line.trim() !== '') yield { line, number };
    else if (++blank > FILE_LIMITS.rows)
      throw refuse(
        `${name}, line ${number}`,
        `at most ${plain(FILE_LIMITS.rows)} blank lines`,
        'more than that',
        'Take them out.',
      );
  }
}
