// The records of a delimited text file through Papa Parse, each with its line, and which of them are no part of the table:
// comments anywhere, titles above the header.
import Papa from 'papaparse';
import type { Note } from '../../core/notes.ts';
import { type DroppedLines, droppedLines, FILE_LIMITS, type LayoutSettings } from './format.ts';
import { linesAbove } from './header.ts';
import { plain, refuse } from './limits.ts';

const SHOWN_LINES = 5;
const SHOWN_CHARACTERS = 40;
/** Records that decide how many cells a line has. */
export const SAMPLE_RECORDS = 1000;
/** Lines that may stand above the table and between its rows without being rows. */
const FURTHER_RECORDS = 2000;

/** A record of the file with the line on which it begins, counted from 1. */
export interface Line {
  cells: string[];
  line: number;
  /** The first cell stands in quotes, so it begins no comment. */
  isQuoted: boolean;
  /** A cell holds line breaks. */
  hasBreaks: boolean;
}

/** All records that are not blank, with their lines; quoted cells may hold line breaks. */
export function parseRecords(
  text: string,
  delimiter: string,
  firstLine: number,
  name: string,
  dropped: DroppedLines[],
): Line[] {
  // More than the limit is enough to refuse.
  const { data, errors } = Papa.parse<string[]>(text, {
    delimiter,
    newline: '\n',
    preview: FILE_LIMITS.rows + FURTHER_RECORDS,
  });
  const quotes = errors.find((e) => e.type === 'Quotes');
  const faulty = quotes ? Math.min(quotes.row ?? 0, data.length - 1) : -1;
  const mayHoldBreaks = text.includes('"');
  const records: Line[] = [];
  const blank: number[] = [];
  let line = firstLine;
  let at = 0;
  for (const [index, cells] of data.entries()) {
    if (quotes && index === faulty) {
      const expected = 'quoted cells that end with a quote';
      const got = `${quotes.message}, in cell ${cells.length} of this line, which begins with ${JSON.stringify((cells.at(-1) ?? '').slice(0, SHOWN_CHARACTERS))}`;
      throw refuse(`${name}, line ${line}`, expected, got, 'Correct the quotes of this line.');
    }
    const lines = mayHoldBreaks ? cells.reduce((sum, cell) => sum + breaksIn(cell), 1) : 1;
    if (cells.some((cell) => cell.trim() !== ''))
      records.push({ cells, line, isQuoted: text[at] === '"', hasBreaks: lines > 1 });
    else if (index < data.length - 1) blank.push(line);
    for (let i = 0; i < lines; i++) at = text.indexOf('\n', at) + 1;
    line += lines;
  }
  dropped.push(...droppedLines('blank-lines', blank));
  return records;
}

/** Line breaks in a cell. */
export function breaksIn(cell: string): number {
  let count = 0;
  for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) count++;
  return count;
}

export const listLines = (lines: readonly number[]) =>
  `line ${lines.slice(0, SHOWN_LINES).join(', ')}${lines.length > SHOWN_LINES ? ', …' : ''}`;

/** Lines that are comments are taken out; a file whose lines mostly begin so has values that do. */
export function withoutComments(
  records: Line[],
  { comment }: LayoutSettings,
  notes: Note[],
  dropped: DroppedLines[],
) {
  if (comment === '') return { body: records, above: null };
  const isComment = ({ cells, isQuoted }: Line) =>
    !isQuoted && (cells[0] ?? '').trimStart().startsWith(comment);
  const first = records.findIndex((record) => !isComment(record));
  const below = records.slice(first).filter(isComment);
  if (first < 0 || below.length * 2 > records.length - first - 1) return { body: records, above: null };
  const lines = [...records.slice(0, first), ...below].map((record) => record.line);
  if (lines.length > 0) {
    dropped.push(...droppedLines('comment-lines', lines));
    notes.push({
      code: 'comment-lines-left-out',
      text: `${plain(lines.length)} lines begin with ${comment} and are left out as comments (${listLines(lines)}); data.comment decides.`,
    });
  }
  const body = below.length === 0 ? records.slice(first) : records.slice(first).filter((r) => !isComment(r));
  return { body, above: records[first - 1] ?? null };
}

/** Lines above the header are taken out: as many as asked, or those that are no part of the table. */
export function withoutTitles(
  records: Line[],
  usual: number,
  { skipLines }: LayoutSettings,
  notes: Note[],
  dropped: DroppedLines[],
): Line[] {
  const head = records.slice(0, SAMPLE_RECORDS).map((record) => record.cells);
  const above =
    skipLines < 0 ? linesAbove(head, usual) : records.filter((record) => record.line <= skipLines).length;
  if (above > 0) {
    const lines = records.slice(0, above).map((record) => record.line);
    dropped.push(...droppedLines('title-lines', lines));
    const text = records[0]?.cells.filter((cell) => cell !== '').join(' ');
    notes.push({
      code: 'title-lines-left-out',
      text: `${above} lines above the header are left out (${listLines(lines)}), such as "${text}"; data.skipLines decides.`,
    });
  }
  return records.slice(above);
}
