// How a valid file is damaged before a reader gets it: edits of its bytes, or of a value somewhere in its JSON. Each kind of
// damage occurs in real files: a flipped byte, a wrong length, a name with a special meaning in JavaScript.
import fc from 'fast-check';

/** `at` is a position in the file, from 0 (start) to 1 (end). */
export type ByteEdit = { at: number } & (
  | { kind: 'flip'; mask: number }
  | { kind: 'number'; bytes: Uint8Array }
  | { kind: 'insert'; bytes: Uint8Array }
  | { kind: 'delete'; count: number }
  | { kind: 'repeat'; count: number; times: number }
  | { kind: 'cut' }
);

/** Replaces the value at the end of a path of steps, or adds a key to it. Each step is taken modulo the number of entries. */
export interface JsonEdit {
  steps: number[];
  key: string | null;
  text: string;
}

const little = (value: bigint, size: number) =>
  Uint8Array.from({ length: size }, (_, i) => Number((BigInt.asUintN(64, value) >> BigInt(8 * i)) & 255n));

/** Wrong lengths and offsets. */
const NUMBERS = [0n, 1n, -1n, 127n, 128n, 0xffffn, 1n << 20n, (1n << 31n) - 1n, 1n << 31n, 1n << 32n]
  .concat([(1n << 53n) + 1n, (1n << 63n) - 1n])
  .flatMap((value) => [1, 2, 4, 8].map((size) => little(value, size)));

const TEXTS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', 'then']
  .concat([
    '"',
    "'",
    '\\',
    '\n',
    '\r\n',
    ',',
    ';',
    '\t',
    '{',
    '}',
    '[',
    ']',
    ':',
    '&',
    '=',
    '%',
    '%zz',
    '#',
    '@',
    '/',
  ])
  .concat([
    '\0',
    '\ufeff',
    '\u202e',
    '😀',
    '\ud800',
    '1e999',
    '-0',
    'NaN',
    'Infinity',
    '0x10',
    '99999999999999999999',
  ])
  .concat(['[', '{"a":', 'x'].map((piece) => piece.repeat(5_000)));

/** JSON values that a reader may not expect. */
const VALUES = [
  null,
  true,
  false,
  0,
  -1,
  0.5,
  1e9,
  2 ** 31,
  2 ** 53,
  1e308,
  -1e308,
  '',
  'x',
  '__proto__',
  [],
  {},
  [[]],
]
  .map((value) => JSON.stringify(value))
  .concat(['{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}', '{"length":1e9}'])
  .concat([`${'['.repeat(3_000)}${']'.repeat(3_000)}`, `${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}`])
  .concat([JSON.stringify('x'.repeat(20_000)), JSON.stringify(Array(20_000).fill(0))]);

const place = fc.double({ min: 0, max: 1, noNaN: true });
const bytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 16 }),
  fc.constantFrom(...TEXTS).map((text) => new TextEncoder().encode(text)),
);

export const byteEdits: fc.Arbitrary<ByteEdit[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('flip' as const),
        at: place,
        mask: fc.integer({ min: 1, max: 255 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('number' as const),
        at: place,
        bytes: fc.constantFrom(...NUMBERS),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('insert' as const), at: place, bytes }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('delete' as const),
        at: place,
        count: fc.integer({ min: 1, max: 200 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('repeat' as const),
        at: place,
        count: fc.integer({ min: 1, max: 200 }),
        times: fc.integer({ min: 1, max: 500 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), at: place }) },
  ),
  { minLength: 1, maxLength: 6 },
);

export const jsonEdits: fc.Arbitrary<JsonEdit[]> = fc.array(
  fc.record({
    steps: fc.array(fc.nat(60), { maxLength: 7 }),
    key: fc.option(fc.constantFrom('__proto__', 'constructor', 'toString', 'length', 'id', 'extra'), {
      freq: 2,
    }),
    text: fc.constantFrom(...VALUES),
  }),
  { minLength: 1, maxLength: 4 },
);

const joined = (...parts: Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

/** Longest damaged file, in bytes. Longer ones would find nothing more. */
const MOST = 2 ** 20;

function edited(whole: Uint8Array, edit: ByteEdit): Uint8Array {
  const at = Math.floor(edit.at * whole.length);
  const [before, after] = [whole.subarray(0, at), whole.subarray(at)];
  switch (edit.kind) {
    case 'flip': {
      const copy = whole.slice();
      if (at < copy.length) copy[at] = (copy[at] as number) ^ edit.mask;
      return copy;
    }
    case 'number':
      return joined(before, edit.bytes, after.subarray(edit.bytes.length));
    case 'insert':
      return joined(before, edit.bytes, after);
    case 'delete':
      return joined(before, after.subarray(edit.count));
    case 'repeat': {
      const piece = after.subarray(0, edit.count);
      return joined(before, ...Array(edit.times).fill(piece), after).subarray(0, MOST);
    }
    case 'cut':
      return before;
  }
}

export const damaged = (whole: Uint8Array, edits: readonly ByteEdit[]): Uint8Array =>
  edits.reduce(edited, whole).slice();

/** The changed value as JSON text. Text keeps a key `__proto__` an ordinary key. */
function editedJson(text: string, { steps, key, text: value }: JsonEdit): string {
  const root: unknown = JSON.parse(text);
  const mark = '\u0001edited\u0001';
  const holder: Record<string, unknown> = { root };
  let parent: Record<string, unknown> = holder;
  let name = 'root';
  for (const step of steps) {
    const child = parent[name];
    if (typeof child !== 'object' || child === null) break;
    const keys = Object.keys(child);
    if (keys.length === 0) break;
    parent = child as Record<string, unknown>;
    name = keys[step % keys.length] as string;
  }
  const target = parent[name];
  const takesKey = key !== null && typeof target === 'object' && target !== null && !Array.isArray(target);
  if (takesKey) (target as Record<string, unknown>)[mark] = mark;
  else parent[name] = mark;
  const quoted = JSON.stringify(mark);
  return JSON.stringify(holder.root)
    .replace(`${quoted}:${quoted}`, () => `${JSON.stringify(key)}:${value}`)
    .replace(quoted, () => value);
}

export function damagedJson(text: string, edits: readonly JsonEdit[]): string {
  let now = text;
  for (const edit of edits) {
    try {
      now = editedJson(now, edit);
    } catch (error) {
      // An earlier edit made the JSON nest deeper than JSON.parse can read.
      if (error instanceof RangeError) return now;
      throw error;
    }
  }
  return now;
}
