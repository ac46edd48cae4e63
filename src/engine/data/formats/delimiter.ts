// Finds the delimiter of a text file: in a `sep=` line, in a setting, or by its first lines.
import Papa from 'papaparse';
import { looksNumeric } from '../numbers.ts';
import type { LayoutSettings } from './format.ts';

/** Any number of blanks and tabs; the text is changed to have one tab in their place, see `withSingleTabs`. */
export const BLANKS = ' ';

/** In order of preference if several cut the lines equally well: a comma may be part of a number. */
const CANDIDATES = ['\t', ';', '|', ','];
const NAMED: Partial<Record<LayoutSettings['delimiter'], string>> = {
  comma: ',',
  semicolon: ';',
  tab: '\t',
  bar: '|',
  blank: BLANKS,
};
/** Number of characters that are examined. */
const SAMPLE_CHARACTERS = 65_536;
const SAMPLE_RECORDS = 500;
const SEP_LINE = /^"?sep=(\\t|[^\n])"?[;,\t|]*(?:\n|$)/i;

/** The `sep=` line that spreadsheets write above a table; null if there is none. */
export function readSepLine(text: string): { delimiter: string; length: number } | null {
  const found = SEP_LINE.exec(text);
  if (!found) return null;
  const [line, sign = ','] = found;
  return { delimiter: sign === '\\t' ? '\t' : sign, length: line.length };
}

/** The most frequent number of cells (at least two), and how many records have it. */
export function usualCells(records: readonly (readonly string[])[]): { cells: number; records: number } {
  const counts = new Map<number, number>();
  for (const { length } of records) if (length > 1) counts.set(length, (counts.get(length) ?? 0) + 1);
  let [cells, most] = [1, 0];
  for (const [length, count] of counts) if (count > most) [cells, most] = [length, count];
  return { cells, records: most };
}

/** @param text - with line feeds as line ends */
export function delimiterOf(text: string, { delimiter, comment }: LayoutSettings): string {
  const named = NAMED[delimiter];
  if (named) return named;
  const sample = text.slice(0, SAMPLE_CHARACTERS);
  // The last line of a sample is incomplete.
  const whole = text.length > sample.length ? sample.slice(0, sample.lastIndexOf('\n') + 1) : sample;
  const evenness = (candidate: string) => {
    const { data } = Papa.parse<string[]>(whole || sample, {
      delimiter: candidate,
      newline: '\n',
      preview: SAMPLE_RECORDS,
      skipEmptyLines: 'greedy',
    });
    const isComment = ([first = '']: string[]) => comment !== '' && first.startsWith(comment);
    return usualCells(data.filter((record) => !isComment(record))).records;
  };
  let [best, most] = [',', 0];
  for (const candidate of CANDIDATES) {
    const records = evenness(candidate);
    if (records > most) [best, most] = [candidate, records];
  }
  return areBlanksBetween(whole || sample, comment, most) ? BLANKS : best;
}

/**
 * Whether blanks separate the cells: they cut the lines into equally many cells, with numbers in most lines below the first.
 * @param cutBySign - number of lines that the best other delimiter cuts evenly
 */
function areBlanksBetween(text: string, comment: string, cutBySign: number): boolean {
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '' && !(comment !== '' && line.startsWith(comment)));
  if (cutBySign * 2 >= Math.min(lines.length, SAMPLE_RECORDS)) return false;
  const records = lines.slice(0, SAMPLE_RECORDS).map((line) => withSingleTabs(line).split('\t'));
  const { cells, records: even } = usualCells(records);
  const below = records
    .slice(1)
    .filter((record) => record.length === cells)
    .flat();
  // R puts texts in quotes, and writes logical values without.
  const isCell = (cell: string) => looksNumeric(cell) || /^("[^"]*"|NA|TRUE|FALSE)$/.test(cell);
  const found = below.filter(isCell).length;
  // The header may be one name short.
  return even >= 2 && even >= 0.8 * (records.length - 1) && found * 2 > below.length;
}

/** Replaces each run of blanks and tabs outside quotes by one tab; removes those at line ends. */
export function withSingleTabs(text: string): string {
  return text
    .replace(/^[ \t]+|[ \t]+$/gm, '')
    .replace(/"(?:[^"]|"")*"|[ \t]+/g, (found) => (found.startsWith('"') ? found : '\t'));
}
