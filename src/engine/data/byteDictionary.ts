// Numbers distinct cells by their bytes, in the order of their first appearance, without a string or an object for each: a hash
// table with open addresses. A file can be made whose cells all have one place in it; then texts are kept instead, whose hashes
// nobody can foresee.
import { CELL_END } from './formats/format.ts';

const FIRST_SIZE = 1024;
/** Of FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;
/** More places than that in a row are not taken by chance: of a million cells some 70 are. */
const MOST_IN_A_ROW = 256;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export class ByteDictionary {
  /** Number of distinct cells. */
  size = 0;
  /** One more than the number of the cell there; 0 where none is. At most half of it is taken. */
  private table = new Int32Array(FIRST_SIZE);
  private hashes = new Int32Array(FIRST_SIZE / 2);
  /** Where each begins in `pool`, and behind the last one the end of all; `CELL_END` stands behind each. */
  private starts = new Int32Array(FIRST_SIZE / 2 + 1);
  private pool = new Uint8Array(16 * FIRST_SIZE);
  private byText: Map<string, number> | null = null;

  /** Too many cells had one place. */
  get isCrowded(): boolean {
    return this.byText !== null;
  }

  /** The number of the bytes from one position to behind another; `size` before the call where they are new. */
  codeOf(bytes: Uint8Array, from: number, to: number): number {
    if (this.byText) return this.codeOfText(this.byText, bytes, from, to);
    let hash = OFFSET;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), PRIME);
    hash ^= hash >>> 15;
    const mask = this.table.length - 1;
    const first = hash & mask;
    let at = first;
    for (let code = this.table[at] as number; code > 0; code = this.table[at] as number) {
      if (this.hashes[code - 1] === hash && this.isSame(code - 1, bytes, from, to)) return code - 1;
      at = (at + 1) & mask;
      if (((at - first) & mask) > MOST_IN_A_ROW) {
        this.byText = new Map(this.texts().map((text, i) => [text, i]));
        return this.codeOfText(this.byText, bytes, from, to);
      }
    }
    this.table[at] = this.size + 1;
    this.add(hash, bytes, from, to);
    return this.size - 1;
  }

  private codeOfText(byText: Map<string, number>, bytes: Uint8Array, from: number, to: number): number {
    const text = decoder.decode(bytes.subarray(from, to));
    const code = byText.get(text) ?? this.size++;
    if (code === byText.size) byText.set(text, code);
    return code;
  }

  private isSame(code: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.starts[code] as number;
    if ((this.starts[code + 1] as number) - start !== to - from + 1) return false;
    for (let i = from, k = start; i < to; i++, k++) if (this.pool[k] !== bytes[i]) return false;
    return true;
  }

  private add(hash: number, bytes: Uint8Array, from: number, to: number): void {
    const start = this.starts[this.size] as number;
    const end = start + to - from + 1;
    if (end > this.pool.length) {
      const longer = new Uint8Array(2 * end);
      longer.set(this.pool.subarray(0, start));
      this.pool = longer;
    }
    for (let i = from, k = start; i < to; i++, k++) this.pool[k] = bytes[i] as number;
    this.pool[end - 1] = CELL_END;
    this.hashes[this.size++] = hash;
    this.starts[this.size] = end;
    if (2 * this.size >= this.table.length) this.grow();
  }

  texts(): string[] {
    if (this.byText) return [...this.byText.keys()];
    if (this.size === 0) return [];
    const pool = this.pool.subarray(0, (this.starts[this.size] as number) - 1);
    return decoder.decode(pool).split(String.fromCharCode(CELL_END));
  }

  private grow(): void {
    const length = 2 * this.table.length;
    const hashes = new Int32Array(length / 2);
    hashes.set(this.hashes);
    const starts = new Int32Array(length / 2 + 1);
    starts.set(this.starts);
    this.table = new Int32Array(length);
    for (let code = 0; code < this.size; code++) {
      let at = (hashes[code] as number) & (length - 1);
      while (this.table[at] !== 0) at = (at + 1) & (length - 1);
      this.table[at] = code + 1;
    }
    [this.hashes, this.starts] = [hashes, starts];
  }
}
