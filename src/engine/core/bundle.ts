// A plain value with typed arrays as bytes and back, laid out as in safetensors: eight bytes with the length of a JSON head, the
// head, the numbers. What JSON cannot express is tagged there. Nothing is executed, and the arrays lie end to end, so that no file
// becomes larger by being read. Numbers are little-endian, as in every engine that runs this.
import { jsonText } from './jsonText.ts';
import type { Refuse } from './refusal.ts';

const ARRAYS = { f32: Float32Array, f64: Float64Array, i32: Int32Array, u32: Uint32Array, u8: Uint8Array };
type Kind = keyof typeof ARRAYS;
type Numbers = InstanceType<(typeof ARRAYS)[Kind]>;

const LENGTH_BYTES = 8;
/** JSON text longer than this is not parsed: V8 ends the process where a text passes its own limit. */
const MAX_HEAD = 256 * 2 ** 20;
/** Largest bundle: what `fs.readFile` reads at once. */
export const MAX_BUNDLE = 2 ** 31 - 1;
const MAX_DEPTH = 64;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const kindOf = (value: unknown): Kind | undefined =>
  (Object.keys(ARRAYS) as Kind[]).find((kind) => value instanceof ARRAYS[kind]);

const SPECIAL = ['NaN', 'Infinity', '-Infinity', '-0'] as const;

/** @throws Error where the value holds something else than plain data and typed arrays, or too much of it */
export function writeBundle(value: unknown): Uint8Array<ArrayBuffer> {
  const arrays: Numbers[] = [];
  const json = new TextEncoder().encode(JSON.stringify(packed(value, arrays, 0)));
  const total = LENGTH_BYTES + json.length + arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (json.length > MAX_HEAD || total > MAX_BUNDLE)
    throw new Error(`bundle: expected at most ${MAX_BUNDLE} bytes, got ${total}, ${json.length} of JSON.`);
  const bytes = new Uint8Array(total);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, LENGTH_BYTES);
  let at = LENGTH_BYTES + json.length;
  for (const array of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += array.byteLength;
  }
  return bytes;
}

/** Properties without a value are left out, as by JSON. */
function packed(value: unknown, arrays: Numbers[], depth: number): unknown {
  if (depth > MAX_DEPTH) throw new Error(`bundle: expected at most ${MAX_DEPTH} levels.`);
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { $number: Object.is(value, -0) ? '-0' : String(value) };
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((item) => packed(item, arrays, depth + 1));
  const kind = kindOf(value);
  if (kind) {
    arrays.push(value as Numbers);
    return { [`$${kind}`]: (value as Numbers).length };
  }
  if (!isObject(value) || !isPlain(value)) throw new Error(`bundle: no place for ${describe(value)}.`);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  const inner = Object.fromEntries(entries.map(([key, item]) => [key, packed(item, arrays, depth + 1)]));
  return isTagged(inner) ? { $object: inner } : inner;
}

const isPlain = (value: object): boolean =>
  [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null);

const describe = (value: unknown): string =>
  isObject(value) ? `a ${value.constructor?.name ?? 'class'}` : `a ${typeof value}`;

/** An object that a reader would take for a tag: of one key that begins with a dollar sign. */
const isTagged = (value: Record<string, unknown>): boolean => {
  const [key, ...others] = Object.keys(value);
  return others.length === 0 && key !== undefined && key.startsWith('$');
};

/** @throws WorkbenchError (file) through `refuse` at the first violation of the format */
export function readBundle(bytes: Uint8Array, refuse: Refuse): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < LENGTH_BYTES ? -1 : Number(view.getBigUint64(0, true));
  if (!(length >= 0 && length <= MAX_HEAD && LENGTH_BYTES + length <= bytes.length))
    refuse('head', `a head within the file, of at most ${MAX_HEAD} bytes`, `a length of ${length}`);
  const reader = new BundleReader(bytes, LENGTH_BYTES + length, refuse);
  const value = reader.unpacked(headOf(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length), refuse), 0);
  reader.requireEnd();
  return value;
}

function headOf(bytes: Uint8Array, refuse: Refuse): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    return refuse('head', 'JSON', (error as Error).message);
  }
}

class BundleReader {
  private readonly bytes: Uint8Array;
  private readonly refuse: Refuse;
  /** Where the next array begins. */
  private at: number;

  constructor(bytes: Uint8Array, body: number, refuse: Refuse) {
    this.bytes = bytes;
    this.at = body;
    this.refuse = refuse;
  }

  /** In the order of writing, which is that of the arrays. */
  unpacked(value: unknown, depth: number): unknown {
    if (depth > MAX_DEPTH) return this.refuse('head', `at most ${MAX_DEPTH} levels`, 'more than that');
    if (Array.isArray(value)) return value.map((item) => this.unpacked(item, depth + 1));
    if (!isObject(value)) return value;
    const [key = ''] = Object.keys(value);
    if (!isTagged(value)) return this.object(value, depth);
    const content = value[key];
    if (key === '$object' && isObject(content)) return this.object(content, depth);
    if (key === '$number' && SPECIAL.some((name) => name === content)) return Number(content);
    const kind = (Object.keys(ARRAYS) as Kind[]).find((own) => key === `$${own}`);
    return kind ? this.array(kind, content) : this.refuse('head', 'a known mark', jsonText(value));
  }

  private object(value: Record<string, unknown>, depth: number): Record<string, unknown> {
    return Object.fromEntries(Object.entries(value).map(([k, item]) => [k, this.unpacked(item, depth + 1)]));
  }

  private array(kind: Kind, count: unknown): Numbers {
    const type = ARRAYS[kind];
    const { at, bytes } = this;
    const left = Math.floor((bytes.length - at) / type.BYTES_PER_ELEMENT);
    if (!Number.isSafeInteger(count) || (count as number) < 0 || (count as number) > left)
      return this.refuse(`byte ${at}`, `at most ${left} numbers of ${kind}`, jsonText(count));
    const numbers = new type(count as number);
    this.at += numbers.byteLength;
    // Copied, because numbers need not begin at a multiple of their width in the file.
    new Uint8Array(numbers.buffer).set(bytes.subarray(at, this.at));
    return numbers;
  }

  requireEnd(): void {
    const { at, bytes, refuse } = this;
    if (at !== bytes.length)
      refuse('its end', `a file that ends with its last array, at byte ${at}`, `${bytes.length} bytes`);
  }
}
