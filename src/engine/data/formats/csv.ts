// Delimited text through Papa Parse: quotes, any mixture of line ends, titles and comments above the table, names of rows
// as R writes them. Runs in the worker or in Node; nothing is downloaded and no worker is started by the parser.
import Papa from 'papaparse';
import type { Note } from '../../core/notes.ts';
import { decode, refuse } from './decode.ts';
import { delimiterOf, readSepLine, usualCells } from './delimiter.ts';
import {
  FILE_LIMITS,
  type FileFormat,
  LAYOUT_DEFAULTS,
  type LayoutSettings,
  type RawTable,
} from './format.ts';
import { areRowNames, kindOfLine, linesAbove, namesInComment } from './header.ts';

const SHOWN_LINES = 5;
/** Records that decide how many cells a line has. */
const SAMPLE_RECORDS = 1000;
/** Lines that may stand above the table and between its rows without being rows. */
const FURTHER_RECORDS = 2000;

const plain = (n: number) => n.toLocaleString('en');

/** A record of the file with the line on which it begins, counted from 1. */
interface Line {
  cells: string[];
  line: number;
  /** The first cell stands in quotes, so it begins no comment. */
  isQuoted: boolean;
}

/** All records that are not blank, with their lines; quoted cells may hold line breaks. */
function parseRecords(text: string, delimiter: string, firstLine: number, name: string): Line[] {
  // More than the limit is enough to refuse.
  const { data, errors } = Papa.parse<string[]>(text, {
    delimiter,
    newline: '\n',
    preview: FILE_LIMITS.rows + FURTHER_RECORDS,
  });
  const quotes = errors.find((e) => e.type === 'Quotes');
  const mayHoldBreaks = text.includes('"');
  const records: Line[] = [];
  let line = firstLine;
  let at = 0;
  for (const [index, cells] of data.entries()) {
    if (quotes && index === (quotes.row ?? 0)) {
      const expected = 'quoted cells that end with a quote';
      throw refuse(`${name}, line ${line}`, expected, quotes.message, 'Correct the quotes of this line.');
    }
    if (cells.some((cell) => cell.trim() !== '')) records.push({ cells, line, isQuoted: text[at] === '"' });
    const lines = mayHoldBreaks ? cells.reduce((sum, cell) => sum + breaksIn(cell), 1) : 1;
    for (let i = 0; i < lines; i++) at = text.indexOf('\n', at) + 1;
    line += lines;
  }
  return records;
}

function breaksIn(cell: string): number {
  let count = 0;
  for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) count++;
  return count;
}

const listLines = (lines: readonly number[]) =>
  `line ${lines.slice(0, SHOWN_LINES).join(', ')}${lines.length > SHOWN_LINES ? ', …' : ''}`;

/** Lines that are comments are taken out; a file whose lines mostly begin so has values that do. */
function withoutComments(records: Line[], { comment }: LayoutSettings, notes: Note[]) {
  if (comment === '') return { body: records, above: null };
  const isComment = ({ cells, isQuoted }: Line) =>
    !isQuoted && (cells[0] ?? '').trimStart().startsWith(comment);
  const first = records.findIndex((record) => !isComment(record));
  const below = records.slice(first).filter(isComment);
  if (first < 0 || below.length * 2 > records.length - first) return { body: records, above: null };
  const lines = [...records.slice(0, first), ...below].map((record) => record.line);
  if (lines.length > 0) {
    notes.push({
      code: 'comment-lines-left-out',
      text: `${plain(lines.length)} lines begin with ${comment} and are left out as comments (${listLines(lines)}); data.comment decides.`,
    });
  }
  const body = below.length === 0 ? records.slice(first) : records.slice(first).filter((r) => !isComment(r));
  return { body, above: records[first - 1] ?? null };
}

/** Lines above the header are taken out: as many as asked, or those that are no part of the table. */
function withoutTitles(records: Line[], usual: number, { skipLines }: LayoutSettings, notes: Note[]): Line[] {
  const head = records.slice(0, SAMPLE_RECORDS).map((record) => record.cells);
  const above =
    skipLines < 0 ? linesAbove(head, usual) : records.filter((record) => record.line <= skipLines).length;
  if (above > 0) {
    const lines = records.slice(0, above).map((record) => record.line);
    const text = records[0]?.cells.filter((cell) => cell !== '').join(' ');
    notes.push({
      code: 'title-lines-left-out',
      text: `${above} lines above the header are left out (${listLines(lines)}), such as "${text}"; data.skipLines decides.`,
    });
  }
  return records.slice(above);
}

/** Names of the columns; empty and repeated ones are made unique, with a note. */
function headerNames(header: readonly string[], notes: Note[]): string[] {
  const seen = new Set<string>();
  return header.map((cell, i) => {
    const wanted = cell.trim() || `column ${i + 1}`;
    let name = wanted;
    for (let k = 2; seen.has(name); k++) name = `${wanted} (${k})`;
    if (name !== cell.trim())
      notes.push({
        code: 'header-renamed',
        text: `Header ${i + 1} "${cell.trim()}" is called "${name}" here.`,
      });
    seen.add(name);
    return name;
  });
}

interface Named {
  names: string[];
  body: Line[];
  firstRow: string[] | null;
}

