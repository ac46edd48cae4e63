// A parsed table as bytes, so that a large file is parsed once, and a later visit continues with its columns.
import type { Params } from '../config/params.ts';
import { defaultsOf } from '../config/params.ts';
import type { Column, ParsedTable } from './columns.ts';
import { readingKey, readingParams } from './reading.ts';

/** Goes up whenever tables are read otherwise, so that what was prepared before is read anew. */
const VERSION = 3;
const MARK = 'MTTABLE1';

/** The parsed columns of a file, with their reading settings. */
export interface PreparedTable {
  key: string;
  blob: Blob;
}

/** Equal for equal readings. */
export const preparedKey = (data: Params): string =>
  `${VERSION} ${readingKey({ ...defaultsOf(readingParams), ...data })}`;

/** Position of an array after the header, in bytes. */
interface Place {
  at: number;
  bytes: number;
}
type StoredColumn = Omit<Column, 'numbers' | 'codes'> & { numbers: Place; codes: Place };
interface Head extends Omit<ParsedTable, 'columns' | 'split'> {
  columns: StoredColumn[];
  split: Place | null;
}

export function toPrepared(table: ParsedTable): Blob {
  const arrays: ArrayBufferView<ArrayBuffer>[] = [];
  let end = 0;
  const place = (array: ArrayBufferView<ArrayBufferLike>): Place => {
    const at = end;
    arrays.push(array as ArrayBufferView<ArrayBuffer>);
    end += array.byteLength;
    return { at, bytes: array.byteLength };
  };
  const head: Head = {
    ...table,
    split: table.split ? place(table.split) : null,
    columns: table.columns.map((column) => ({
      ...column,
      numbers: place(column.numbers),
      codes: place(column.codes),
    })),
  };
  const text = new TextEncoder().encode(JSON.stringify(head));
  const start = new Uint8Array(16);
  start.set(new TextEncoder().encode(MARK));
  new DataView(start.buffer).setUint32(8, text.length, true);
  return new Blob([start, text, ...arrays]);
}

/** Restores the table, column by column; null if the bytes are not a prepared table. */
export async function fromPrepared(blob: Blob): Promise<ParsedTable | null> {
  const start = new DataView(await blob.slice(0, 16).arrayBuffer());
  if (start.byteLength < 16 || new TextDecoder().decode(start.buffer.slice(0, 8)) !== MARK) return null;
  const behind = 16 + start.getUint32(8, true);
  const { columns, split, ...facts }: Head = JSON.parse(await blob.slice(16, behind).text());
  const read = async ({ at, bytes }: Place): Promise<ArrayBuffer> => {
    const buffer = await blob.slice(behind + at, behind + at + bytes).arrayBuffer();
    if (buffer.byteLength !== bytes)
      throw new Error(`fromPrepared: expected ${bytes} bytes at ${at}, got ${buffer.byteLength}.`);
    return buffer;
  };
  const table: ParsedTable = { ...facts, columns: [] };
  if (split) table.split = new Uint8Array(await read(split));
  for (const { numbers, codes, ...column } of columns)
    table.columns.push({
      ...column,
      numbers: new Float64Array(await read(numbers)),
      codes: new Int32Array(await read(codes)),
    });
  return table;
}
