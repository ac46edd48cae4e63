// What is bundled comes back as it was, bit by bit, and a bundle that lies is refused by its place.
import { describe, expect, it } from 'vitest';
import { readBundle, writeBundle } from './bundle.ts';
import { refusalOf } from './refusal.ts';

const refuse = refusalOf('b', 'Get it again.');
const read = (bytes: Uint8Array) => readBundle(bytes, refuse);

/** A bundle with this head and these bytes behind it. */
function bundle(head: string, body: number[] = [], length = head.length): Uint8Array {
  const bytes = new Uint8Array(8 + head.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(new TextEncoder().encode(head), 8);
  bytes.set(body, 8 + head.length);
  return bytes;
}

describe('a bundle', () => {
  it.each<[string, unknown]>([
    ['numbers that JSON has not', { a: [Number.NaN, Number.POSITIVE_INFINITY, -Infinity, -0, 0.1, 2 ** 53] }],
    [
      'arrays of every kind, empty ones too',
      {
        f: new Float32Array([0.1, Number.NaN]),
        none: new Float32Array(),
        list: [new Float64Array([0.1]), new Int32Array([-1]), new Uint32Array([2 ** 32 - 1])],
        bytes: new Uint8Array([255]).subarray(0, 1),
      },
    ],
    ['what looks like a mark', { a: { $number: 'NaN' }, b: { $f32: 3 }, c: { $object: { $x: 1 } } }],
    ['null, texts and nothing', [null, '', 'ä\u0000', true, {}, []]],
  ])('keeps %s', (_what, value) => {
    expect(read(writeBundle(value))).toEqual(value);
  });

  it('keeps names of prototypes as names', () => {
    const value = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2}');
    const back = read(writeBundle(value)) as object;
    expect(Object.entries(back)).toEqual(Object.entries(value));
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
  });

  it('takes plain data alone', () => {
    expect(() => writeBundle({ a: new Map() })).toThrow('no place for a Map');
    expect(() => writeBundle([undefined])).toThrow('no place for a undefined');
    let deep: unknown = 1;
    for (let i = 0; i < 70; i++) deep = [deep];
    expect(() => writeBundle(deep)).toThrow('64 levels');
    expect(read(writeBundle({ a: undefined }))).toEqual({});
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(), /b, head: expected a head within the file, .* got a length of -1/],
    ['a head beyond the file', bundle('{}', [], 3), /got a length of 3/],
    ['a head of 2^63 bytes', bundle('{}', [], 2 ** 63), /got a length of 9223372036854776000/],
    ['no JSON', bundle('{'), /b, head: expected JSON/],
    ['no UTF-8', bundle('"', [0xff], 2), /b, head: expected JSON/],
    ['more numbers than the file has', bundle('{"$f32":2}', [0, 0, 0, 0]), /at most 1 numbers of f32, got 2/],
    ['a count below 0', bundle('{"$f32":-1}', [0, 0, 0, 0]), /at most 1 numbers of f32, got -1/],
    ['a count that is none', bundle('{"$u8":"1"}', [0]), /at most 1 numbers of u8, got "1"/],
    ['two arrays that want the same bytes', bundle('[{"$u8":1},{"$u8":1}]', [0]), /at most 0 numbers of u8/],
    ['bytes of no array', bundle('{"$u8":1}', [0, 0]), /its end: expected .* at byte 18, got 19 bytes/],
    ['an unknown mark', bundle('{"$f16":1}', [0, 0]), /expected a known mark, got \{"\$f16":1\}/],
    ['an unknown number', bundle('{"$number":"7"}'), /expected a known mark/],
    ['great depth', bundle(`${'['.repeat(9_000)}${']'.repeat(9_000)}`), /at most 64 levels/],
  ])('of %s is refused', (_what, bytes, message) => {
    expect(() => read(bytes)).toThrow(message);
  });
});
