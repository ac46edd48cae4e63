// Checks the record batches of an Arrow file against their buffers: a length without values behind it would give rows that are
// not there.
import type { Batch, DataType } from '@uwdata/flechette';

type AnyBatch = Batch<unknown>;

/** Elements of the values buffer per row. */
function elementsPerRow(type: DataType): number {
  if ('stride' in type && typeof type.stride === 'number') return type.stride;
  if ('bitWidth' in type && type.bitWidth > 64) return type.bitWidth / 64;
  return 1;
}

/**
 * @param isBits - values are packed eight to a byte
 * @throws Error if a batch has more rows than its buffers have values
 */
export function checkBatch(
  { length, nullCount, type, validity, values, offsets }: AnyBatch,
  isBits: boolean,
): void {
  const demand = (what: string, has: number, needs: number) => {
    if (!(has >= needs)) throw new Error(`a batch of ${length} rows with ${what} for ${Math.floor(has)}`);
  };
  if (!(length >= 0 && nullCount >= 0 && nullCount <= length))
    throw new Error(`a batch of ${length} rows of which ${nullCount} are missing`);
  if (nullCount > 0 && validity) demand('marks of missing values', 8 * validity.length, length);
  if (offsets) {
    demand('offsets', offsets.length - 1, length);
    checkOffsets(offsets, length, values?.length ?? 0);
  } else if (values) {
    demand('values', isBits ? 8 * values.length : values.length / elementsPerRow(type), length);
  }
}

function checkOffsets(offsets: ArrayLike<number | bigint>, rows: number, bytes: number): void {
  for (let row = 0; row < rows; row++)
    if ((offsets[row] as number | bigint) > (offsets[row + 1] as number | bigint))
      throw new Error(`a text that ends before it begins, in row ${row + 1}`);
  if (rows > 0 && (Number(offsets[0]) < 0 || Number(offsets[rows]) > bytes))
    throw new Error('texts beyond the end of their buffer');
}