/** The names of the columns and the rows below them. */
function nameColumns(
  records: Line[],
  above: Line | null,
  usual: number,
  settings: LayoutSettings,
  notes: Note[],
): Named {
  const { header, comment } = settings;
  const [first, ...below] = records as [Line, ...Line[]];
  const kind = kindOfLine(
    first.cells,
    below.slice(0, SAMPLE_RECORDS).map((record) => record.cells),
  );
  const commented = header === 'auto' && kind !== 'names' && above !== null;
  const inComment = commented ? namesInComment(above.cells, comment, first.cells.length) : null;
  if (inComment) {
    notes.push({
      code: 'names-in-comment',
      text: `The names of the columns are taken from the comment in line ${above?.line}.`,
    });
    return { names: headerNames(inComment, notes), body: records, firstRow: null };
  }
  const isNameless = header === 'none' || (header === 'auto' && kind === 'values');
  if (!isNameless) {
    const numbers = first.cells.filter((cell) => /^[\d.,]+$/.test(cell.trim()));
    if (header === 'auto' && numbers.length > 0) {
      notes.push({
        code: 'names-are-numbers',
        text: `Line ${first.line} is taken for the names of the columns, although some are numbers such as ${numbers[0]}. If it is a row, set data.header to none.`,
      });
    }
    return { names: headerNames(first.cells, notes), body: below, firstRow: null };
  }
  const width = Math.max(usual, first.cells.length);
  const names = Array.from({ length: width }, (_, i) => `column ${i + 1}`);
  const because =
    header === 'none' ? 'As asked, no line names the columns' : `Line ${first.line} looks like data`;
  notes.push({
    code: 'no-header',
    text: `${because} (${first.cells.slice(0, 4).join(', ')}${first.cells.length > 4 ? ', …' : ''}), so the columns are called column 1 to column ${width}. ${header === 'none' ? '' : 'If it holds their names, set data.header to present.'}`.trim(),
  });
  return { names, body: records, firstRow: first.cells.map((cell) => cell.trim()) };
}

/** The position of the first column: 1 where the lines begin with names of rows, 0 otherwise. */
function firstColumn({ names, body }: Named, notes: Note[]): { offset: number; names: string[] } {
  const leftOut = (text: string) => notes.push({ code: 'row-names-left-out', text });
  const isOneLonger = body.every(({ cells }) => cells.length === names.length + 1);
  if (isOneLonger && body.some(({ cells }) => cells.at(-1)?.trim() !== '')) {
    leftOut(
      `The header is one name shorter than the lines below it, as R writes tables: their first cells (${body[0]?.cells[0]?.trim()}, …) are names of rows, and are left out as identifiers.`,
    );
    return { offset: 1, names };
  }
  return { offset: 0, names };
}

/** A nameless first column that numbers or names the rows, as pandas and R write it. */
function isNamelessIndex(
  header: string | undefined,
  body: readonly Line[],
  names: readonly string[],
): boolean {
  return header === '' && names.length > 1 && areRowNames(body.map(({ cells }) => (cells[0] ?? '').trim()));
}

/** Lines whose values would stand under other names, or be lost, are refused; those that end early are noted. */
function checkLengths(body: readonly Line[], width: number, name: string, notes: Note[]): void {
  const isLonger = ({ cells }: Line) =>
    cells.length > width && cells.slice(width).some((c) => c.trim() !== '');
  const longer = body.filter(isLonger);
  const [long] = longer;
  if (long) {
    throw refuse(
      `${name}, line ${long.line}`,
      `${width} cells, as in the header`,
      `${long.cells.length}${longer.length > 1 ? `, and more in ${plain(longer.length)} lines` : ''}`,
      'Put cells that hold the delimiter in quotes, correct the header, or choose data.delimiter.',
    );
  }
  const shorter = body.filter(({ cells }) => cells.length < width);
  if (shorter.length === body.length) {
    throw refuse(
      `${name}, line ${body[0]?.line}`,
      `${width} cells, as in the header`,
      `${body[0]?.cells.length}, and no line has ${width}`,
      'Correct the header: it has more names than the lines have cells.',
    );
  }
  if (shorter.length > 0) {
    const lines = shorter.map((record) => record.line);
    notes.push({
      code: 'ragged-lines',
      text: `${plain(shorter.length)} lines have fewer than ${width} cells (${listLines(lines)}): missing cells are empty.`,
    });
  }
}

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
    const remedy = 'Add a header with the names of the columns.';
    throw refuse(name, 'a header line and at least one row', `${records.length} lines`, remedy);
  }
  const header = records[0]?.cells[0]?.trim();
  const named = nameColumns(records, above, usual, settings, notes);
  const { body } = named;
  if (named.names.length > FILE_LIMITS.columns) {
    throw refuse(
      name,
      `at most ${FILE_LIMITS.columns} columns`,
      String(named.names.length),
      'Leave columns out.',
    );
  }
  if (body.length > FILE_LIMITS.rows) {
    throw refuse(
      name,
      `at most ${plain(FILE_LIMITS.rows)} rows`,
      'more than that',
      'Use a part of the rows.',
    );
  }
  const { offset, names } = firstColumn(named, notes);
  checkLengths(body, names.length + offset, name, notes);
  const isIndex = offset === 0 && named.firstRow === null && isNamelessIndex(header, body, names);
  if (isIndex) {
    notes.push({
      code: 'row-names-left-out',
      text: `The first column has no name and its cells (${body[0]?.cells[0]?.trim()}, …) number or name the rows, so it is left out as an identifier.`,
    });
  }
  const kept = isIndex ? names.slice(1) : names;
  const from = offset + (isIndex ? 1 : 0);
  return {
    columns: kept.map((column, c) => columnOf(column, body, c + from)),
    rows: body.length,
    lines: Int32Array.from(body, (record) => record.line),
    firstRow: named.firstRow,
    hasSemicolons: delimiter === ';',
    notes: isIndex ? notes.filter((note) => !note.text.startsWith(`Header 1 "" is called`)) : notes,
  };
}

function columnOf(name: string, body: readonly Line[], at: number) {
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
