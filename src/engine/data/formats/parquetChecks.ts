// Checks what the metadata and page headers of a Parquet file claim, before hyparquet relies on it: it allocates as many values
// as a page claims, and reads on where an offset is missing.
import type { ColumnMetaData, FileMetaData } from 'hyparquet';
import { FILE_LIMITS } from './format.ts';
import { checkLimits, plain, type SampleSettings } from './limits.ts';

const LEVELS = ['footer', 'column chunk', 'page'] as const;
export const broken = (level: (typeof LEVELS)[number], expected: string, got: unknown): Error =>
  new Error(`a ${level} with ${got} where ${expected} should be`);

const isBetween = (value: unknown, from: number, to: number): boolean =>
  (typeof value === 'bigint' || typeof value === 'number') &&
  Number.isSafeInteger(Number(value)) &&
  Number(value) >= from &&
  Number(value) <= to;

/**
 * @param columns - the columns that are read
 * @param size - of the file in bytes
 * @throws Error if the metadata contradict themselves or the file; WorkbenchError (file) beyond the limits of a table
 */
export function checkMetadata(
  { num_rows: rows, row_groups: groups }: FileMetaData,
  columns: readonly string[],
  size: number,
  name: string,
  layout: SampleSettings,
): void {
  if (!isBetween(rows, 0, Number.MAX_SAFE_INTEGER)) throw broken('footer', 'a number of rows', rows);
  checkLimits(columns.length, Number(rows), name, layout);
  let sum = 0;
  for (const group of groups) {
    if (!isBetween(group.num_rows, 0, Number(rows)))
      throw broken('footer', 'rows of a group', group.num_rows);
    sum += Number(group.num_rows);
    for (const column of columns) {
      const found = group.columns.find(({ meta_data: data }) => data?.path_in_schema.join('.') === column);
      if (!found?.meta_data) throw broken('column chunk', `column ${column}`, 'nothing');
      checkChunk(found.meta_data, Number(group.num_rows), size);
    }
  }
  if (sum !== Number(rows)) throw broken('footer', `${plain(Number(rows))} rows in its groups`, plain(sum));
}

/** First byte of a column's pages, and the byte after the last. */
export function chunkSpan(data: ColumnMetaData): [from: number, to: number] {
  const from = Number(data.dictionary_page_offset || data.data_page_offset);
  return [from, from + Number(data.total_compressed_size)];
}

function checkChunk(data: ColumnMetaData, rows: number, size: number): void {
  const { dictionary_page_offset: dictionary, data_page_offset: first } = data;
  // One value per row, because columns of lists are left out.
  if (!isBetween(data.num_values, rows, rows))
    throw broken('column chunk', `${plain(rows)} values`, data.num_values);
  if (!isBetween(first, 4, size)) throw broken('column chunk', 'the offset of its pages', first);
  if (dictionary !== undefined && !isBetween(dictionary, 0, Number(first)))
    throw broken('column chunk', 'the offset of its dictionary', dictionary);
  if (!isBetween(data.total_compressed_size, 0, size) || chunkSpan(data)[1] > size)
    throw broken('column chunk', 'a size within the file', data.total_compressed_size);
}

/** The checked part of a page header. */
export interface PageHeader {
  type: string | undefined;
  compressed_page_size: number;
  uncompressed_page_size: number;
  data_page_header?: { num_values: number; encoding?: string };
  dictionary_page_header?: { num_values: number };
  data_page_header_v2?: {
    num_values: number;
    num_nulls: number;
    num_rows: number;
    encoding?: string;
    definition_levels_byte_length?: number;
    repetition_levels_byte_length?: number;
    is_compressed?: boolean;
  };
}

/**
 * Walks through the pages of a column.
 * @param bytes - from the first page to the end of the last
 * @param rows - of the group
 * @param readHeader - leaves the reader after the header
 * @param checkContent - checks the bytes after a header, see parquetRuns.ts
 * @throws Error if pages claim more than there is room or rows for
 */
export function checkPages(
  bytes: ArrayBuffer,
  rows: number,
  readHeader: (reader: { view: DataView; offset: number }) => PageHeader,
  checkContent: (page: PageHeader, content: Uint8Array) => void = () => {},
): void {
  const reader = { view: new DataView(bytes), offset: 0 };
  let values = 0;
  let unpacked = 0;
  // As hyparquet does: a page that ends before it begins is no page, and nothing after the last row is read.
  while (values < rows && reader.offset < bytes.byteLength - 1) {
    const page = readHeader(reader);
    const left = bytes.byteLength - reader.offset;
    if (!isBetween(page.compressed_page_size, 0, left))
      throw broken('page', `at most ${plain(left)} bytes`, page.compressed_page_size);
    if (!isBetween(page.uncompressed_page_size, 0, FILE_LIMITS.bytes - unpacked))
      throw broken('page', `at most ${plain(FILE_LIMITS.bytes)} bytes unpacked`, page.uncompressed_page_size);
    unpacked += page.uncompressed_page_size;
    const content = new Uint8Array(bytes, reader.offset, page.compressed_page_size);
    reader.offset += page.compressed_page_size;
    if (page.type === 'DICTIONARY_PAGE') {
      const count = page.dictionary_page_header?.num_values;
      // Each value takes at least a byte, or one bit.
      if (!isBetween(count, 0, 8 * page.uncompressed_page_size))
        throw broken('page', 'a number of distinct values', count);
    } else {
      const header = page.data_page_header_v2 ?? page.data_page_header;
      if (!isBetween(header?.num_values, 0, rows - values))
        throw broken('page', `at most ${plain(rows - values)} values`, header?.num_values);
      const nulls = page.data_page_header_v2?.num_nulls ?? 0;
      if (!isBetween(nulls, 0, header?.num_values ?? 0)) throw broken('page', 'a number of nulls', nulls);
      values += header?.num_values ?? 0;
      checkContent(page, content);
    }
  }
  if (values !== rows) throw broken('page', `${plain(rows)} values in all`, plain(values));
}
