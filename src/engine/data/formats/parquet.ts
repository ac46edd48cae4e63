// Parquet through hyparquet, read by row group and column; compressions other than snappy are loaded when needed. What a file
// claims is checked before hyparquet relies on it, see parquetChecks.ts and parquetRuns.ts.
import type { Compressors, SchemaElement } from 'hyparquet';
import type { Note } from '../../core/notes.ts';
import type { ProgressSink } from '../progress.ts';
import type { FileFormat, LayoutSettings, TableReader } from './format.ts';
import { damagedFile, plain, refuse } from './limits.ts';
import { checkMetadata, checkPages, chunkSpan } from './parquetChecks.ts';
import { type ColumnFacts, checkContent } from './parquetRuns.ts';
import { type CellValue, columnOfValues, dateOfTicks, uniqueNames } from './values.ts';

/** Compressions that hyparquet reads itself. */
const BUILT_IN = new Set(['UNCOMPRESSED', 'SNAPPY']);

const damaged = (place: string, error: unknown) => damagedFile('Parquet', place, error);

/** Skips decompression of an empty page, which a column without values has: an LZ4 block of one token would be an error. */
const emptyPagesToo = (compressors: Compressors): Compressors =>
  Object.fromEntries(
    Object.entries(compressors).map(([codec, unpack]) => [
      codec,
      (bytes: Uint8Array, size: number) => (size === 0 ? new Uint8Array(0) : unpack(bytes, size)),
    ]),
  );

async function open(blob: Blob, name: string, layout: LayoutSettings): Promise<TableReader> {
  const { parquetMetadataAsync, parquetRead, parquetSchema } = await import('hyparquet');
  const [{ parquetHeader }, { decompressPage }, { deltaBinaryUnpack }, { DEFAULT_PARSERS }] =
    await Promise.all([
      import('hyparquet/src/column.js'),
      import('hyparquet/src/datapage.js'),
      import('hyparquet/src/delta.js'),
      import('hyparquet/src/convert.js'),
    ]);
  const file = {
    byteLength: blob.size,
    slice: (start: number, end?: number) => blob.slice(start, end ?? blob.size).arrayBuffer(),
  };
  const metadata = await parquetMetadataAsync(file).catch((error: unknown) => {
    throw damaged(name, error);
  });
  const rows = Number(metadata.num_rows);
  const codecs = metadata.row_groups.flatMap((group) =>
    group.columns.map((column) => column.meta_data?.codec ?? ''),
  );
  const needsMore = codecs.some((codec) => !BUILT_IN.has(codec));
  const compressors = needsMore
    ? emptyPagesToo((await import('hyparquet-compressors')).compressors)
    : undefined;
  let top: ReturnType<typeof parquetSchema>['children'];
  try {
    top = parquetSchema(metadata).children;
  } catch (error) {
    throw damaged(name, error);
  }
  const nested = top.filter((node) => node.children.length > 0).map((node) => node.element.name);
  const kept = top.filter((node) => node.children.length === 0).map((node) => node.element);
  const notes: Note[] = [];
  if (nested.length > 0)
    notes.push({
      code: 'nested-columns-left-out',
      text: `Columns that hold lists or records are left out: ${nested.slice(0, 8).join(', ')}.`,
    });
  if (kept.length === 0 || rows === 0)
    throw refuse(
      name,
      'columns of values and at least one row',
      `${kept.length} columns and ${plain(rows)} rows`,
      'Choose a file with rows.',
    );
  const own = kept.map((element) => element.name);
  try {
    checkMetadata(metadata, own, blob.size, name, layout);
  } catch (error) {
    throw damaged(name, error);
  }
  const { names, renamed } = uniqueNames(own);
  notes.push(...renamed.map((text) => ({ code: 'header-renamed', text })));
  const bytes = new Map<string, BytesAsText>();
  /** @param picked - rows in ascending order; null for all. Groups that hold none of them are not read. */
  const readColumn = async (column: string, picked: Uint32Array | null, progress: ProgressSink) => {
    const at = names.indexOf(column);
    const wanted = own[at] as string;
    const values: CellValue[] = new Array(picked?.length ?? rows);
    const texts = bytes.get(column) ?? new BytesAsText();
    let start = 0;
    let next = 0;
    for (const group of metadata.row_groups) {
      const count = Number(group.num_rows);
      if (picked && !((picked[next] ?? rows) < start + count)) {
        start += count;
        continue;
      }
      const chunk = group.columns.find((c) => c.meta_data?.path_in_schema.join('.') === wanted)?.meta_data;
      try {
        if (!chunk) throw new Error(`no column ${wanted}`);
        const facts: ColumnFacts = {
          type: chunk.type,
          maxLevel: kept[at]?.repetition_type === 'REQUIRED' ? 0 : 1,
          decompress: (bytes, size) => decompressPage(bytes, size, chunk.codec, compressors),
          unpackDeltas: deltaBinaryUnpack,
        };
        checkPages(await file.slice(...chunkSpan(chunk)), count, parquetHeader, (page, content) =>
          checkContent(page, content, facts),
        );
      } catch (error) {
        throw damaged(`${name}, column ${column}`, error);
      }
      await parquetRead({
        file,
        metadata,
        compressors,
        parsers: {
          ...DEFAULT_PARSERS,
          stringFromBytes: texts.read,
          timestampFromMicroseconds: (ticks: bigint) => dateOfTicks(ticks, 1000n),
          timestampFromNanoseconds: (ticks: bigint) => dateOfTicks(ticks, 1_000_000n),
        },
        columns: [wanted],
        rowStart: start,
        rowEnd: start + count,
        // In chunks, because columns with missing values arrive as plain lists.
        onChunk: ({ columnData, rowStart }) => {
          const end = Math.min(rows, rowStart + columnData.length);
          if (!picked) for (let row = rowStart; row < end; row++) values[row] = columnData[row - rowStart];
          else
            for (; next < picked.length && (picked[next] as number) < end; next++)
              values[next] = columnData[(picked[next] as number) - rowStart];
        },
      }).catch((error: unknown) => {
        throw damaged(`${name}, column ${column}`, error);
      });
      start += count;
      await progress(start / rows, 'reading columns');
    }
    if (texts.hasOther && !bytes.has(column)) {
      bytes.set(column, texts);
      notes.push(bytesNote(column));
    }
    const { logical_type: logical, converted_type: converted } = kept[at] ?? {};
    const isText =
      logical?.type === 'STRING' || logical?.type === 'ENUM' || converted === 'UTF8' || converted === 'ENUM';
    return columnOfValues(column, texts.hasOther ? values.map(toBytes) : values, {
      isTextFinal: isText,
      type: typeOf(kept[at] as SchemaElement),
    });
  };
  return {
    schema: () => ({ columns: names, rows, firstRow: null, hasSemicolons: false, notes }),
    column: (column, progress) => readColumn(column, null, progress),
    someOf: readColumn,
  };
}

