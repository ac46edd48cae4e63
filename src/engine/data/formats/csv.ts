// Delimited text: any mixture of line ends, a detected delimiter, titles and comments above the table, row names as R writes
// them. Runs in the worker or in Node; the parser neither downloads nor starts a worker.
import type { Note } from '../../core/notes.ts';
import { inPass, type ProgressSink } from '../progress.ts';
import { readPieces } from './decode.ts';
import { DelimitedText, type Wanted } from './delimitedText.ts';
import { usualCells } from './delimiter.ts';
import { withoutFooters, withoutTotals } from './footers.ts';
import {
  type DroppedLines,
  type FileFormat,
  type LayoutSettings,
  SAMPLED_BYTES,
  type TableReader,
  type TableSchema,
  type TextColumn,
} from './format.ts';
import { checkLengths, type Layout, layOut, oneColumnNotes } from './layout.ts';
import { checkLimits, refuse } from './limits.ts';
import type { Records } from './recordStore.ts';
import {
  breaksIn,
  FURTHER_RECORDS,
  SAMPLE_RECORDS,
  withoutComments,
  withoutRepeatedNames,
  withoutRules,
  withoutTitles,
} from './records.ts';
import { chooseRows, columnToSampleBy, Strata, sampleNote } from './sampling.ts';

async function open(
  blob: Blob,
  name: string,
  settings: LayoutSettings,
  progress: ProgressSink,
): Promise<TableReader> {
  const { sample, sampleRows } = settings;
  // A sample is drawn in three: where the table begins, how many rows it has, and those that were chosen.
  const passes = sample === 'random' || sample === 'stratified' ? 3 : 1;
  let pass = 0;
  const read = async (wanted: Wanted = {}) => {
    const told = inPass(progress, pass++, passes);
    const text = new DelimitedText(name, blob.size, settings, wanted);
    const maxBytes = sample === 'all' ? undefined : SAMPLED_BYTES;
    const ofText = await readPieces(blob, name, told, settings.encoding, text, maxBytes);
    return { text, records: text.records(), notes: [...ofText, ...text.notes], dropped: text.dropped };
  };
  /** With what stood between the cells. */
  const toReader = (table: Understood, { delimiter }: DelimitedText, isSampled: boolean) =>
    readerOf({ ...table, hasSemicolons: delimiter === ';' }, isSampled);
  if (sample === 'all') {
    const all = await read();
    return toReader(understand(all, name, settings), all.text, false);
  }
  const isFirst = sample === 'first';
  const limit = (isFirst ? sampleRows : SAMPLE_RECORDS) + FURTHER_RECORDS;
  const first = await read({ limit });
  const head = understand(first, name, settings);
  const { layout } = head;
  if (isFirst) {
    layout.body = layout.body.slice(0, sampleRows);
    head.notes.push(sampleNote(settings, layout.body.length));
    return toReader(head, first.text, true);
  }
  const start = layout.body.row(0);
  const by = sample === 'stratified' ? columnToSampleBy(layout.names, settings.sampleBy, name) : null;
  const strata = new Strata();
  const counted = await read({
    isKept: () => false,
    watched:
      by === null
        ? undefined
        : {
            cell: by + layout.offset,
            tell: (text, record) => {
              if (record >= start) strata.push(text);
            },
          },
  });
  const of = counted.text.seen - start;
  const chosen = chooseRows(of, by === null ? null : strata.list(), sampleRows);
  const isChosen = new Uint8Array(counted.text.seen);
  for (const row of chosen) isChosen[row + start] = 1;
  const { records } = await read({ isKept: (record) => isChosen[record] === 1 });
  // The beginning of a short file is all of it, and has told of what stands below the table.
  const isWhole = counted.text.seen < limit;
  const { notes, dropped } = aboveRows(head, first.records.slice(0, start + 1), settings, isWhole);
  const { body } = withoutComments(records, settings, notes, dropped);
  const isTold = isWhole && dropped.some(({ reason }) => reason === 'footer-lines');
  const usual = layout.names.length + layout.offset;
  const rows = withoutFooters(body, usual, isTold ? [] : notes, isTold ? [] : dropped);
  layout.body = layout.header ? withoutRepeatedNames(rows, layout.header, notes, dropped) : rows;
  checkLengths(layout, name, settings, notes, dropped);
  notes.push(sampleNote(settings, layout.body.length, of));
  return toReader({ ...head, notes, dropped }, first.text, true);
}

/** What is told of single lines among the rows. */
const OF_ROWS = new Set([
  ...['comment-lines-left-out', 'repeated-names-left-out', 'bad-lines-left-out', 'ragged-lines'],
  ...['comment-lines', 'repeated-names', 'lines-with-more-cells'],
]);
/** What is told of lines below them, which the beginning of a long file only seems to have. */
const BELOW_ROWS = new Set(['footer-lines-left-out', 'total-line-left-out', 'footer-lines', 'total-line']);

/**
 * What the beginning of a file tells of the lines above its rows. Its rows are told of again where they are chosen, and must not count
 * twice, or where they are not.
 * @param lines - those above, and the first row
 * @param isWhole - the beginning is the whole file
 */
function aboveRows(
  head: Understood,
  lines: Records,
  settings: LayoutSettings,
  isWhole: boolean,
): Pick<Understood, 'notes' | 'dropped'> {
  const stays = (id: string) => !OF_ROWS.has(id) && (isWhole || !BELOW_ROWS.has(id));
  const notes = head.notes.filter(({ code }) => stays(code));
  const dropped = head.dropped.filter(({ reason }) => stays(reason));
  withoutComments(lines, settings, notes, dropped);
  return { notes, dropped };
}

/** A file's records as a table, with notes. */
interface Understood {
  layout: Layout;
  notes: Note[];
  dropped: DroppedLines[];
}

/**
 * Which records are titles, names, rows and sources, whatever they were read from.
 * @param name - of the file, for messages
 * @throws WorkbenchError (file)
 */
export function understand(
  { records: all, notes, dropped }: Pick<Understood, 'notes' | 'dropped'> & { records: Records },
  name: string,
  settings: LayoutSettings,
): Understood {
  const { body, above } = withoutComments(all, settings, notes, dropped);
  const lines = withoutRules(body, notes, dropped);
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
  checkLimits(layout.names.length, layout.body.length, name, settings);
  checkLengths(layout, name, settings, notes, dropped);
  notes.push(...oneColumnNotes(layout));
  return { layout, notes, dropped };
}

/** @param decimalOf - the decimal sign of a column's numbers, counted from 0, where the file itself says it */
export function readerOf(
  { layout, hasSemicolons, notes, dropped }: Understood & Pick<TableSchema, 'hasSemicolons'>,
  isSampled: boolean,
  decimalOf: (c: number) => TextColumn['decimal'] = () => undefined,
): TableReader {
  const { names, body, offset, firstRow } = layout;
  const breaks = breaksBefore(body, offset);
  /** Cache of the column requested last, which is used several times in turn. */
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
    schema: () => ({ columns: names, rows: body.length, firstRow, hasSemicolons, notes, dropped, isSampled }),
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
        decimal: decimalOf(c),
        packed: () => body.packed(c + offset),
        lineAt: (row: number) => body.line(row) + (breaks.get(row)?.[c] ?? 0),
        release() {
          body.release(c + offset);
          last = null;
        },
      };
    },
  };
}

/** Number of line breaks before each column, for rows that have any. */
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

/** Trims in place; returns how many cells had blanks at their ends. */
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
