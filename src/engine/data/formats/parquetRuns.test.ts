// Runs that exceed their page are refused before their values are repeated.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tableInput } from '../../config/tableInput.ts';
import { inspectFile } from '../inspect.ts';
import type { PageHeader } from './parquetChecks.ts';
import { type ColumnFacts, checkContent } from './parquetRuns.ts';

const facts = (given: Partial<ColumnFacts> = {}): ColumnFacts => ({
  type: 'INT32',
  maxLevel: 0,
  decompress: (bytes) => bytes,
  unpackDeltas: () => {},
  ...given,
});
const pageOf = (encoding: string, count: number, size: number): PageHeader => ({
  type: 'DATA_PAGE',
  compressed_page_size: size,
  uncompressed_page_size: size,
  data_page_header: { num_values: count, encoding },
});
const check = (encoding: string, count: number, bytes: number[], given?: Partial<ColumnFacts>) => () =>
  checkContent(pageOf(encoding, count, bytes.length), Uint8Array.from(bytes), facts(given));

/** Run headers: an even one is twice the length of a run; an odd one is twice the number of packed groups of eight, plus 1. */
describe('runs of a page', () => {
  it('give as many values as the page has', () => {
    expect(check('RLE_DICTIONARY', 9, [2, 2, 1, 3, 0, 0])).not.toThrow();
    expect(check('RLE_DICTIONARY', 5, [2, 3, 0, 0])).not.toThrow();
    expect(check('PLAIN', 5, [])).not.toThrow();
  });

  it.each<[string, string, number, number[], RegExp]>([
    ['a run beyond the page', 'RLE_DICTIONARY', 5, [2, 12, 1], /one of 6 where a run of at most 5/],
    ['one of billions', 'RLE_DICTIONARY', 5, [2, 0xfe, 0xff, 0xff, 0xff, 0x0f, 1], /one of 2,147,483,647/],
    ['a length without an end', 'RLE_DICTIONARY', 5, [2, 255, 255, 255, 255, 255, 1], /length of a run/],
    ['packed values beyond padding', 'RLE_DICTIONARY', 5, [0, 0x83, 0x02], /one of 1,032/],
    ['too few values', 'RLE_DICTIONARY', 5, [2, 8, 1], /an end where runs of all values/],
    ['indices of 33 bits', 'RLE_DICTIONARY', 5, [33, 10, 1], /33 bits/],
    ['booleans behind their bytes', 'RLE', 5, [9, 0, 0, 0, 10, 1], /with 9 where runs in 2 bytes/],
    ['differences in no parts', 'DELTA_BINARY_PACKED', 5, [0x80, 1, 0, 5, 0], /128 in 0 parts/],
    [
      'in parts below none',
      'DELTA_BINARY_PACKED',
      5,
      [0x80, 1, 255, 255, 255, 255, 15],
      /in 4,294,967,295 parts/,
    ],
  ])('are refused: %s', (_, encoding, count, bytes, message) => {
    expect(check(encoding, count, bytes)).toThrow(message);
  });

  it('follow as many marks as there are values', () => {
    // Two of three values are present, by a packed run of levels; then a run of two indices, or of three.
    const marks = [2, 0, 0, 0, 3, 0b101];
    expect(check('RLE_DICTIONARY', 3, [...marks, 2, 4, 1], { maxLevel: 1 })).not.toThrow();
    expect(check('RLE_DICTIONARY', 3, [...marks, 2, 6, 1], { maxLevel: 1 })).toThrow(/at most 2 values/);
  });
});

it('texts take no more of the one before than it has', () => {
  const lists = [
    [0, 9, 0],
    [3, 1, 1],
  ];
  const block = [0x80, 1, 4, 3, 0];
  const unpackDeltas: ColumnFacts['unpackDeltas'] = (reader, _, output) => {
    output.set(lists.shift() ?? []);
    reader.offset += block.length;
  };
  expect(check('DELTA_BYTE_ARRAY', 3, [...block, ...block], { unpackDeltas })).toThrow(
    /with 9 where at most 3 characters/,
  );
});

it('one damaged length in a file is told at once', async () => {
  const bytes = readFileSync(new URL('./testing/files/t_groups.parquet', import.meta.url));
  bytes[68] = 104;
  await expect(inspectFile(tableInput('t.parquet', new Blob([Uint8Array.from(bytes)])))).rejects.toThrow(
    /t\.parquet, column i8: expected a whole Parquet file, got a page with an end where runs/,
  );
});
