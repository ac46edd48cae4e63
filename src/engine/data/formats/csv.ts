// Comma-separated values through Papa Parse: quotes, byte order mark, and a guessed delimiter. Runs in the worker or in
// Node; nothing is downloaded and no worker is started by the parser.
import Papa from 'papaparse';
import { WorkbenchError } from '../../core/errors.ts';
import type { Note } from '../../core/notes.ts';
import { FILE_LIMITS, type FileFormat, type RawTable } from './format.ts';

const DELIMITERS = [',', ';', '\t', '|'];
/** Text that decides the delimiter. */
const SAMPLE_CHARACTERS = 65_536;

const refuse = (path: string, expected: string, got: string, remedy: string) =>
  WorkbenchError.of('file', { path, expected, got, remedy });

const plain = (n: number) => n.toLocaleString('en');

function decode(bytes: Uint8Array, name: string): string {
  if (bytes.length > FILE_LIMITS.bytes) {
    const mebibytes = (n: number) => `${(n / 2 ** 20).toFixed(0)} MiB`;
    throw refuse(
      name,
      `at most ${mebibytes(FILE_LIMITS.bytes)}`,
      mebibytes(bytes.length),
      'Use a part of the rows.',
    );
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse(name, 'text in UTF-8', 'bytes that are not', 'Export the table as CSV in UTF-8.');
  }
  if (text.includes('\0')) throw refuse(name, 'a text file', 'binary data', 'Export the table as CSV.');
  return text;
}

/** The delimiter that cuts the first lines evenly; where none does, the one the header has most of. */
function delimiterOf(text: string): string {
  const sample = text.slice(0, SAMPLE_CHARACTERS);
  const { meta, errors } = Papa.parse<string[]>(sample, {
    preview: 20,
    skipEmptyLines: 'greedy',
    delimitersToGuess: DELIMITERS,
  });
  if (!errors.some((e) => e.type === 'Delimiter')) return meta.delimiter;
  const header = sample.trimStart().split(/[\r\n]/, 1)[0] ?? '';
  const count = (delimiter: string) => header.split(delimiter).length;
  return DELIMITERS.reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}

/** Line of the file where a record begins, counted from 1; quoted cells may hold line breaks. */
function lineOf(records: readonly string[][], index: number): number {
  let line = 1;
  for (const record of records.slice(0, index)) {
    line++;
    for (const cell of record) line += cell.match(/\r\n|\r|\n/g)?.length ?? 0;
  }
  return line;
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

/** All records, blank ones included so that lines can be counted. */
function parseRecords(text: string, name: string): string[][] {
  // One record beyond the limit is enough to refuse.
  const { data, errors } = Papa.parse<string[]>(text, {
    delimiter: delimiterOf(text),
    preview: FILE_LIMITS.rows + 2,
  });
  const quotes = errors.find((e) => e.type === 'Quotes');
  if (!quotes) return data;
  const line = lineOf(data, quotes.row ?? 0);
  throw refuse(
    `${name}, line ${line}`,
    'quoted cells that end with a quote',
    quotes.message,
    'Correct the quotes of this line.',
  );
}

function read(bytes: Uint8Array, name: string): RawTable {
  const records = parseRecords(decode(bytes, name), name);
  const filled = records.flatMap((record, i) => (record.some((cell) => cell.trim() !== '') ? [i] : []));
  const [first, ...body] = filled;
  if (first === undefined || body.length === 0) {
    const remedy = 'Add a header with the names of the columns.';
    throw refuse(name, 'a header line and at least one row', `${filled.length} lines`, remedy);
  }
  const header = records[first] as string[];
  if (header.length > FILE_LIMITS.columns) {
    throw refuse(name, `at most ${FILE_LIMITS.columns} columns`, String(header.length), 'Leave columns out.');
  }
  if (body.length > FILE_LIMITS.rows) {
    throw refuse(
      name,
      `at most ${plain(FILE_LIMITS.rows)} rows`,
      'more than that',
      'Use a part of the rows.',
    );
  }
  const notes: Note[] = [];
  const names = headerNames(header, notes);
  const rows = body.map((i) => records[i] as string[]);
  const ragged = body.filter((i) => records[i]?.length !== names.length);
  if (ragged.length > 0) {
    const lines = ragged.slice(0, 5).map((i) => lineOf(records, i));
    notes.push({
      code: 'ragged-lines',
      text: `${plain(ragged.length)} lines do not have ${names.length} cells (line ${lines.join(', ')}${ragged.length > 5 ? ', …' : ''}): missing cells are empty, further ones are left out.`,
    });
  }
  const columns = names.map((column, c) => ({
    name: column,
    cells: rows.map((row) => (row[c] ?? '').trim()),
  }));
  return { columns, rows: rows.length, notes };
}

export const csv: FileFormat = { id: 'csv', label: 'CSV', extensions: ['.csv', '.tsv', '.txt'], read };
