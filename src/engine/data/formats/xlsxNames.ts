// Names of columns over several rows of a sheet, where merged cells show it: a name over some columns belongs to each of them, and one
// that reaches down is the whole name. They become one row of names, as text files have it.
import type { Note } from '../../core/notes.ts';
import { type DroppedLines, droppedLines } from './format.ts';
import { Records } from './recordStore.ts';
import type { SheetCells } from './sheetCells.ts';
import type { Area } from './xlsxSheet.ts';

/** Rows with cells among which names are looked for, and rows that they may take. */
const LOOKED_AT = 12;
const MOST_LEVELS = 4;

/**
 * The first row of names that a merged cell groups, and the last, counted from 0; null where no row is certain to be one. A single area is
 * a title rather; two side by side, or one beside a name that reaches down, are not.
 */
function rowsOfNames(cells: SheetCells, areas: readonly Area[]): { top: number; bottom: number } | null {
  const isName = (column: number, row: number) => cells.kindAt(column - cells.first, row) === 'text';
  const isNumber = (column: number, row: number) => cells.kindAt(column - cells.first, row) === 'number';
  for (let top = 0; top + 1 < Math.min(LOOKED_AT, cells.length); top++) {
    const line = cells.lineOf(top);
    const here = areas.filter(({ from }) => from.row === line && isName(from.column, top));
    const groups = here.filter(({ from, to }) => to.row === line && to.column > from.column);
    const down = here.filter(({ from, to }) => to.row > line && to.column === from.column);
    if (groups.length === 0 || groups.length + down.length < 2) continue;
    const levels = (row: number): number => {
      const at = cells.lineOf(row);
      return areas.some(({ from, to }) => from.row === at && to.row === at && to.column > from.column)
        ? levels(row + 1)
        : row;
    };
    const deepest = Math.max(...down.map(({ to }) => to.row), cells.lineOf(levels(top)));
    const bottom = top + deepest - line;
    const isWhole = bottom < cells.length && bottom - top < MOST_LEVELS && cells.lineOf(bottom) === deepest;
    // Where a name that reaches down shows which row is the last, numbers such as years may be names as well.
    const isNamed = groups.every(({ from, to }) => {
      for (let column = from.column; column <= to.column; column++)
        if (!isName(column, bottom) && !(down.length > 0 && isNumber(column, bottom))) return false;
      return true;
    });
    return isWhole && isNamed ? { top, bottom } : null;
  }
  return null;
}

/** The cells of a row, each of those that are merged in it with the text of all. */
function levelAt(cells: SheetCells, row: number, areas: readonly Area[]): readonly string[] {
  const texts = [...cells.cellsOf(row)];
  const line = cells.lineOf(row);
  for (const { from, to } of areas) {
    if (from.row !== line || to.row !== line) continue;
    const first = from.column - cells.first;
    texts.fill(texts[first] ?? '', Math.max(0, first), to.column - cells.first + 1);
  }
  return texts;
}

/**
 * The rows of a sheet, with names in several rows joined.
 * @param areas - of merged cells, those of the first rows at least
 */
export function withJoinedNames(
  cells: SheetCells,
  areas: readonly Area[],
  notes: Note[],
  dropped: DroppedLines[],
): Records {
  const all = new Records(cells);
  const found = rowsOfNames(cells, areas);
  if (!found) return all;
  const { top } = found;
  let { bottom } = found;
  const levels = Array.from({ length: bottom - top + 1 }, (_, i) => levelAt(cells, top + i, areas));
  const names = Array.from({ length: cells.width }, (_, c) =>
    levels
      .map((texts) => (texts[c] ?? '').trim())
      .filter((text) => text !== '')
      .join(' '),
  );
  // pandas names its index in a row below.
  const next = bottom + 1 < cells.length ? all.cells(bottom + 1) : [];
  const filled = next.flatMap((text, c) => (text.trim() === '' ? [] : [c]));
  if (cells.width > 2 && filled.length === 1 && filled[0] === 0 && cells.kindAt(0, bottom + 1) === 'text') {
    names[0] = (next[0] as string).trim();
    bottom++;
  }
  cells.rename(bottom, names);
  const lines = Array.from({ length: bottom - top }, (_, i) => cells.lineOf(top + i));
  dropped.push(...droppedLines('upper-names', lines));
  const example = names.find((name) => name.includes(' ')) ?? '';
  notes.push({
    code: 'names-in-several-lines',
    text: `The names of the columns stand in lines ${cells.lineOf(top)} to ${cells.lineOf(bottom)}, as merged cells show, and are joined by blanks, such as "${example}".`,
  });
  return all.filter((row) => row < top || row >= bottom);
}
