// Checks the messages of an Arrow file before Flechette reads them: it trusts the counts in their FlatBuffers, so that one
// changed byte requests billions of fields or buffers. Walks `Message.fbs`, `Schema.fbs` and `File.fbs` of Apache Arrow
// (https://arrow.apache.org/docs/format/Columnar.html): every table, list and text must lie within its message.
import { FILE_LIMITS } from './format.ts';

/** The content of a table's field. */
type Part =
  | { kind: 'text' }
  | { kind: 'table'; of: Shape }
  | { kind: 'tables'; of: Shape }
  /** A list of structs or numbers of this many bytes. */
  | { kind: 'list'; stride: number };
/** Fields by position; plain numbers are omitted. */
type Shape = () => ReadonlyMap<number, Part>;

const text: Part = { kind: 'text' };
const keyValue: Shape = () =>
  new Map([
    [0, text],
    [1, text],
  ]);
const metadata: Part = { kind: 'tables', of: keyValue };
const scalars: Shape = () => new Map();
const dictionary: Shape = () => new Map([[1, { kind: 'table', of: scalars }]]);
const UNION = 14;
const TIMESTAMP = 10;
const FIELD_TYPE = 2;

const field: Shape = () =>
  new Map<number, Part>([
    [0, text],
    [3, { kind: 'table', of: scalars }],
    [4, { kind: 'table', of: dictionary }],
    [5, { kind: 'tables', of: field }],
    [6, metadata],
  ]);
const schema: Shape = () =>
  new Map<number, Part>([
    [1, { kind: 'tables', of: field }],
    [2, metadata],
    [3, { kind: 'list', stride: 8 }],
  ]);
const NODES = 1;
const BUFFERS = 2;
const VARIADIC = 4;
const recordBatch: Shape = () =>
  new Map<number, Part>([
    [NODES, { kind: 'list', stride: 16 }],
    [BUFFERS, { kind: 'list', stride: 16 }],
    [3, { kind: 'table', of: scalars }],
    [VARIADIC, { kind: 'list', stride: 8 }],
  ]);
const dictionaryBatch: Shape = () => new Map([[1, { kind: 'table', of: recordBatch }]]);
const footer: Shape = () =>
  new Map<number, Part>([
    [1, { kind: 'table', of: schema }],
    [2, { kind: 'list', stride: 24 }],
    [3, { kind: 'list', stride: 24 }],
    [4, metadata],
  ]);
const HEADERS = new Map<number, Shape>([
  [1, schema],
  [2, dictionaryBatch],
  [3, recordBatch],
]);

/** Limit on tables and texts in one message; a file of 20,000 columns has some 200,000. */
const MAX_PARTS = 1_000_000;
const MAX_DEPTH = 64;
const bad = (what: string) => new Error(`a message ${what}`);

class Checker {
  private parts = 0;
  private readonly view: DataView;

  /** @param view - of one message or footer; reading beyond it throws a RangeError */
  constructor(view: DataView) {
    this.view = view;
  }

  /** Position of a table's field, or 0 if it is absent. */
  place(table: number, position: number): number {
    const start = table - this.view.getInt32(table, true);
    if (start < 0) throw bad('whose fields lie before it');
    const slot = 4 + 2 * position;
    if (slot + 2 > this.view.getUint16(start, true)) return 0;
    const offset = this.view.getUint16(start + slot, true);
    return offset === 0 ? 0 : table + offset;
  }

  follow(at: number): number {
    const to = at + this.view.getUint32(at, true);
    // Reads the four bytes of the offset that every table and list begins with.
    this.view.getUint32(to, true);
    return to;
  }

  /** Number of elements of the list whose offset is at `at`, and the position of the first. */
  list(at: number, stride: number): { first: number; count: number } {
    const to = this.follow(at);
    const count = this.view.getUint32(to, true);
    if (count * stride > this.view.byteLength - to - 4)
      throw bad(`with a list of ${count} that it has no room for`);
    return { first: to + 4, count };
  }

  table(at: number, shape: Shape, depth = 0): void {
    if (++this.parts > MAX_PARTS || depth > MAX_DEPTH) throw bad('with more parts than it has room for');
    for (const [position, part] of shape()) {
      const place = this.place(at, position);
      if (place !== 0) this.part(place, part, depth);
    }
    if (shape === field) this.typeOf(at);
  }

