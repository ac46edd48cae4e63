// What stands between the cells of a text file: said by a `sep=` line, by a setting, or found in the first lines.
import Papa from 'papaparse';
import { looksNumeric } from '../numbers.ts';
import type { LayoutSettings } from './format.ts';

/** Any number of blanks and tabs; the text is changed to hold one tab in their place, see `withSingleTabs`. */
export const BLANKS = ' ';

/** In the order of preference where several cut the lines equally well: a comma may be part of a number. */
const CANDIDATES = ['\t', ';', '|', ','];
const NAMED: Partial<Record<LayoutSettings['delimiter'], string>> = {
  comma: ',',
  semicolon: ';',
  tab: '\t',
  bar: '|',
  blank: BLANKS,
};
/** Text that decides. */
const SAMPLE_CHARACTERS = 65_536;
const SAMPLE_RECORDS = 500;
const SEP_LINE = /^"?sep=(\\t|[^\n])"?[;,\t|]*(?:\n|$)/i;

/** The `sep=` line that spreadsheets write above a table; null where there is none. */
export function readSepLine(text: string): { delimiter: string; length: number } | null {
  const found = SEP_LINE.exec(text);
  if (!found) return null;
  const [line, sign = ','] = found;
  return { delimiter: sign === '\\t' ? '\t' : sign, length: line.length };
}

/** The most frequent number of cells, two or more, with the number of records that have it. */
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
  // The last line of a sample is cut somewhere.
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
 * Lines that blanks cut into equally many cells, with numbers in most of those below the first.
 * @param cutBySign - lines that the best sign cuts evenly
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
  const numbers = below.filter(looksNumeric).length;
  return even >= 2 && even >= 0.8 * records.length && numbers * 2 > below.length;
}

/** Each run of blanks and tabs outside of quotes as one tab, none at the ends of lines. */
export function withSingleTabs(text: string): string {
  return text
    .replace(/^[ \t]+|[ \t]+$/gm, '')
    .replace(/"(?:[^"]|"")*"|[ \t]+/g, (found) => (found.startsWith('"') ? found : '\t'));
}
