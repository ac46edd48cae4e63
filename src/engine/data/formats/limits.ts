// Size limits for tables of any format, and the error for a file beyond them.
import { WorkbenchError } from '../../core/errors.ts';
import { FILE_LIMITS, type LayoutSettings } from './format.ts';
import { messageOf } from './values.ts';

export type SampleSettings = Pick<LayoutSettings, 'sample' | 'sampleRows' | 'sampleBy'>;

export const plain = (n: number) => n.toLocaleString('en');

/** `1 line is`, `3 lines are` */
export const counted = (n: number, one: string, many: string) => `${plain(n)} ${n === 1 ? one : many}`;

/** `0.3 MiB`, `256 MiB` */
export const mebibytes = (bytes: number) => {
  const count = bytes / 2 ** 20;
  return `${count < 10 ? Number(count.toPrecision(2)) : Math.round(count)} MiB`;
};

/** What is allowed and what there is, with the bytes where both are rounded to the same size. */
export function sizesBeyond(most: number, bytes: number): [expected: string, got: string] {
  const [limit, size] = [mebibytes(most), mebibytes(bytes)];
  return limit === size
    ? [`at most ${limit} (${plain(most)} bytes)`, `${plain(bytes)} bytes`]
    : [`at most ${limit}`, size];
}

export const refuse = (path: string, expected: string, got: string, remedy: string) =>
  WorkbenchError.of('file', { path, expected, got, remedy });

/** A packed table may become that many times as large: repetitive ones come to some 50, what deflate can do is 1,032. */
const MOST_TIMES = 256;
/** Small files may become larger by more than that. */
const ALWAYS = 32 * 2 ** 20;

/**
 * Bytes that a packed file may become, so that a small file cannot fill the memory.
 * @param most - of any file
 */
export const unpackedLimit = (packed: number, most: number = FILE_LIMITS.bytes) =>
  Math.min(most, Math.max(ALWAYS, MOST_TIMES * packed));

/** Remedy for packed files beyond that. */
export const UNPACK_IT =
  'Use a part of the rows, or unpack it and open the table itself; a file that small which unpacks to that much may also be broken.';

/** Remedy for tables beyond the limits. */
export const USE_A_PART =
  'Set data.sample to first, random or stratified, and data.sampleRows, to read a part of its rows.';

export const tooManyRows = (name: string, got: string) =>
  refuse(name, `at most ${plain(FILE_LIMITS.rows)} rows`, got, USE_A_PART);

/**
 * @param name - of the file
 * @param layout - of formats whose columns are sampled one by one: the limits are those of the sample
 * @throws WorkbenchError (file)
 */
export function checkLimits(columns: number, rows: number, name: string, layout?: SampleSettings): void {
  const limit = FILE_LIMITS;
  if (layout && layout.sample !== 'all') {
    if (rows > limit.sampledRows)
      throw refuse(
        name,
        `at most ${plain(limit.sampledRows)} rows to draw a sample of`,
        plain(rows),
        'Cut the file in parts.',
      );
    checkLimits(columns, Math.min(rows, layout.sampleRows), name);
    return;
  }
  if (columns > limit.columns)
    throw refuse(name, `at most ${plain(limit.columns)} columns`, plain(columns), 'Leave columns out.');
  if (rows > limit.rows) throw tooManyRows(name, plain(rows));
  if (columns * rows > limit.cells) {
    const got = `${plain(rows)} rows with ${plain(columns)} columns`;
    throw refuse(
      name,
      `at most ${plain(limit.cells)} cells`,
      got,
      `Leave columns out, or use a part of the rows. ${USE_A_PART}`,
    );
  }
}

/**
 * The error to throw when a reader failed on the content of a file.
 * @param kind - of the file: "Parquet"
 * @param place - the file, and where in it
 */
export function damagedFile(kind: string, place: string, error: unknown): WorkbenchError {
  if (error instanceof WorkbenchError) return error;
  // Libraries report damage with messages about their own variables.
  const isInner = error instanceof TypeError || error instanceof RangeError;
  const got = isInner ? 'parts that do not fit together' : messageOf(error);
  return refuse(place, `a whole ${kind} file`, got, 'It may be cut off or damaged: get it again.');
}
