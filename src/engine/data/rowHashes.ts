// Identifies rows by content: a 64-bit hash per row over its encoded features and labels, independent of column order, row
// order and file format. Fast, not cryptographic.
import type { Dataset } from './table.ts';

/** How many hashes of training rows a weights file keeps at most; with more rows, it keeps a fixed fraction of them. */
const MAX_KEPT = 20_000;

export interface RowHashes {
  /** Two 32-bit lanes per row. [rows] */
  high: Uint32Array;
  low: Uint32Array;
}

/** Bits of float32; of NaN, those that JavaScript writes. */
const MINUS_ZERO = 0x80000000;
const INFINITE = 0x7f800000;
const NAN_BITS = 0x7fc00000;

/** One round of MurmurHash3 (Appleby 2011), x86 32 bits. */
function mixed(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const h = hash ^ k;
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

/** The finalizer of MurmurHash3. */
function finished(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

export function rowHashes({
  rows,
  categorical,
  numeric,
  targets,
}: Pick<Dataset, 'rows' | 'categorical' | 'numeric' | 'targets'>): RowHashes {
  const high = new Uint32Array(rows).fill(0x9747b28c);
  const low = new Uint32Array(rows).fill(0x3c6ef372);
  for (const column of [...categorical, ...numeric, ...targets]) {
    const bits = bitsOf(column);
    for (let row = 0; row < rows; row++) {
      const word = bits[row] as number;
      high[row] = mixed(high[row] as number, word);
      low[row] = mixed(low[row] as number, ~word);
    }
  }
  for (let row = 0; row < rows; row++) {
    high[row] = finished(high[row] as number);
    low[row] = finished(low[row] as number);
  }
  return { high, low };
}

/** The float32 of each value as bits: -0 equals 0, and all NaN are equal. */
function bitsOf(column: Int32Array | Float32Array): Uint32Array {
  const bits = new Uint32Array(new Float32Array(column).buffer);
  for (let row = 0; row < bits.length; row++) {
    const word = bits[row] as number;
    if (word === MINUS_ZERO) bits[row] = 0;
    else if ((word & ~MINUS_ZERO) > INFINITE) bits[row] = NAN_BITS;
  }
  return bits;
}

const hex = (value: number) => value.toString(16).padStart(8, '0');
export const hashText = ({ high, low }: RowHashes, row: number): string =>
  hex(high[row] as number) + hex(low[row] as number);

/** Hash of the whole table, in row order. */
export function fingerprint(hashes: RowHashes): string {
  let [high, low] = [0, 0];
  for (let row = 0; row < hashes.high.length; row++) {
    high = mixed(high, hashes.high[row] as number);
    low = mixed(low, hashes.low[row] as number);
  }
  return hex(finished(high)) + hex(finished(low));
}

/** Training rows as stored in a weights file. */
export interface KeptRows {
  /** Number of training rows. */
  count: number;
  /** 1: `hashes` has all of them; k: only those whose low lane is divisible by k. */
  every: number;
  /** 16 hexadecimal digits each, sorted, with repetitions. */
  hashes: string[];
}

export function keptRows(hashes: RowHashes, rows: Uint32Array, every = everyOf(rows.length)): KeptRows {
  const kept = [...rows.filter((row) => (hashes.low[row] as number) % every === 0)];
  return { count: rows.length, every, hashes: kept.map((row) => hashText(hashes, row)).sort() };
}

const everyOf = (count: number) => Math.ceil(count / MAX_KEPT);

/**
 * How many rows of a split equal rows that were trained on. 0 if the training rows are the same, because equal rows then were
 * equal during training too, and no row changed its split.
 * @param rows - of the split
 * @param train - training rows of the current table
 */
export function trainedOn(kept: KeptRows, hashes: RowHashes, rows: Uint32Array, train: Uint32Array): number {
  const own = keptRows(hashes, train, kept.every);
  if (own.count === kept.count && own.hashes.join() === kept.hashes.join()) return 0;
  const known = new Set(kept.hashes);
  const equal = keptRows(hashes, rows, kept.every).hashes.filter((hash) => known.has(hash));
  return Math.min(rows.length, equal.length * kept.every);
}
