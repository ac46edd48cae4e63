// A value as a line of JSON and back. What JSON cannot express (NaN, infinities, typed arrays) is tagged; nothing else changes.

const ARRAYS = {
  f32: Float32Array,
  f64: Float64Array,
  i32: Int32Array,
  u32: Uint32Array,
  u8: Uint8Array,
} as const;
type ArrayKind = keyof typeof ARRAYS;

/** Bytes converted to text at a time: spreading more arguments overflows the stack. */
const CHUNK = 0x8000;

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK)
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(text);
}

/** @throws Error where the text is not base64 */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

function named(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
  if (!ArrayBuffer.isView(value)) return value;
  const kind = Object.entries(ARRAYS).find(([, type]) => value instanceof type)?.[0];
  if (!kind) throw new Error(`archive: no name for a ${value.constructor.name}`);
  return { [`$${kind}`]: toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) };
}

function unnamed(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value);
  const key = keys[0];
  if (keys.length !== 1 || !key?.startsWith('$')) return value;
  const content = new Map<string, unknown>(Object.entries(value)).get(key);
  if (key === '$number') return Number(content);
  const kind = key.slice(1);
  if (!Object.hasOwn(ARRAYS, kind) || typeof content !== 'string') return value;
  const type = ARRAYS[kind as ArrayKind];
  const bytes = fromBase64(content);
  if (bytes.length % type.BYTES_PER_ELEMENT !== 0)
    throw new Error(`${key}: expected a multiple of ${type.BYTES_PER_ELEMENT} bytes, got ${bytes.length}`);
  return new type(bytes.buffer);
}

export const writeLine = (value: unknown): string => `${JSON.stringify(value, named)}\n`;

/** @throws SyntaxError, or another error where the line is damaged */
export const readLine = (line: string): unknown => JSON.parse(line, unnamed);
