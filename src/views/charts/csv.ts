// Tables as CSV text (RFC 4180) and as a download. Numbers keep all their digits and an ASCII minus.
import { type CsvValue, csvCell } from '../../engine/core/csv.ts';

export type { CsvValue };

const csvLine = (row: readonly CsvValue[]): string => `${row.map(csvCell).join(',')}\r\n`;

/** Header and rows as CSV; NaN and null are empty cells. */
export function toCsv(header: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  return [header, ...rows].map(csvLine).join('');
}

/** A table that is too long to be built at once, line by line. */
export interface LongTable {
  header: readonly string[];
  numRows: number;
  row(index: number): readonly CsvValue[];
}

/** Milliseconds of building before the page may do other work. */
const SLICE_MS = 12;

/**
 * The same as `toCsv`, in slices that do not block the page.
 * @param onProgress - called with the share of rows done
 */
export async function toLongCsv(table: LongTable, onProgress: (share: number) => void): Promise<Blob> {
  const parts: BlobPart[] = [csvLine(table.header)];
  for (let index = 0; index < table.numRows; ) {
    const started = performance.now();
    while (index < table.numRows && performance.now() - started < SLICE_MS)
      parts.push(csvLine(table.row(index++)));
    onProgress(index / table.numRows);
    await new Promise((done) => setTimeout(done, 0));
  }
  return new Blob(parts, { type: 'text/csv;charset=utf-8' });
}

/** Saves `text` as a file. */
export const downloadText = (
  fileName: string,
  text: string | Uint8Array,
  type = 'text/csv;charset=utf-8',
): void => downloadBlob(fileName, new Blob([text as BlobPart], { type }));

export function downloadBlob(fileName: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // By the next task the browser has taken over the blob.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
