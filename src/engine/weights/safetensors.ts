// Reads and writes safetensors (Hugging Face, format version 0.4): eight bytes with the length of a JSON header, the header,
// the numbers. Files are untrusted: every length and offset is checked before use, and nothing is executed.

import { jsonText } from '../core/jsonText.ts';
import { type Refuse, refusalOf } from '../core/refusal.ts';
import { collectNumbers, type NotFinite, NUMBER_TYPES, numberType } from './numberTypes.ts';

export interface NamedTensor {
  name: string;
  shape: number[];
  data: Float32Array;
  /** Stored as whole numbers; written as 64-bit ones (counters of batch norm). */
  integer?: boolean;
  /** Absent if all numbers are finite. */
  notFinite?: NotFinite;
}

const MAX_HEADER = 10_000_000;
const MAX_NAME = 1000;
/** As in PyTorch. */
const MAX_RANK = 64;
/** Largest weights file of any format. */
export const MAX_BYTES = 1_000_000_000;
const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

export function writeSafetensors(
  tensors: readonly NamedTensor[],
  metadata: Record<string, string>,
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const { name, shape, data, integer } of tensors) {
    const start = end;
    end += data.length * (integer ? 8 : 4);
    header[name] = { dtype: integer ? 'I64' : 'F32', shape, data_offsets: [start, end] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded + end).fill(0x20, 8, 8 + padded);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(padded), true);
  bytes.set(json, 8);
  let at = 8 + padded;
  for (const { data, integer } of tensors) {
    for (const value of data) {
      if (integer) view.setBigInt64(at, BigInt(Math.round(value)), true);
      else view.setFloat32(at, value, true);
      at += integer ? 8 : 4;
    }
  }
  return bytes;
}

/** The tensors of a file; see `readSafetensorsFile`. */
export const readSafetensors = (bytes: Uint8Array, fileName: string): NamedTensor[] =>
  readSafetensorsFile(bytes, fileName).tensors;

/**
 * The tensors, and the texts stored beside them.
 * @throws WorkbenchError (file) that names the first invalid part
 */
export function readSafetensorsFile(
  bytes: Uint8Array,
  fileName: string,
): { tensors: NamedTensor[]; metadata: ReadonlyMap<string, string> } {
  const refuse = refusalOf(
    fileName,
    'Write it again, in Python with safetensors.torch.save_file(model.state_dict(), "file").',
  );
  if (bytes.length > MAX_BYTES)
    refuse('size', `at most ${MAX_BYTES / 1e6} MB`, `${(bytes.length / 1e6).toFixed(0)} MB`);
  if (bytes.length < 10) refuse('header', 'a safetensors file', `${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (!(length >= 2 && length <= MAX_HEADER && 8 + length <= bytes.length))
    refuse('header', `a header within the file, of at most ${MAX_HEADER / 1e6} MB`, `a length of ${length}`);
  const header = parseHeader(bytes.subarray(8, 8 + length), refuse);
  const body = 8 + length;
  const metadata = textsOf(header.__metadata__, refuse);
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
  // All positions are checked before any number is read: tensors that share bytes would expand a small file.
  requireTiling(entries, bytes.length - body, refuse);
  const tensors = entries.map(([name, entry]): NamedTensor => {
    if (name.length > MAX_NAME)
      return refuse(name, `a name of at most ${MAX_NAME} characters`, `${name.length}`);
    const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
    const type = numberType(dtype);
    if (!type) return refuse(name, `a type out of ${Object.keys(NUMBER_TYPES).join(', ')}`, jsonText(dtype));
    const { width } = type;
    if (!isCounts(shape) || shape.length > MAX_RANK)
      return refuse(name, `a shape of at most ${MAX_RANK} whole numbers`, jsonText(shape));
    const [start, end] = offsets as [number, number];
    const count = sizeOf(shape);
    if (start > end || body + end > bytes.length || end - start !== count * width)
      refuse(
        name,
        `${count * width} bytes within the file`,
        `bytes ${start} to ${end} of ${bytes.length - body}`,
      );
    const numbers = collectNumbers(count, (i) => type.read(view, body + start + i * width, true));
    return { name, shape: [...shape], ...numbers, ...(type.isWhole ? { integer: true } : {}) };
  });
  return { tensors, metadata };
}

/** The format allows neither holes nor overlapping tensors. */
function requireTiling(entries: readonly [string, unknown][], size: number, refuse: Refuse): void {
  const spans = entries.map(([name, entry]) => {
    const offsets = ((entry ?? {}) as Record<string, unknown>).data_offsets;
    if (!isCounts(offsets) || offsets.length !== 2) return refuse(name, 'two offsets', jsonText(offsets));
    const [start = 0, end = 0] = offsets;
    if (start > end || end > size)
      return refuse(name, `bytes within the ${size} behind the header`, `bytes ${start} to ${end}`);
    return { name, start, end };
  });
  spans.sort((a, b) => a.start - b.start || a.end - b.end);
  let end = 0;
  for (const span of spans) {
    if (span.start !== end)
      refuse(
        span.name,
        `numbers that begin where those before end, at byte ${end}`,
        `byte ${span.start}, which ${span.start < end ? 'belongs to another tensor' : 'leaves a hole'}`,
      );
    end = span.end;
  }
  if (end !== size)
    refuse('its end', `a file that ends with its last tensor, at byte ${end}`, `${size} bytes`);
}

function textsOf(value: unknown, refuse: Refuse): ReadonlyMap<string, string> {
  if (value === undefined) return new Map();
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const entries = isObject ? Object.entries(value) : [['', null]];
  return new Map(
    entries.map(([key, text]): [string, string] =>
      typeof key === 'string' && typeof text === 'string'
        ? [key, text]
        : refuse('__metadata__', 'an object of texts', typeof text),
    ),
  );
}

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);

function parseHeader(bytes: Uint8Array, refuse: Refuse): Record<string, unknown> {
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    header = JSON.parse(text);
  } catch (error) {
    return refuse('header', 'JSON', (error as Error).message);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    return refuse('header', 'a JSON object', 'something else');
  // The format forbids duplicate names, and JSON.parse would silently keep only the second of two.
  if (colonsIn(text) !== keysIn(header)) refuse('header', 'every name once', 'a name that occurs twice');
  return header as Record<string, unknown>;
}

/** Of JSON, outside its strings: one per key. */
function colonsIn(json: string): number {
  let count = 0;
  for (let at = 0; at < json.length; at++) {
    const sign = json[at];
    if (sign === ':') count++;
    if (sign !== '"') continue;
    do at += json[at] === '\\' ? 2 : 1;
    while (json[at] !== '"');
  }
  return count;
}

/** Of an object and all that it holds, however deep. */
function keysIn(root: object): number {
  let count = 0;
  const open: object[] = [root];
  for (let value = open.pop(); value; value = open.pop()) {
    const inner: unknown[] = Object.values(value);
    if (!Array.isArray(value)) count += inner.length;
    for (const child of inner) if (typeof child === 'object' && child !== null) open.push(child);
  }
  return count;
}