  private part(place: number, part: Part, depth: number): void {
    if (part.kind === 'text') this.list(place, 1);
    else if (part.kind === 'list') this.list(place, part.stride);
    else if (part.kind === 'table') this.table(this.follow(place), part.of, depth + 1);
    else {
      const { first, count } = this.list(place, 4);
      for (let i = 0; i < count; i++) this.table(this.follow(first + 4 * i), part.of, depth + 1);
    }
  }

  /** Only two field types contain more than numbers. */
  private typeOf(at: number): void {
    const kind = this.place(at, FIELD_TYPE);
    const type = this.place(at, FIELD_TYPE + 1);
    if (kind === 0 || type === 0) return;
    const id = this.view.getUint8(kind);
    const inner = id === UNION || id === TIMESTAMP ? this.place(this.follow(type), 1) : 0;
    if (inner !== 0) this.list(inner, id === UNION ? 4 : 1);
  }

  /** Checks that rows and buffers of a record batch are within a table's limits and within its body. */
  batch(at: number, body: number): void {
    // Lists within a row have more elements than the table has rows.
    for (const { low, high } of this.pairs(at, NODES))
      if (!(low >= 0 && low <= FILE_LIMITS.cells && high >= 0 && high <= low))
        throw bad(`with a column of ${low} rows, of which ${high} are missing`);
    let buffers = 0;
    for (const { low, high } of this.pairs(at, BUFFERS)) {
      buffers++;
      if (!(low >= 0 && high >= 0 && low + high <= body)) throw bad('with a buffer beyond its end');
    }
    const variadic = this.place(at, VARIADIC);
    if (variadic === 0) return;
    const { first, count } = this.list(variadic, 8);
    for (let i = 0; i < count; i++)
      if (this.long(first + 8 * i) > buffers) throw bad('that claims more buffers than it has');
  }

  private *pairs(at: number, position: number): Generator<{ low: number; high: number }> {
    const place = this.place(at, position);
    if (place === 0) return;
    const { first, count } = this.list(place, 16);
    for (let i = 0; i < count; i++)
      yield { low: this.long(first + 16 * i), high: this.long(first + 16 * i + 8) };
  }

  long = (at: number): number => Number(this.view.getBigInt64(at, true));
  byte = (at: number): number => this.view.getUint8(at);
}

/** @returns the end of the message, or null if there is none */
function checkMessage(view: DataView, from: number): number | null {
  let at = from;
  if (at + 4 > view.byteLength) return null;
  let length = view.getInt32(at, true);
  at += 4;
  if (length === -1) {
    if (at + 4 > view.byteLength) return null;
    length = view.getInt32(at, true);
    at += 4;
  }
  if (length === 0) return null;
  if (length < 8 || at + length > view.byteLength) throw bad('that is cut off');
  const head = new Checker(new DataView(view.buffer, view.byteOffset + at, length));
  const end = at + length;
  const message = head.follow(0);
  const [kind, header, bodyLength] = [1, 2, 3].map((position) => head.place(message, position));
  const body = bodyLength ? head.long(bodyLength) : 0;
  if (!(body >= 0 && end + body <= view.byteLength)) throw bad('whose body is cut off');
  const shape = kind ? HEADERS.get(head.byte(kind)) : undefined;
  if (shape && header) {
    const table = head.follow(header);
    head.table(table, shape);
    if (shape === recordBatch) head.batch(table, body);
    const data = shape === dictionaryBatch ? head.place(table, 1) : 0;
    if (data) head.batch(head.follow(data), body);
  }
  return end + body;
}

/** "ARROW1", at both ends of a file; a stream lacks it. */
const MAGIC = [65, 82, 82, 79, 87, 49];

/** @throws Error if a count, an offset or a length points outside its message */
export function checkMessages(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!MAGIC.every((letter, i) => bytes[i] === letter)) {
    for (let at: number | null = 0; at !== null; ) at = checkMessage(view, at);
    return;
  }
  const end = bytes.length - MAGIC.length - 4;
  const length = view.getInt32(end, true);
  if (!(length >= 8 && length <= end)) throw bad('at the end that is cut off');
  const foot = new Checker(new DataView(bytes.buffer, bytes.byteOffset + end - length, length));
  const table = foot.follow(0);
  foot.table(table, footer);
  for (const position of [2, 3]) {
    const place = foot.place(table, position);
    if (place === 0) continue;
    const { first, count } = foot.list(place, 24);
    for (let i = 0; i < count; i++) checkMessage(view, foot.long(first + 24 * i));
  }
}
