// Finds the records of a delimited text file that do not belong to the table: comments anywhere, titles above the header.
import type { Note } from '../../core/notes.ts';
import { type DroppedLines, droppedLines, type LayoutSettings } from './format.ts';
import { areSame, linesAbove } from './header.ts';
import { counted } from './limits.ts';
import type { Records } from './recordStore.ts';

export const SHOWN_LINES = 5;
/** How many records decide the number of cells in a line. */
export const SAMPLE_RECORDS = 1000;
/** How many lines above the table and between its rows may be no rows. */
export const FURTHER_RECORDS = 2000;

/** Number of line breaks in a cell. */
export function breaksIn(cell: string): number {
  let count = 0;
  for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) count++;
  return count;
}

export const listLines = (lines: readonly number[]) =>
  `line ${lines.slice(0, SHOWN_LINES).join(', ')}${lines.length > SHOWN_LINES ? ', …' : ''}`;

/** Removes comment lines; if most lines begin like comments, they are values. */
export function withoutComments(
  records: Records,
  { comment }: LayoutSettings,
  notes: Note[],
  dropped: DroppedLines[],
): { body: Records; above: { cells: readonly string[]; line: number } | null } {
  const comments = comment === '' ? [] : records.where(records.isComment);
  let first = 0;
  while (first < comments.length && comments[first] === first) first++;
  const below = comments.length - first;
  if (comments.length === 0 || first === records.length || below * 2 > records.length - first - 1)
    return { body: records, above: null };
  const lines = comments.map(records.line);
  dropped.push(...droppedLines('comment-lines', lines));
  notes.push({
    code: 'comment-lines-left-out',
    text: `${counted(lines.length, `line begins with ${comment} and is left out as a comment`, `lines begin with ${comment} and are left out as comments`)} (${listLines(lines)}); data.comment decides.`,
  });
  const body = below === 0 ? records.slice(first) : records.filter((i) => !records.isComment(i));
  const above = first === 0 ? null : { cells: records.cells(first - 1), line: records.line(first - 1) };
  return { body, above };
}

/** A line of dashes, as under the names of a table for people: `---+---`, `|:--|--:|`. */
const isRule = (cells: readonly string[]): boolean =>
  cells.every((cell) => /^[-+=:|\s]*$/.test(cell)) && cells.some((cell) => /--|==/.test(cell));
/** Such lines stand among the first of a table, or last. */
const RULES_AT = 3;

/** Removes lines of dashes above and below the names, and at the end. */
export function withoutRules(records: Records, notes: Note[], dropped: DroppedLines[]): Records {
  const last = records.length - 1;
  const rules = [
    ...Array(Math.min(RULES_AT, records.length)).keys(),
    ...(last >= RULES_AT ? [last] : []),
  ].filter((i) => isRule(records.cells(i)));
  if (rules.length === 0) return records;
  const lines = rules.map(records.line);
  dropped.push(...droppedLines('rule-lines', lines));
  notes.push({
    code: 'rule-lines-left-out',
    text: `${counted(lines.length, 'line of dashes is', 'lines of dashes are')} left out (${listLines(lines)}).`,
  });
  return records.filter((i) => !rules.includes(i));
}

/** Removes lines below the header that are the same again, as where files were joined. */
export function withoutRepeatedNames(
  records: Records,
  header: readonly string[],
  notes: Note[],
  dropped: DroppedLines[],
): Records {
  const names = header.map((cell) => cell.trim());
  // One name may be a value as well.
  if (names.length < 2) return records;
  const found: number[] = [];
  let at = 0;
  for (const part of records.parts(0))
    for (const cell of part) {
      if (cell.trim() === names[0] && areSame(names, records.cells(at))) found.push(at);
      at++;
    }
  // Of a table that would have no row, the lines are rows.
  if (found.length === 0 || found.length === records.length) return records;
  const lines = found.map(records.line);
  dropped.push(...droppedLines('repeated-names', lines));
  notes.push({
    code: 'repeated-names-left-out',
    text: `${counted(lines.length, 'line names the columns again and is', 'lines name the columns again and are')} left out (${listLines(lines)}). If they are rows, set data.header to present.`,
  });
  const left = new Set(found);
  return records.filter((i) => !left.has(i));
}

/** Removes lines above the header: as many as set, or those that do not belong to the table. */
export function withoutTitles(
  records: Records,
  usual: number,
  { skipLines }: LayoutSettings,
  notes: Note[],
  dropped: DroppedLines[],
): Records {
  const above =
    skipLines < 0
      ? linesAbove(records.heads(SAMPLE_RECORDS), usual)
      : records.where((i) => records.line(i) <= skipLines).length;
  if (above > 0) {
    const lines = Array.from({ length: above }, (_, i) => records.line(i));
    dropped.push(...droppedLines('title-lines', lines));
    const text = records
      .cells(0)
      .filter((cell) => cell !== '')
      .join(' ');
    notes.push({
      code: 'title-lines-left-out',
      text: `${counted(above, 'line above the header is', 'lines above the header are')} left out (${listLines(lines)}), such as "${text}"; data.skipLines decides.`,
    });
  }
  return records.slice(above);
}
