// Delimited text: line ends of any mixture, a guessed delimiter, titles and comments above the table, names of rows as R
// writes them. Runs in the worker or in Node; nothing is downloaded and no worker is started by the parser.
import type { Note } from '../../core/notes.ts';
import type { ProgressSink } from '../progress.ts';
import { type PieceTaker, readPieces } from './decode.ts';
import { BLANKS, delimiterOf, readSepLine, usualCells, withSingleTabs } from './delimiter.ts';
import { withoutFooters, withoutTotals } from './footers.ts';
import {
  type DroppedLines,
  droppedLines,
  type FileFormat,
  type LayoutSettings,
  type TableReader,
  type TextColumn,
} from './format.ts';
import { checkLengths, type Layout, layOut } from './layout.ts';
import { checkLimits, refuse } from './limits.ts';
import type { Records } from './recordStore.ts';
import { breaksIn, RecordParser, SAMPLE_RECORDS, withoutComments, withoutTitles } from './records.ts';

async function open(
  blob: Blob,
  name: string,
  settings: LayoutSettings,
  progress: ProgressSink,
): Promise<TableReader> {
  const text = new DelimitedText(name, settings);
  const ofText = await readPieces(blob, name, progress, settings.encoding, text);
  const notes = [...ofText, ...text.notes];
  const { dropped } = text;
  const all = text.records();
  const { body: lines, above } = withoutComments(all, settings, notes, dropped);
  const usual = usualCells(lines.heads(SAMPLE_RECORDS)).cells;
  const rows = withoutFooters(withoutTitles(lines, usual, settings, notes, dropped), usual, notes, dropped);
  const records = withoutTotals(rows, notes, dropped);
  if (records.length < (settings.header === 'none' ? 1 : 2)) {
    const [got, remedy] =
      records.length === 0
        ? ['no line', 'Choose a file with a header and rows.']
        : ['one line', 'Add rows below the header; a table without one needs data.header=none.'];
    throw refuse(name, 'a header line and at least one row', got, remedy);
  }
  const layout = layOut(records, above, usual, settings, notes, dropped);
  checkLimits(layout.names.length, layout.body.length, name);
  checkLengths(layout, name, settings, notes, dropped);
  return readerOf(layout, text.delimiter === ';', notes, dropped);
}

/** Finds what stands between cells in the first piece, and cuts the pieces there. */
class DelimitedText implements PieceTaker {
  notes: Note[] = [];
  dropped: DroppedLines[] = [];
  delimiter = ',';
  private parser: RecordParser | null = null;
  /** Blanks between cells are made single ones in all of the text. */
  private ofBlanks: string | null = null;

  constructor(
    private readonly name: string,
    private readonly settings: LayoutSettings,
  ) {}

  restart = (): void => {
    [this.notes, this.dropped, this.parser, this.ofBlanks] = [[], [], null, null];
  };

  take = (piece: string, isLast: boolean): boolean => {
    const text = this.parser ? piece : this.begin(piece);
    if (this.ofBlanks === null) this.parser?.add(text, isLast);
    else {
      this.ofBlanks += text;
      if (isLast) this.parser?.add(withSingleTabs(this.ofBlanks), true);
    }
    return true;
  };

  /** The first piece without its `sep=` line. */
  private begin(piece: string): string {
    const { settings, notes, dropped } = this;
    const sep = readSepLine(piece);
    if (sep) {
      const sign = sep.delimiter === '\t' ? 'a tab' : `"${sep.delimiter}"`;
      dropped.push(...droppedLines('sep-line', [1]));
      notes.push({ code: 'sep-line', text: `Line 1 says that ${sign} stands between cells, and is no row.` });
    }
    const text = sep ? piece.slice(sep.length) : piece;
    const found = sep && settings.delimiter === 'auto' ? sep.delimiter : delimiterOf(text, settings);
    if (found === BLANKS) {
      this.ofBlanks = '';
      if (settings.delimiter === 'auto')
        notes.push({
          code: 'blanks-between-cells',
          text: 'Blanks stand between the cells; data.delimiter decides.',
        });
    }
    this.delimiter = found === BLANKS ? '\t' : found;
    this.parser = new RecordParser(this.delimiter, sep ? 2 : 1, this.name, settings.comment);
    return text;
  }

  records = (): Records => (this.parser as RecordParser).records(this.dropped);
}

function readerOf(
  { names, body, offset, firstRow }: Layout,
  hasSemicolons: boolean,
  notes: Note[],
  dropped: DroppedLines[],
): TableReader {
  const breaks = breaksBefore(body, offset);
  /** The cells of the column that was asked for last: they are used several times in turn. */
  let last: (Pick<TextColumn, 'cells' | 'padded'> & { c: number }) | null = null;
  const cellsAt = (c: number) => {
    if (last?.c === c) return last;
    let padded = 0;
    const parts: string[][] = [];
    for (const part of body.parts(c + offset)) {
      padded += trimAll(part);
      parts.push(part);
    }
    last = { c, cells: parts.flat(), padded };
    return last;
  };
  function* partsAt(c: number) {
    if (last?.c === c) yield last.cells;
    else
      for (const part of body.parts(c + offset)) {
        trimAll(part);
        yield part;
      }
  }
  return {
    schema: () => ({ columns: names, rows: body.length, firstRow, hasSemicolons, notes, dropped }),
    async column(column) {
      const c = names.indexOf(column);
      return {
        kind: 'text',
        name: column,
        rows: body.length,
        get cells() {
          return cellsAt(c).cells;
        },
        get padded() {
          return cellsAt(c).padded;
        },
        parts: () => partsAt(c),
        lineAt: (row: number) => body.line(row) + (breaks.get(row)?.[c] ?? 0),
        release() {
          body.release(c + offset);
          last = null;
        },
      };
    },
  };
}

/** Line breaks before each column, of the rows that have any. */
function breaksBefore(body: Records, offset: number): Map<number, Int32Array> {
  const breaks = new Map<number, Int32Array>();
  for (const row of body.where(body.hasBreaks)) {
    let before = 0;
    const counts = Int32Array.from(body.cells(row), (cell) => {
      const here = before;
      before += breaksIn(cell);
      return here;
    });
    breaks.set(row, counts.subarray(offset));
  }
  return breaks;
}

/** In place; how many cells had blanks at their ends. */
function trimAll(cells: string[]): number {
  let padded = 0;
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row] as string;
    const text = cell.trim();
    if (text.length === cell.length) continue;
    padded++;
    cells[row] = text;
  }
  return padded;
}

export const csv: FileFormat = {
  id: 'csv',
  label: 'CSV',
  summary: 'text: CSV with comma, semicolon, tab, bar or blanks between cells',
  extensions: ['.csv', '.tsv', '.tab', '.txt', '.dat', '.data'],
  isAnyText: true,
  open,
};
