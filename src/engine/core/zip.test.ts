import { describe, expect, it } from 'vitest';
import { bytesOf, uint, zip } from '../weights/testing.ts';
import { refusalOf } from './refusal.ts';
import { readZip } from './zip.ts';

const refuse = refusalOf('f.pt', 'Do it again.');
const files = [
  ['a/one', bytesOf('first')],
  ['a/', bytesOf()],
  ['a/two', bytesOf('second')],
] as const;
const read = (bytes: Uint8Array) => readZip(bytes, refuse);

/** The archive with bytes replaced from the `nth` occurrence of a signature on. */
function patched(
  bytes: Uint8Array,
  signature: string,
  offset: number,
  value: Uint8Array,
  nth = 0,
): Uint8Array {
  const copy = bytes.slice();
  let at = -1;
  for (let i = 0; i <= nth; i++) at = Buffer.from(copy).indexOf(signature, at + 1, 'latin1');
  copy.set(value, at + offset);
  return copy;
}

describe('a zip archive', () => {
  it.each([
    ['plain', {}],
    ['with ZIP64 fields', { wide: true }],
    ['with a comment that looks like its end', { comment: 'PK\x05\x06, and more text' }],
  ])('gives its files, %s', (_what, options) => {
    const archive = read(zip(files, options));
    expect(archive.names).toEqual(['a/one', 'a/two']);
    expect(archive.names.map((name) => new TextDecoder().decode(archive.read(name)))).toEqual([
      'first',
      'second',
    ]);
    expect(archive.read('a/three')).toBeUndefined();
  });

  it('lists compressed and encrypted files and does not read them', () => {
    expect(() => read(zip(files, { method: 8 })).read('a/one')).toThrow(/a\/one: .*got compression method 8/);
    expect(() => read(zip(files, { flags: 1 })).read('a/one')).toThrow(/a\/one: .*got an encrypted one/);
  });

  const good = zip(files);
  const wide = zip(files, { wide: true });
  const central = 'PK\x01\x02';
  const end = 'PK\x05\x06';
  it.each([
    ['cut off', good.subarray(0, good.length - 1), /f\.pt, end: .*none/],
    ['empty', new Uint8Array(), /f\.pt, end: .*none/],
    ['with one file more in its count', patched(good, end, 10, uint(4, 2)), /directory: .*4 entries/],
    ['with a directory behind its end', patched(good, end, 16, uint(99999, 4)), /directory: .*at 99999/],
    ['with a shorter directory', patched(good, end, 12, uint(140, 4)), /byte \d+: expected entry 3 of 3/],
    ['with a name beyond the directory', patched(good, central, 28, uint(5000, 2)), /an entry that ends by/],
    [
      'with a file beyond its end',
      patched(good, central, 42, uint(70000, 4)),
      /something else at byte 70000/,
    ],
    [
      'with a file that is too long',
      patched(good, central, 20, uint(5000, 4)),
      /a\/one: expected 5000 bytes/,
    ],
    ['with two sizes', patched(good, central, 24, uint(4, 4)), /one size.*5 and 4 bytes/],
    ['with two files in one place', patched(good, central, 42, uint(0, 4), 2), /bytes of its own/],
    ['with two files of one name', zip([...files, ...files]), /a\/one: .*two/],
    ['with no ZIP64 locator', patched(wide, 'PK\x06\x07', 0, uint(0, 4)), /a ZIP64 locator/],
    ['with a ZIP64 record elsewhere', patched(wide, 'PK\x06\x07', 8, uint(3, 8)), /a ZIP64 end record/],
    ['with no ZIP64 field', patched(wide, central, 46 + 5, uint(2, 2)), /its size in a ZIP64 field/],
    [
      'with a size beyond all numbers',
      patched(wide, central, 46 + 9, new Uint8Array(16).fill(255)),
      /a\/one/,
    ],
    ['with too many files', patched(wide, 'PK\x06\x06', 32, uint(1e6, 8)), /at most 200000 entries/],
  ])('is refused %s', (_what, bytes, message) => {
    expect(() => {
      const archive = read(bytes);
      for (const name of archive.names) archive.read(name);
    }).toThrow(message);
  });
});
