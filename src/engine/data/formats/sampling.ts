// Chooses part of the rows of a table that is too large; the same ones at every reading.
import { rng } from '../../core/rng.ts';
import { allocate } from '../stratify.ts';
import type { ReaderColumn, TextColumn } from './format.ts';
import { plain, refuse, type SampleSettings } from './limits.ts';

/**
 * @param strata - stratum of each row, counted from 0; null for one stratum
 * @param wanted - maximum number of rows
 * @returns rows in file order: of each stratum its share, all equally likely
 */
export function chooseRows(rows: number, strata: Int32Array | null, wanted: number): Uint32Array {
  const sizes: number[] = strata ? [] : [rows];
  for (const stratum of strata ?? []) sizes[stratum] = (sizes[stratum] ?? 0) + 1;
  const left = sizes.map((size) => size ?? 0);
  const count = Math.min(rows, wanted);
  const needed = allocate(left, [count, rows - count]).map(([taken = 0]) => taken);
  const random = rng(0, 'data/sample');
  const chosen = new Uint32Array(count);
  let at = 0;
  // Selection sampling (Knuth, TAOCP 3.4.2, algorithm S), per stratum.
  for (let row = 0; row < rows; row++) {
    const stratum = strata?.[row] ?? 0;
    const [need, rest] = [needed[stratum] as number, left[stratum] as number];
    if (random.uniform() * rest < need) {
      chosen[at++] = row;
      needed[stratum] = need - 1;
    }
    left[stratum] = rest - 1;
  }
  return chosen;
}

/** Numbers texts in order of first appearance. */
export class Strata {
  private readonly codes = new Map<string, number>();
  private readonly of: number[] = [];

  push(text: string): void {
    const code = this.codes.get(text) ?? this.codes.size;
    this.codes.set(text, code);
    this.of.push(code);
  }

  list = (): Int32Array => Int32Array.from(this.of);
}

/** @throws WorkbenchError (file) */
export function columnToSampleBy(names: readonly string[], sampleBy: string, file: string): number {
  const at = names.indexOf(sampleBy);
  if (at >= 0) return at;
  const shown = names.slice(0, 20).join(', ');
  throw refuse(
    file,
    `the column whose values data.sample=stratified keeps in proportion, out of ${shown}`,
    sampleBy || 'nothing',
    'Set data.sampleBy to one of them.',
  );
}

export const sampleNote = ({ sample, sampleRows, sampleBy }: SampleSettings, read: number, of?: number) => {
  const kind = { all: '', first: 'the first', random: 'drawn at random', stratified: 'drawn at random' }[
    sample
  ];
  const by = sample === 'stratified' ? `, each value of ${sampleBy} in its share` : '';
  const from = of === undefined ? '' : ` of ${plain(of)}`;
  return {
    code: 'sample-of-rows',
    text: `${plain(read)}${from} rows are read, ${kind}${by}, as data.sample=${sample} and data.sampleRows=${sampleRows} ask.`,
  };
};

/** Columns reduced to some of their rows; for formats that are read as a whole. */
export function pickRows(columns: readonly ReaderColumn[], rows: Uint32Array): ReaderColumn[] {
  return columns.map((column) => {
    if (column.kind === 'numbers')
      return { ...column, values: Float64Array.from(rows, (row) => column.values[row] as number) };
    if (column.kind === 'codes')
      return { ...column, codes: Int32Array.from(rows, (row) => column.codes[row] as number) };
    const { cells, lineAt, name, padded, unit, decimal } = column;
    const picked: TextColumn = {
      kind: 'text',
      name,
      rows: rows.length,
      cells: Array.from(rows, (row) => cells[row] as string),
      padded: Math.min(padded, rows.length),
      lineAt: (row) => lineAt(rows[row] as number),
      unit,
      decimal,
    };
    return picked;
  });
}

/**
 * The rows that a sample of typed columns has.
 * @param by - the column that a stratified sample keeps in proportion; it alone is read before the rows are chosen
 */
export async function chooseOf(
  rows: number,
  { sample, sampleRows }: SampleSettings,
  by: () => Promise<ReaderColumn>,
): Promise<Uint32Array> {
  if (sample === 'first') return Uint32Array.from({ length: Math.min(rows, sampleRows) }, (_, row) => row);
  if (sample === 'random') return chooseRows(rows, null, sampleRows);
  const column = await by();
  const strata = new Strata();
  for (let row = 0; row < rows; row++)
    strata.push(
      column.kind === 'text'
        ? (column.cells[row] as string)
        : String(column.kind === 'codes' ? column.codes[row] : column.values[row]),
    );
  return chooseRows(rows, strata.list(), sampleRows);
}