/** Decodes bytes as text where they are, without changing others: replaced bytes would make different values one. */
class BytesAsText {
  hasOther = false;
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });

  read = (bytes: Uint8Array | undefined): string | Uint8Array | undefined => {
    if (!bytes) return bytes;
    try {
      return this.decoder.decode(bytes);
    } catch {
      this.hasOther = true;
      return bytes;
    }
  };
}

const toBytes = (value: CellValue): CellValue =>
  typeof value === 'string' ? new TextEncoder().encode(value) : value;

const bytesNote = (column: string): Note => ({
  code: 'bytes-are-no-text',
  column,
  text: `Column ${column} holds bytes that are no text in UTF-8, and is read as hexadecimal digits.`,
});

const UNITS = { MILLIS: 'milliseconds', MICROS: 'microseconds', NANOS: 'nanoseconds' } as const;

/** `double`, `time in microseconds` */
function typeOf({ logical_type: logical, converted_type: converted, type }: SchemaElement): string {
  if (logical?.type === 'TIME') return `time in ${UNITS[logical.unit]}`;
  if (converted === 'TIME_MILLIS') return `time in ${UNITS.MILLIS}`;
  if (converted === 'TIME_MICROS') return `time in ${UNITS.MICROS}`;
  return String(logical?.type ?? converted ?? type).toLowerCase();
}

export const parquet: FileFormat = {
  id: 'parquet',
  label: 'Parquet',
  summary: 'Parquet',
  extensions: ['.parquet', '.pq'],
  open,
};
