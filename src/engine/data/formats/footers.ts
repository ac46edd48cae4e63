// Lines below a table that are not rows: sources, remarks and dates in one cell, and totals of the rows above.
import type { Note } from '../../core/notes.ts';
import { readDate } from '../dates.ts';
import { looksNumeric } from '../numbers.ts';
import { type DroppedLines, droppedLines } from './format.ts';
import { counted } from './limits.ts';
import type { Records } from './recordStore.ts';
import { listLines } from './records.ts';

/** Beginnings of footer lines that are padded to the table's width; other padded lines may be rows. */
const FOOTER = /^(source|quelle|notes?\b|\*|©|\(c\)|generated|exported|created|updated|end of)/i;

/** Removes sources, remarks or dates below the table: last lines with one cell only, in a table of several columns. */
export function withoutFooters(
  records: Records,
  usual: number,
  notes: Note[],
  dropped: DroppedLines[],
): Records {
  if (usual < 2) return records;
  const isFooter = (i: number) => {
    const cells = records.cells(i);
    const filled = cells.filter((cell) => cell.trim() !== '');
    const isPadded = usual > 2 && filled.length === 1 && FOOTER.test(cells[0]?.trim() ?? '');
    return (
      (records.width(i) === 1 || isPadded) &&
      cells[0]?.trim() !== '' &&
      !looksNumeric(filled[0]?.trim() ?? '')
    );
  };
  let end = records.length;
  while (end > 2 && isFooter(end - 1)) end--;
  const footers = records.slice(end);
  // If lines end early everywhere, they are ragged, not footers.
  const isRagged = footers.length > 1 && footers.length * 2 > end;
  if (footers.length === 0 || isRagged || isFooter(1)) return records;
  const lines = footers.where(() => true).map(footers.line);
  dropped.push(...droppedLines('footer-lines', lines));
  notes.push({
    code: 'footer-lines-left-out',
    text: `${counted(footers.length, 'line below the table has', 'lines below the table have')} one cell only, such as "${footers.cells(0)[0]?.trim()}", left out (${listLines(lines)}).`,
  });
  return records.slice(0, end);
}

const TOTAL = /^(grand )?(total|totals|sum|summe|gesamt|somme|suma|average|mean|durchschnitt|mittelwert)$/i;
/** Tolerance for rounding of the added numbers, relative. */
const ROUNDING = 1e-6;

/** The cells as numbers; null if one is not a number. */
function numbersIn(cells: readonly string[]): number[] | null {
  const numbers: number[] = [];
  for (const cell of cells) {
    const text = cell.trim();
    if (text === '') continue;
    const value = Number(text);
    if (Number.isNaN(value)) return null;
    numbers.push(value);
  }
  return numbers.length > 0 ? numbers : null;
}

/** Removes the last lines called "Total" or "Mean", if that stands among numbers or their numbers are the sum or mean of the rows above. */
export function withoutTotals(records: Records, notes: Note[], dropped: DroppedLines[]): Records {
  const lines: number[] = [];
  let left = records;
  while (left.length >= 4 && isWordAmongNumbers(left)) {
    const end = left.length - 1;
    lines.unshift(left.line(end));
    left = left.slice(0, -1);
  }
  if (lines.length === 0) return withoutSums(records, notes, dropped);
  const first = records.cells(left.length).slice(0, 4).join(', ');
  dropped.push(...droppedLines('total-line', lines));
  notes.push({
    code: 'total-line-left-out',
    text: `${counted(lines.length, 'line below the table has', 'lines below the table have')} a word for a total where the rows have numbers or dates (${first}), left out (${listLines(lines)}).`,
  });
  return left;
}

/** The first cell of the last line is a word for a total, and all others of its column are numbers or dates. */
function isWordAmongNumbers(records: Records): boolean {
  const last = records.cells(records.length - 1);
  if (!TOTAL.test(last[0]?.trim().replace(/:$/, '') ?? '')) return false;
  const above = records.slice(1, -1).column(0);
  let numbers = 0;
  for (const cell of above) {
    const text = cell.trim();
    if (text === '' || TOTAL.test(text.replace(/:$/, ''))) continue;
    if (!looksNumeric(text) && readDate(text, 'dmy') === null && readDate(text, 'mdy') === null) return false;
    numbers++;
  }
  return numbers >= 3;
}

/** A last line of sums or means of the rows above, whatever stands above its word. */
function withoutSums(records: Records, notes: Note[], dropped: DroppedLines[]): Records {
  const end = records.length - 1;
  if (records.length < 4) return records;
  const last = records.cells(end);
  if (!last.some((cell) => TOTAL.test(cell.trim()))) return records;
  const above = records.slice(1, -1);
  const isTotal = last.every((cell, c) => {
    const value = Number(cell.trim());
    if (cell.trim() === '' || Number.isNaN(value)) return true;
    const numbers = numbersIn(above.column(c));
    if (!numbers) return true;
    const sum = numbers.reduce((a, b) => a + b, 0);
    const isNear = (other: number) =>
      Math.abs(value - other) <= ROUNDING * Math.max(Math.abs(value), Math.abs(other));
    return isNear(sum) || isNear(sum / numbers.length);
  });
  const hasNumber = last.some((cell) => cell.trim() !== '' && numbersIn([cell]) !== null);
  if (!isTotal || !hasNumber) return records;
  const line = records.line(end);
  dropped.push(...droppedLines('total-line', [line]));
  notes.push({
    code: 'total-line-left-out',
    text: `Line ${line} (${last.slice(0, 4).join(', ')}) holds sums or means of the rows above, and is left out.`,
  });
  return records.slice(0, -1);
}
