// Writes numbers as a NumPy file (.npy, format version 1.0, numpy.lib.format), for data that is too large or needs more digits
// than text.

/** An array as in NumPy: numbers in row-major order. */
export interface NpyArray {
  values: ArrayLike<number>;
  shape: readonly number[];
}

/** Header and data start at multiples of this many bytes. */
const ALIGNMENT = 64;
const PREAMBLE = [0x93, ...[...'NUMPY'].map((letter) => letter.charCodeAt(0)), 1, 0];

/**
 * The bytes of a .npy file of float32, little-endian, in C order: `numpy.load("file.npy")` reads it.
 * @throws Error if the number of values does not fit the shape
 */
export function toNpy({ values, shape }: NpyArray): Uint8Array {
  const size = shape.reduce((a, b) => a * b, 1);
  if (values.length !== size)
    throw new Error(`toNpy: expected ${size} values for [${shape}], got ${values.length}`);
  // A tuple of one element is written with a comma.
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${tuple}), }`;
  const begin = PREAMBLE.length + 2;
  const start = Math.ceil((begin + header.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(start + 4 * size);
  const view = new DataView(bytes.buffer);
  bytes.set(PREAMBLE);
  view.setUint16(PREAMBLE.length, start - begin, true);
  bytes.set(new TextEncoder().encode(`${header.padEnd(start - begin - 1)}\n`), begin);
  for (let i = 0; i < size; i++) view.setFloat32(start + 4 * i, values[i] as number, true);
  return bytes;
}
