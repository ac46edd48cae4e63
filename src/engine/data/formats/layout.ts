// Turns records into named rows: which line names the columns, which cells name rows, and whether every line fits the header.
import { clip } from '../../core/errors.ts';
import type { Note } from '../../core/notes.ts';
import { type DroppedLines, droppedLines, type LayoutSettings } from './format.ts';
import { areRowNames, isUnitsLine, kindOfLine, namesInComment, namesOfLevels } from './header.ts';
import { counted, plain, refuse } from './limits.ts';
import type { Records } from './recordStore.ts';
import { listLines, SAMPLE_RECORDS, withoutRepeatedNames } from './records.ts';

export interface Layout {
  /** One name per kept column. */
  names: string[];
  body: Records;
  /** Number of cells at the start of each line that name its row. */
  offset: number;
  /** The cells of the first line if it does not name the columns, as in `TableSchema`. */
  firstRow: string[] | null;
  /** The cells of the line that names the columns, where a line that is the same names them again; null where none may. */
  header: readonly string[] | null;
}

const SHOWN_CELLS = 4;
/** Something that may stand between cells, within a text: blanks, or a sign, which may be in quotes with the whole line. */
const WITHIN = /\S[\s\p{Cc}^~|;=,]+\S/u;
/** Share of the lines that hold such a sign. */
const MOST = 0.9;

const cellsOf = (records: Records) => records.heads(SAMPLE_RECORDS);

const showCells = (cells: readonly string[]) =>
  `${cells
    .slice(0, SHOWN_CELLS)
    .map((cell) => clip(cell))
    .join(', ')}${cells.length > SHOWN_CELLS ? ', …' : ''}`;

/** Column names; empty and repeated ones are made unique, with a note. */
function headerNames(header: readonly string[], notes: Note[]): string[] {
  const seen = new Set<string>();
  /** The next number for each repeated name, so that thousands of repetitions stay fast. */
  const next = new Map<string, number>();
  return header.map((cell, i) => {
    const wanted = cell.trim() || `column ${i + 1}`;
    let name = wanted;
    for (let k = next.get(wanted) ?? 2; seen.has(name); k++) {
      name = `${wanted} (${k})`;
      next.set(wanted, k + 1);
    }
    if (name !== cell.trim())
      notes.push({
        code: 'header-renamed',
        text: `Header ${i + 1} "${cell.trim()}" is called "${name}" here.`,
      });
    seen.add(name);
    return name;
  });
}

/** A note on lines that are one cell each, and look as if they held several. */
export function oneColumnNotes({ names, body, offset }: Layout): Note[] {
  if (names.length + offset > 1) return [];
  const heads = cellsOf(body);
  const several = heads.filter(([cell = '']) => WITHIN.test(cell)).length;
  if (several === 0 || several < MOST * heads.length) return [];
  const text = `Nothing was found that cuts the lines into cells, so that each is one, such as "${clip(heads[0]?.[0] ?? '')}". If they hold several, set data.delimiter, or export the table as CSV.`;
  return [{ code: 'lines-not-cut', text }];
}

/**
 * The column names and the rows below them.
 * @param records - at least one
 * @param above - the last comment above them
 * @param usual - the most frequent number of cells in a line
 */
export function layOut(
  records: Records,
  above: { cells: readonly string[]; line: number } | null,
  usual: number,
  { header, comment }: LayoutSettings,
  notes: Note[],
  dropped: DroppedLines[],
): Layout {
  const below = records.slice(1);
  const first = records.cells(0);
  const line = records.line(0);
  const kind = kindOfLine(first, cellsOf(below));
  const isUnnamed = header === 'none' || (header === 'auto' && kind === 'values');
  if (header === 'auto' && kind !== 'names' && above !== null) {
    const names = namesInComment(above.cells, comment, first.length);
    if (names) {
      notes.push({
        code: 'names-in-comment',
        text: `The names of the columns are taken from the comment in line ${above.line}. If line ${line} holds them, set data.header to present.`,
      });
      return withNames(names, records, notes);
    }
  }
  const levels = header === 'auto' ? namesOfLevels(records.heads(SHOWN_LEVELS)) : null;
  if (levels) {
    notes.push({
      code: 'names-in-several-lines',
      text: `The names of the columns stand in several levels, lines ${line} to ${records.line(levels.lines - 1)}, and are joined by blanks, such as "${levels.names[1]}". If line ${line} alone holds them, set data.header to present.`,
    });
    return withNames(levels.names, records.slice(levels.lines), notes);
  }
  if (isUnnamed) return withoutNames(records, Math.max(usual, first.length), header, notes);
  const numbers = first.filter((cell) => /^[\d.,]+$/.test(cell.trim()));
  if (header === 'auto' && numbers.length > 0) {
    notes.push({
      code: 'names-are-numbers',
      text: `Line ${line} is taken for the names of the columns, although some are numbers such as ${numbers[0]}. If it is a row, set data.header to none.`,
    });
  }
  if (header !== 'auto') return withNames(first, below, notes);
  const body = withoutUnits(withoutRepeatedNames(below, first, notes, dropped), notes, dropped);
  return { ...withNames(first, body, notes), header: first };
}

