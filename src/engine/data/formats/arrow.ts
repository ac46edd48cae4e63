// Arrow files (including Feather V2) and streams, compressed or not, through Flechette.
import type { DataType } from '@uwdata/flechette';
import type { Note } from '../../core/notes.ts';
import { checkBatch } from './arrowChecks.ts';
import { checkMessages } from './arrowMessages.ts';
import type { FileFormat, LayoutSettings, ReaderColumn, TableReader } from './format.ts';
import { checkLimits, damagedFile, plain, refuse } from './limits.ts';
import { decodeLz4Frame } from './lz4.ts';
import { type CellValue, columnOfValues, dateOfTicks, uniqueNames } from './values.ts';

const damaged = (place: string, error: unknown) => damagedFile('Arrow', place, error);

async function open(blob: Blob, name: string, layout: LayoutSettings): Promise<TableReader> {
  const arrow = await import('@uwdata/flechette');
  const { decompressZstd } = await import('hyparquet-compressors');
  const { CompressionType, setCompressionCodec, tableFromIPC, Type } = arrow;
  const noEncoder = (): never => {
    throw new Error('arrow: nothing is written.');
  };
  setCompressionCodec(CompressionType.LZ4_FRAME, { encode: noEncoder, decode: decodeLz4Frame });
  setCompressionCodec(CompressionType.ZSTD, {
    encode: noEncoder,
    // The frame contains its length.
    decode: (bytes) => (decompressZstd as (input: Uint8Array) => Uint8Array)(bytes).slice(),
  });
  let table: ReturnType<typeof tableFromIPC>;
  try {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    checkMessages(bytes);
    table = tableFromIPC(bytes, { useDate: true, useBigInt: true, useBigIntTimestamp: true });
  } catch (error) {
    throw damaged(name, error);
  }
  const { fields } = table.schema;
  const isNested = new Set<number>([
    Type.List,
    Type.Struct,
    Type.Union,
    Type.FixedSizeList,
    Type.Map,
    Type.LargeList,
  ]);
  const kept = fields.flatMap((field, at) => (isNested.has(field.type.typeId) ? [] : [{ field, at }]));
  const notes: Note[] = [];
  if (kept.length < fields.length) {
    const left = fields.filter((field) => isNested.has(field.type.typeId)).map((field) => field.name);
    notes.push({
      code: 'nested-columns-left-out',
      text: `Columns that hold lists or records are left out: ${left.slice(0, 8).join(', ')}.`,
    });
  }
  const rows = table.numRows;
  if (kept.length === 0 || !(rows > 0))
    throw refuse(
      name,
      'columns of values and at least one row',
      `${kept.length} columns and ${plain(rows)} rows`,
      'Choose a file with rows.',
    );
  checkLimits(kept.length, rows, name, layout);
  const { names, renamed } = uniqueNames(kept.map(({ field }) => field.name));
  notes.push(...renamed.map((text) => ({ code: 'header-renamed', text })));
  const typeNames = new Map(Object.entries(Type).map(([key, id]) => [id as number, key]));
  return {
    schema: () => ({ columns: names, rows, firstRow: null, hasSemicolons: false, notes }),
    async column(column): Promise<ReaderColumn> {
      const { field, at } = kept[names.indexOf(column)] as (typeof kept)[number];
      let values: CellValue[];
      try {
        const child = table.getChildAt(at);
        for (const batch of child.data) checkBatch(batch, field.type.typeId === Type.Bool);
        if (child.length !== rows) throw new Error(`${plain(child.length)} values for ${plain(rows)} rows`);
        const unit = timestampUnit(field.type, Type.Timestamp);
        const of = unit === null ? missingWhereNaN : timestampOf(unit);
        values = Array.from(child, (value) => of(value as CellValue));
      } catch (error) {
        throw damaged(`${name}, column ${column}`, error);
      }
      const { typeId } = field.type;
      const type = typeNames.get(typeId)?.toLowerCase();
      const isSpan = typeId === Type.Time || typeId === Type.Duration;
      const unit = isSpan && 'unit' in field.type ? ` in ${UNITS[field.type.unit]}` : '';
      return columnOfValues(column, values, { isTextFinal: true, type: type && type + unit });
    },
  };
}

/** By the numbers that Arrow has for units of time. */
const UNITS = ['seconds', 'milliseconds', 'microseconds', 'nanoseconds'];

/** The unit of timestamps, also of those in a dictionary; null for other types. */
function timestampUnit(type: DataType, timestamp: number): number | null {
  if (type.typeId === timestamp && 'unit' in type) return type.unit;
  return 'dictionary' in type ? timestampUnit(type.dictionary, timestamp) : null;
}

const timestampOf = (unit: number) => (value: CellValue) => {
  if (typeof value !== 'bigint') return value;
  return unit === 0 ? new Date(Number(value) * 1000) : dateOfTicks(value, 1000n ** BigInt(unit - 1));
};

const missingWhereNaN = (value: CellValue): CellValue =>
  typeof value === 'number' && Number.isNaN(value) ? null : value;

export const arrow: FileFormat = {
  id: 'arrow',
  label: 'Arrow',
  summary: 'Arrow and Feather',
  extensions: ['.arrow', '.feather', '.arrows', '.ipc'],
  open,
};
