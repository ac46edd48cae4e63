// Distinct numbers of a column without an object per number: hash tables that fit a processor's cache, each of the numbers whose
// hashes begin alike. A file can be made whose numbers all have one place in such a table; they are sorted instead.
import { MAX_CLASSES } from './columns.ts';

/** Finalizer of MurmurHash3 (Appleby 2011) over the bits of a number. */
function hashOf(low: number, high: number): number {
  let h = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Numbers of a part, about. */
const PART = 2 ** 13;
const MOST_PARTS = 2 ** 8;
/** More places than that in a row are not taken by chance. */
const MOST_IN_A_ROW = 256;

/** The number of distinct finite values, and the MAX_CLASSES smallest in order. -0 and 0 are equal. */
export function distinctNumbers(numbers: Float64Array): { count: number; smallest: number[] } {
  const few = new Distinct();
  if (few.add(numbers, 0, numbers.length, PART)) return few.found();
  const { values, ends } = parted(numbers);
  const all = new Distinct();
  let from = 0;
  for (const end of ends) {
    if (!all.add(values, from, end, end - from)) return bySorting(values);
    from = end;
  }
  return all.found();
}

/** @param values - finite */
function bySorting(values: Float64Array): { count: number; smallest: number[] } {
  const smallest: number[] = [];
  let count = 0;
  let last = Number.NaN;
  for (const value of values.slice().sort()) {
    if (value === last) continue;
    last = value;
    count++;
    if (smallest.length < MAX_CLASSES) smallest.push(value + 0);
  }
  return { count, smallest };
}

class Distinct {
  private count = 0;
  private readonly smallest: number[] = [];
  private table = new Float64Array(0);

  /**
   * Adds numbers none of which was added before.
   * @param most - distinct ones, at least 1
   * @returns false where there are more, or too many have one place, and not all were added
   */
  add(numbers: Float64Array, from: number, to: number, most: number): boolean {
    const { smallest } = this;
    const size = 2 ** Math.ceil(Math.log2(2 * Math.min(most, to - from) + 2));
    if (this.table.length < size) this.table = new Float64Array(size);
    const seen = this.table.subarray(0, size).fill(Number.NaN);
    const one = new Float64Array(1);
    const bits = new Uint32Array(one.buffer);
    const behind = this.count + most;
    let largest = smallest[MAX_CLASSES - 1] ?? Number.POSITIVE_INFINITY;
    for (let i = from; i < to; i++) {
      const value = (numbers[i] as number) + 0;
      if (!Number.isFinite(value)) continue;
      one[0] = value;
      let at = hashOf(bits[0] as number, bits[1] as number) & (size - 1);
      let other = seen[at] as number;
      let passed = 0;
      while (other !== value && !Number.isNaN(other)) {
        if (++passed > MOST_IN_A_ROW) return false;
        at = (at + 1) & (size - 1);
        other = seen[at] as number;
      }
      if (other === value) continue;
      if (this.count === behind) return false;
      seen[at] = value;
      this.count++;
      if (value > largest) continue;
      insert(smallest, value);
      largest = smallest[MAX_CLASSES - 1] ?? Number.POSITIVE_INFINITY;
    }
    return true;
  }

  found = () => ({ count: this.count, smallest: this.smallest });
}

/**
 * The finite values, those together whose hashes begin with the same bits.
 * @returns `ends`: position behind each part
 */
function parted(numbers: Float64Array): { values: Float64Array; ends: Int32Array } {
  const bitsOfPart = Math.ceil(Math.log2(Math.min(MOST_PARTS, Math.max(2, numbers.length / PART))));
  const shift = 32 - bitsOfPart;
  const one = new Float64Array(1);
  const bits = new Uint32Array(one.buffer);
  const parts = new Uint8Array(numbers.length);
  const ends = new Int32Array(2 ** bitsOfPart);
  for (let i = 0; i < numbers.length; i++) {
    const value = (numbers[i] as number) + 0;
    if (!Number.isFinite(value)) continue;
    one[0] = value;
    const part = hashOf(bits[0] as number, bits[1] as number) >>> shift;
    parts[i] = part;
    ends[part] = (ends[part] as number) + 1;
  }
  let before = 0;
  for (let part = 0; part < ends.length; part++) {
    const size = ends[part] as number;
    ends[part] = before;
    before += size;
  }
  const values = new Float64Array(before);
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i] as number;
    if (!Number.isFinite(value)) continue;
    const part = parts[i] as number;
    const at = ends[part] as number;
    ends[part] = at + 1;
    values[at] = value;
  }
  return { values, ends };
}

/** Inserts the value in order among the smallest. */
function insert(smallest: number[], value: number): void {
  if (smallest.length === MAX_CLASSES) smallest.pop();
  let at = smallest.length;
  while (at > 0 && (smallest[at - 1] as number) > value) at--;
  smallest.splice(at, 0, value);
}
