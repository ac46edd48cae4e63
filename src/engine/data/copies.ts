// Columns that duplicate another one: equal, linearly related, or the same classes under other names. As a feature beside a
// target, such a column leaks the answer.
import { type Column, isMissing } from './columns.ts';
import { correlations } from './relatedness.ts';

/** How many rows are compared, spread evenly over the file. */
const SAMPLE_ROWS = 2000;
/** Two columns of numbers with a |Pearson correlation| above this are near-copies. */
const NEARLY_ONE = 0.9999;
/** With more columns than this, pairs are not compared. */
const MAX_COLUMNS = 200;
const MIN_ROWS = 10;

export interface Copies {
  a: Column;
  b: Column;
  how: 'equal' | 'line' | 'renamed';
}

function sampleOf(rows: number): Uint32Array {
  const count = Math.min(rows, SAMPLE_ROWS);
  return Uint32Array.from({ length: count }, (_, i) => Math.floor((i * rows) / count));
}

/** How two columns copy each other; null if they do not. */
export function copiesOf(a: Column, b: Column): Copies['how'] | null {
  if (a.distinct < 2 || b.distinct < 2) return null;
  const rows = sampleOf(a.rows);
  if (rows.some((row) => isMissing(a, row) !== isMissing(b, row))) return null;
  const there = rows.filter((row) => !isMissing(a, row));
  if (there.length < MIN_ROWS) return null;
  if (a.kind !== b.kind) {
    // Class numbers compared with class names.
    const [x, y] = [a, b].map(({ kind, codes, numbers }) => (kind === 'categorical' ? codes : numbers));
    const isOfClasses = a.distinct === b.distinct && a.distinct <= there.length / 2;
    return isOfClasses && x && y && onToOne(x, y, Uint32Array.from(there)) ? 'renamed' : null;
  }
  return a.kind === 'categorical' ? sameClasses(a, b, there) : sameNumbers(a, b, there);
}

function sameNumbers(a: Column, b: Column, rows: Uint32Array): Copies['how'] | null {
  if (rows.every((row) => a.numbers[row] === b.numbers[row])) return 'equal';
  // Two distinct values always lie on a line.
  if (a.distinct < 3 || b.distinct < 3) return onToOne(a.numbers, b.numbers, rows) ? 'renamed' : null;
  const r = correlations([a.numbers, b.numbers], rows)[1] ?? Number.NaN;
  return Math.abs(r) > NEARLY_ONE ? 'line' : null;
}

function sameClasses(a: Column, b: Column, rows: Uint32Array): Copies['how'] | null {
  if (a.distinct > rows.length / 2) return null;
  if (rows.every((row) => a.values[a.codes[row] ?? -1] === b.values[b.codes[row] ?? -1])) return 'equal';
  return onToOne(a.codes, b.codes, rows) ? 'renamed' : null;
}

/** Whether the values of the two columns correspond one to one. */
function onToOne(a: ArrayLike<number>, b: ArrayLike<number>, rows: Uint32Array): boolean {
  const [to, back] = [new Map<number, number>(), new Map<number, number>()];
  for (const row of rows) {
    const [x, y] = [a[row] as number, b[row] as number];
    if ((to.get(x) ?? y) !== y || (back.get(y) ?? x) !== x) return false;
    to.set(x, y);
    back.set(y, x);
  }
  return to.size > 1;
}

/** Columns that copy an earlier one, each beside the first that it copies: of ten copies all 45 pairs say no more. */
export function findCopies(columns: readonly Column[]): Copies[] {
  if (columns.length > MAX_COLUMNS) return [];
  return columns.flatMap((b, i) => {
    for (const a of columns.slice(0, i)) {
      const how = copiesOf(a, b);
      if (how) return [{ a, b, how }];
    }
    return [];
  });
}