function withoutNames(
  records: Records,
  width: number,
  header: LayoutSettings['header'],
  notes: Note[],
): Layout {
  const first = records.cells(0);
  const line = records.line(0);
  const called = `the columns are called column 1 to column ${width}`;
  const text =
    header === 'none'
      ? `As asked, line ${line} (${showCells(first)}) is a row, and ${called}.`
      : `Line ${line} (${showCells(first)}) looks like data, so ${called}. If it holds their names, set data.header to present.`;
  notes.push({ code: 'no-header', text });
  return {
    names: Array.from({ length: width }, (_, i) => `column ${i + 1}`),
    body: records,
    offset: 0,
    firstRow: first.map((cell) => cell.trim()),
    header: null,
  };
}

/** Lines that are looked at for the levels of names, the name of the index included. */
const SHOWN_LEVELS = 6;

/** Removes a line of units between names and numbers ("degC, l/min"). */
function withoutUnits(body: Records, notes: Note[], dropped: DroppedLines[]): Records {
  if (body.length === 0 || !isUnitsLine(body.cells(0), cellsOf(body.slice(1)))) return body;
  const line = body.line(0);
  dropped.push(...droppedLines('units-line', [line]));
  notes.push({
    code: 'units-line-left-out',
    text: `Line ${line} (${showCells(body.cells(0))}) has words in every column of numbers, as units below names, and is left out; with data.header set to present it is a row.`,
  });
  return body.slice(1);
}

/** The columns by the names of a line; cells that name rows are left out. */
function withNames(header: readonly string[], body: Records, notes: Note[]): Layout {
  const rows = rowNamesIn(header, body);
  if (rows)
    notes.push({
      code: 'row-names-left-out',
      text: `${rows.because} (${showCells(body.heads(SHOWN_CELLS + 1).map(([cell = '']) => cell.trim()))}), which are left out as identifiers.`,
    });
  const names = headerNames(rows?.names ?? header, notes);
  return { names, body, offset: rows ? 1 : 0, firstRow: null, header: null };
}

/**
 * Whether the first cells name their rows: lines are one cell longer than the header (R), or that begins with an empty name (R, pandas).
 * @returns why, and the names of the columns behind; null where they do not
 */
function rowNamesIn(
  header: readonly string[],
  body: Records,
): { because: string; names: readonly string[] } | null {
  const firstCells = () => body.column(0).map((cell) => cell.trim());
  if (body.every((i) => body.width(i) === header.length + 1)) {
    // A delimiter at the end of each line adds an empty cell; row names, as R writes them, are unique.
    const isFilled = body.column(header.length).some((cell) => cell.trim() !== '');
    if (isFilled && new Set(firstCells()).size === body.length)
      return {
        because:
          'The header is one name shorter than the lines below it, so their first cells are names of rows',
        names: header,
      };
  }
  if (header.length > 1 && header[0]?.trim() === '' && areRowNames(firstCells()))
    return {
      because: 'The first column has no name, and its cells number or name the rows',
      names: header.slice(1),
    };
  return null;
}

/**
 * Refuses lines with too many cells, whose values would be misplaced or lost; notes lines with too few.
 * @throws WorkbenchError (file)
 */
export function checkLengths(
  layout: Layout,
  file: string,
  { badLines }: LayoutSettings,
  notes: Note[],
  dropped: DroppedLines[],
): void {
  const { body, names, offset } = layout;
  const width = names.length + offset;
  const expected = `${width} cells, one per column`;
  const longer = body.where((i) => body.isLonger(i, width));
  const [long] = longer;
  if (long !== undefined && badLines === 'leave-out' && longer.length < body.length) {
    const lines = longer.map(body.line);
    dropped.push(...droppedLines('lines-with-more-cells', lines));
    notes.push({
      code: 'bad-lines-left-out',
      text: `${counted(longer.length, `line has more than ${width} cells and is`, `lines have more than ${width} cells and are`)} left out, as data.badLines asks (${listLines(lines)}).`,
    });
    const bad = new Set(longer);
    layout.body = body.filter((i) => !bad.has(i));
  } else if (long !== undefined) {
    const got = `${body.width(long)}${longer.length > 1 ? `; ${plain(longer.length)} lines have more` : ''}`;
    const remedy =
      'Put cells that hold the delimiter in quotes (numbers with a decimal comma too), correct the header, choose data.delimiter, or set data.badLines to leave-out.';
    throw refuse(`${file}, line ${body.line(long)}`, expected, got, remedy);
  }
  const shorter = body.where((i) => body.width(i) < width);
  const [short] = shorter;
  if (short !== undefined && shorter.length === body.length) {
    const got = `${body.width(short)}, and no line has ${width}`;
    const remedy = 'Correct the header: it has more names than the lines have cells.';
    throw refuse(`${file}, line ${body.line(short)}`, expected, got, remedy);
  }
  if (shorter.length > 0) {
    const lines = shorter.map(body.line);
    notes.push({
      code: 'ragged-lines',
      text: `${counted(shorter.length, 'line has', 'lines have')} fewer than ${width} cells (${listLines(lines)}): missing cells are empty.`,
    });
  }
}
