// Comma-separated values through Papa Parse: quotes, byte order mark, and a guessed delimiter. Runs in the worker or in
// Node; nothing is downloaded and no worker is started by the parser.
import Papa from 'papaparse';
import { WorkbenchError } from '../../core/errors.ts';
import { FILE_LIMITS, type FileFormat, type RawTable } from './format.ts';

const refuse = (path: string, expected: string, got: string, remedy: string) =>
  WorkbenchError.of('file', { path, expected, got, remedy });

function decode(bytes: Uint8Array, name: string): string {
  if (bytes.length > FILE_LIMITS.bytes) {
    const mebibytes = (n: number) => `${(n / 2 ** 20).toFixed(0)} MiB`;
    throw refuse(name, `at most ${mebibytes(FILE_LIMITS.bytes)}`, mebibytes(bytes.length), 'Use a part of the rows.');
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse(name, 'text in UTF-8', 'bytes that are not', 'Export the table as CSV in UTF-8.');
  }
  if (text.slice(0, 4096).includes('\0')) {
    throw refuse(name, 'a text file', 'binary data', 'Export the table as CSV.');
  }
  return text;
}

/** Names of the columns; empty and repeated ones are made unique, with a note. */
function headerNames(header: readonly string[], notes: string[]): string[] {
  const seen = new Set<string>();
  return header.map((cell, i) => {
    const wanted = cell.trim() || `column ${i + 1}`;
    let name = wanted;
    for (let k = 2; seen.has(name); k++) name = `${wanted} (${k})`;
    if (name !== cell.trim()) notes.push(`Header ${i + 1} "${cell.trim()}" is called "${name}" here.`);
    seen.add(name);
    return name;
  });
}

function read(bytes: Uint8Array, name: string): RawTable {
  const text = decode(bytes, name);
  const { data, errors } = Papa.parse<string[]>(text, {
    skipEmptyLines: 'greedy',
    delimitersToGuess: [',', ';', '\t', '|'],
  });
  const quoteError = errors.find((e) => e.type === 'Quotes');
  if (quoteError) {
    throw refuse(
      `${name}, line ${(quoteError.row ?? 0) + 1}`,
      'quoted cells that end with a quote',
      quoteError.message,
      'Correct the quotes of this line.',
    );
  }
  const [header, ...body] = data;
  if (!header || body.length === 0) {
    throw refuse(name, 'a header line and at least one row', `${data.length} lines`, 'Add a header with the names of the columns.');
  }
  if (header.length > FILE_LIMITS.columns) {
    throw refuse(name, `at most ${FILE_LIMITS.columns} columns`, String(header.length), 'Leave columns out.');
  }
  if (body.length > FILE_LIMITS.rows) {
    throw refuse(
      name,
      `at most ${FILE_LIMITS.rows.toLocaleString('en')} rows`,
      body.length.toLocaleString('en'),
      'Use a part of the rows.',
    );
  }
  const notes: string[] = [];
  const names = headerNames(header, notes);
  const ragged = body.flatMap((row, i) => (row.length === names.length ? [] : [i + 2]));
  if (ragged.length > 0) {
    notes.push(
      `${ragged.length} lines do not have ${names.length} cells (line ${ragged.slice(0, 5).join(', ')}${ragged.length > 5 ? ', …' : ''}): missing cells are empty, further ones are left out.`,
    );
  }
  const columns = names.map((column, c) => ({ name: column, cells: body.map((row) => (row[c] ?? '').trim()) }));
  return { columns, rows: body.length, notes };
}

export const csv: FileFormat = { id: 'csv', label: 'CSV', extensions: ['.csv', '.tsv', '.txt'], read };
