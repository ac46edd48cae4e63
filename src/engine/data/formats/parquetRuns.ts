// Checks the runs within a Parquet page before hyparquet reads them: it repeats a value as often as a run says, whatever the
// page has room for, so that one damaged length takes minutes or all memory. The same for delta encodings and text prefixes.
// https://parquet.apache.org/docs/file-format/data-pages/encodings/
import { FILE_LIMITS } from './format.ts';
import { plain } from './limits.ts';
import { broken, type PageHeader } from './parquetChecks.ts';

/** What reading a column's pages needs to know of the column. */
export interface ColumnFacts {
  type: string | undefined;
  /** 1 if cells can be missing, else 0; nested columns are left out. */
  maxLevel: number;
  /** Decompresses the bytes of a page; throws if they are damaged. */
  decompress: (bytes: Uint8Array, size: number) => Uint8Array;
  /** Reads delta encoding: hyparquet's `deltaBinaryUnpack`. */
  unpackDeltas: (reader: Reader, count: number, output: Int32Array) => void;
}

interface Reader {
  view: DataView;
  offset: number;
}

/** How many values a packed run may exceed the rest by: writers pad their last run. */
const MAX_PADDING = 512;
const DICTIONARIES = new Set(['PLAIN_DICTIONARY', 'RLE_DICTIONARY']);

const readerOf = (bytes: Uint8Array): Reader => ({
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  offset: 0,
});

/**
 * @param page - its number of values is checked already
 * @param content - the bytes after its header
 * @throws Error if runs hold more values than the page
 */
export function checkContent(page: PageHeader, content: Uint8Array, column: ColumnFacts): void {
  if (page.data_page_header_v2) checkVersion2(page, content, column);
  else if (page.data_page_header) {
    const { num_values: count, encoding = '' } = page.data_page_header;
    if (column.maxLevel === 0 && !hasRuns(encoding)) return;
    const reader = readerOf(column.decompress(content, page.uncompressed_page_size));
    const there = column.maxLevel === 0 ? count : withLength(reader, count);
    checkValues(reader, there, encoding, column.type);
    checkDeltas(reader, there, encoding, column);
  }
}

function checkVersion2(page: PageHeader, content: Uint8Array, column: ColumnFacts): void {
  const header = page.data_page_header_v2;
  if (!header) return;
  const { num_values: count, num_nulls: nulls, encoding = '' } = header;
  const { repetition_levels_byte_length: repeated = 0, definition_levels_byte_length: defined = 0 } = header;
  const levels = repeated + defined;
  if (!(repeated >= 0 && defined >= 0 && levels <= content.length && levels <= page.uncompressed_page_size))
    throw broken('page', `marks of missing values in ${plain(content.length)} bytes`, levels);
  if (column.maxLevel > 0)
    countOnes(readerOf(content.subarray(repeated, levels)), column.maxLevel, count, defined);
  if (!hasRuns(encoding)) return;
  const rest = content.subarray(levels);
  const size = page.uncompressed_page_size - levels;
  const reader = readerOf(header.is_compressed !== false && size > 0 ? column.decompress(rest, size) : rest);
  checkValues(reader, count - nulls, encoding, column.type);
  checkDeltas(reader, count - nulls, encoding, column);
}

const hasRuns = (encoding: string) =>
  encoding === 'RLE' || DICTIONARIES.has(encoding) || encoding.startsWith('DELTA_');

function checkValues(reader: Reader, count: number, encoding: string, type: string | undefined): void {
  if (encoding === 'RLE') withLength(reader, count);
  else if (DICTIONARIES.has(encoding)) {
    if (type === 'BOOLEAN') throw broken('page', 'an encoding of booleans', encoding);
    const width = reader.view.getUint8(reader.offset++);
    if (width > 32) throw broken('page', 'indices of at most 32 bits', `${width} bits`);
    countOnes(reader, width, count, reader.view.byteLength - reader.offset);
  }
}

/** Runs of single bits after a four-byte length; returns how many bits are set. */
function withLength(reader: Reader, count: number): number {
  const left = reader.view.byteLength - reader.offset - 4;
  const length = left < 0 ? -1 : reader.view.getUint32(reader.offset, true);
  if (length < 0 || length > left) throw broken('page', `runs in ${plain(Math.max(0, left))} bytes`, length);
  reader.offset += 4;
  return countOnes(reader, 1, count, length);
}

/**
 * Walks through runs until they give `count` values, and leaves the reader after their bytes.
 * @param width - bits of a value
 * @param length - bytes of all runs
 * @returns how many values are 1, if `width` is 1
 */
function countOnes(reader: Reader, width: number, count: number, length: number): number {
  const { view } = reader;
  const end = reader.offset + length;
  let [seen, ones] = [0, 0];
  while (seen < count) {
    const header = varint(reader, end);
    const size = header & 1 ? 8 * (header >>> 1) : header >>> 1;
    const left = count - seen;
    if (size > left + (header & 1 ? MAX_PADDING : 0))
      throw broken('page', `a run of at most ${plain(left)} values`, `one of ${plain(size)}`);
    const used = Math.min(size, left);
    if (header & 1) {
      for (let i = 0; width === 1 && i < used; i++)
        ones += (view.getUint8(reader.offset + (i >> 3)) >> (i & 7)) & 1;
      reader.offset += (size * width) / 8;
    } else {
      if (width === 1 && view.getUint8(reader.offset) === 1) ones += used;
      reader.offset += (width + 7) >> 3;
    }
    seen += used;
  }
  reader.offset = end;
  return ones;
}

/** An unsigned 32-bit integer, in groups of seven bits. */
function varint(reader: Reader, end: number): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    if (reader.offset >= end) throw broken('page', 'runs of all values', 'an end');
    const byte = reader.view.getUint8(reader.offset++);
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value >>> 0;
  }
  throw broken('page', 'the length of a run in 32 bits', 'a longer one');
}

/** Checks that delta blocks have miniblocks, and that no text takes a longer prefix from the one before it than that has. */
function checkDeltas(reader: Reader, count: number, encoding: string, { unpackDeltas }: ColumnFacts): void {
  if (!encoding.startsWith('DELTA_') || count === 0) return;
  const lengths = () => {
    checkBlocks(reader);
    const output = new Int32Array(count);
    unpackDeltas(reader, count, output);
    return output;
  };
  if (encoding !== 'DELTA_BYTE_ARRAY') {
    checkBlocks(reader);
    return;
  }
  const [prefixes, suffixes] = [lengths(), lengths()];
  let [before, total] = [0, 0];
  for (let i = 0; i < count; i++) {
    const [prefix, suffix] = [prefixes[i] as number, suffixes[i] as number];
    if (prefix < 0 || prefix > before || suffix < 0)
      throw broken('page', `at most ${plain(before)} characters of the text before`, prefix);
    before = prefix + suffix;
    total += before;
    if (total > FILE_LIMITS.bytes)
      throw broken('page', `at most ${plain(FILE_LIMITS.bytes)} bytes of text`, plain(total));
  }
}

/**
 * Checks the header of delta blocks without moving the reader: hyparquet never returns from a count of miniblocks below one.
 */
function checkBlocks(reader: Reader): void {
  const start = reader.offset;
  const values = varint(reader, reader.view.byteLength);
  const parts = varint(reader, reader.view.byteLength);
  reader.offset = start;
  if (parts < 1 || parts > values || values % parts !== 0 || values > 2 ** 24)
    throw broken('page', 'blocks of differences', `${plain(values)} in ${plain(parts)} parts`);
}
