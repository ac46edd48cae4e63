// What stands between the cells of a text file: said by a `sep=` line, by a setting, or found in the first lines.
import Papa from 'papaparse';
import type { LayoutSettings } from './format.ts';

/** In the order of preference where several cut the lines equally well: a comma may be part of a number. */
const CANDIDATES = ['\t', ';', '|', ','];
const NAMED: Partial<Record<LayoutSettings['delimiter'], string>> = {
  comma: ',',
  semicolon: ';',
  tab: '\t',
  bar: '|',
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
export function usualCells(records: readonly string[][]): { cells: number; records: number } {
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
  return best;
}
