// Delimited text: line ends of any mixture, a guessed delimiter, titles and comments above the table, names of rows as R
// writes them. Runs in the worker or in Node; nothing is downloaded and no worker is started by the parser.
import type { Note } from '../../core/notes.ts';
import type { ProgressSink } from '../progress.ts';
import { readText } from './decode.ts';
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
import { checkLengths, layOut } from './layout.ts';
import { checkLimits, refuse } from './limits.ts';
import {
  breaksIn,
  type Line,
  parseRecords,
  SAMPLE_RECORDS,
  withoutComments,
  withoutTitles,
} from './records.ts';

async function open(
  blob: Blob,
  name: string,
  settings: LayoutSettings,
  progress: ProgressSink,
): Promise<TableReader> {
  const notes: Note[] = [];
  const dropped: DroppedLines[] = [];
  const { text: whole, notes: ofText } = await readText(blob, name, progress, settings.encoding);
  notes.push(...ofText);
  const sep = readSepLine(whole);
  if (sep) {
    const sign = sep.delimiter === '\t' ? 'a tab' : `"${sep.delimiter}"`;
    dropped.push(...droppedLines('sep-line', [1]));
    notes.push({ code: 'sep-line', text: `Line 1 says that ${sign} stands between cells, and is no row.` });
  }
  const below = sep ? whole.slice(sep.length) : whole;
  const found = sep && settings.delimiter === 'auto' ? sep.delimiter : delimiterOf(below, settings);
  const [text, delimiter] = found === BLANKS ? [withSingleTabs(below), '\t'] : [below, found];
  if (found === BLANKS && settings.delimiter === 'auto')
    notes.push({
      code: 'blanks-between-cells',
      text: 'Blanks stand between the cells; data.delimiter decides.',
    });
  const all = parseRecords(text, delimiter, sep ? 2 : 1, name, dropped);
  const { body: lines, above } = withoutComments(all, settings, notes, dropped);
  const usual = usualCells(lines.slice(0, SAMPLE_RECORDS).map((record) => record.cells)).cells;
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
  const { names, body, offset, firstRow } = layout;
  const breaks = breaksBefore(body, offset);
  const hasSemicolons = delimiter === ';';
  return {
    schema: () => ({ columns: names, rows: body.length, firstRow, hasSemicolons, notes, dropped }),
    async column(column) {
      const c = names.indexOf(column);
      const lineAt = (row: number) => (body[row]?.line ?? 0) + (breaks.get(row)?.[c] ?? 0);
      return { kind: 'text', name: column, ...cellsOf(body, c + offset), lineAt };
    },
  };
}

/** Line breaks before each column, of the rows that have any. */
function breaksBefore(body: readonly Line[], offset: number): Map<number, Int32Array> {
  const breaks = new Map<number, Int32Array>();
  for (const [row, { cells, hasBreaks }] of body.entries()) {
    if (!hasBreaks) continue;
    let before = 0;
    const counts = Int32Array.from(cells, (cell) => {
      const here = before;
      before += breaksIn(cell);
      return here;
    });
    breaks.set(row, counts.subarray(offset));
  }
  return breaks;
}

function cellsOf(body: readonly Line[], at: number): Pick<TextColumn, 'cells' | 'padded'> {
  let padded = 0;
  const cells = body.map(({ cells }) => {
    const cell = cells[at] ?? '';
    const text = cell.trim();
    if (text.length < cell.length) padded++;
    return text;
  });
  return { cells, padded };
}

export const csv: FileFormat = {
  id: 'csv',
  label: 'CSV',
  summary: 'text: CSV with comma, semicolon, tab, bar or blanks between cells',
  extensions: ['.csv', '.tsv', '.tab', '.txt', '.dat', '.data'],
  isAnyText: true,
  open,
};
