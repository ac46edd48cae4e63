// Delimited text: line ends of any mixture, a guessed delimiter, titles and comments above the table, names of rows as R
// writes them. Runs in the worker or in Node; nothing is downloaded and no worker is started by the parser.
import type { Note } from '../../core/notes.ts';
import { decode, refuse } from './decode.ts';
import { delimiterOf, readSepLine, usualCells } from './delimiter.ts';
import {
  FILE_LIMITS,
  type FileFormat,
  LAYOUT_DEFAULTS,
  type LayoutSettings,
  type RawColumn,
  type RawTable,
} from './format.ts';
import { checkLengths, layOut } from './layout.ts';
import {
  breaksIn,
  type Line,
  parseRecords,
  plain,
  SAMPLE_RECORDS,
  withoutComments,
  withoutTitles,
} from './records.ts';

function read(bytes: Uint8Array, name: string, settings: LayoutSettings = LAYOUT_DEFAULTS): RawTable {
  const notes: Note[] = [];
  const whole = decode(bytes, name);
  const sep = readSepLine(whole);
  if (sep) {
    const sign = sep.delimiter === '\t' ? 'a tab' : `"${sep.delimiter}"`;
    notes.push({ code: 'sep-line', text: `Line 1 says that ${sign} stands between cells, and is no row.` });
  }
  const text = sep ? whole.slice(sep.length) : whole;
  const delimiter = sep && settings.delimiter === 'auto' ? sep.delimiter : delimiterOf(text, settings);
  const all = parseRecords(text, delimiter, sep ? 2 : 1, name);
  const { body: lines, above } = withoutComments(all, settings, notes);
  const usual = usualCells(lines.slice(0, SAMPLE_RECORDS).map((record) => record.cells)).cells;
  const records = withoutTitles(lines, usual, settings, notes);
  if (records.length < (settings.header === 'none' ? 1 : 2)) {
    const [got, remedy] =
      records.length === 0
        ? ['no line', 'Choose a file with a header and rows.']
        : ['one line', 'Add rows below the header; a table without one needs data.header=none.'];
    throw refuse(name, 'a header line and at least one row', got, remedy);
  }
  const layout = layOut(records, above, usual, settings, notes);
  checkLimits(layout.names.length, layout.body.length, name);
  checkLengths(layout, name, notes);
  const { names, body, offset, firstRow } = layout;
  return {
    columns: names.map((column, c) => columnOf(column, body, c + offset)),
    rows: body.length,
    lines: Int32Array.from(body, (record) => record.line),
    breaks: breaksBefore(body, offset),
    firstRow,
    hasSemicolons: delimiter === ';',
    notes,
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

function checkLimits(columns: number, rows: number, name: string): void {
  const limit = FILE_LIMITS;
  if (columns > limit.columns)
    throw refuse(name, `at most ${limit.columns} columns`, String(columns), 'Leave columns out.');
  if (rows > limit.rows)
    throw refuse(name, `at most ${plain(limit.rows)} rows`, 'more than that', 'Use a part of the rows.');
}

function columnOf(name: string, body: readonly Line[], at: number): RawColumn {
  let padded = 0;
  const cells = body.map(({ cells }) => {
    const cell = cells[at] ?? '';
    const text = cell.trim();
    if (text.length < cell.length) padded++;
    return text;
  });
  return { name, cells, padded };
}

export const csv: FileFormat = { id: 'csv', label: 'CSV', extensions: ['.csv', '.tsv', '.txt'], read };
