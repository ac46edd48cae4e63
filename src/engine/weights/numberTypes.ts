// Number types in weights files: the width of each and how it is read. Every type is converted to float32.

export interface NumberType {
  /** Bytes of one number. */
  width: number;
  /** Has no fractions. */
  isWhole?: boolean;
  read(view: DataView, at: number, littleEndian: boolean): number;
}

/** By their names in safetensors. */
export const NUMBER_TYPES = {
  F64: { width: 8, read: (view, at, little) => view.getFloat64(at, little) },
  F32: { width: 4, read: (view, at, little) => view.getFloat32(at, little) },
  F16: { width: 2, read: (view, at, little) => halfToNumber(view.getUint16(at, little)) },
  BF16: { width: 2, read: (view, at, little) => bfloatToNumber(view.getUint16(at, little)) },
  I64: { width: 8, isWhole: true, read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  I32: { width: 4, isWhole: true, read: (view, at, little) => view.getInt32(at, little) },
  I16: { width: 2, isWhole: true, read: (view, at, little) => view.getInt16(at, little) },
  I8: { width: 1, isWhole: true, read: (view, at) => view.getInt8(at) },
  U64: { width: 8, isWhole: true, read: (view, at, little) => Number(view.getBigUint64(at, little)) },
  U32: { width: 4, isWhole: true, read: (view, at, little) => view.getUint32(at, little) },
  U16: { width: 2, isWhole: true, read: (view, at, little) => view.getUint16(at, little) },
  U8: { width: 1, isWhole: true, read: (view, at) => view.getUint8(at) },
  BOOL: { width: 1, isWhole: true, read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1) },
} satisfies Record<string, NumberType>;

export type NumberTypeName = keyof typeof NUMBER_TYPES;

/** Own keys only: a file may name a type `constructor`. */
export const numberType = (name: unknown): NumberType | undefined =>
  typeof name === 'string' && Object.hasOwn(NUMBER_TYPES, name)
    ? NUMBER_TYPES[name as NumberTypeName]
    : undefined;

/** Numbers of a tensor that are not finite in float32: NaN, infinities, and float64 beyond its range. */
export interface NotFinite {
  count: number;
  /** Row-major index and value of the first one. */
  first: number;
  value: number;
}

/** @param next - returns the next number; called once per number, in row-major order */
export function collectNumbers(
  count: number,
  next: (index: number) => number,
): { data: Float32Array; notFinite?: NotFinite } {
  const data = new Float32Array(count);
  let notFinite: NotFinite | undefined;
  for (let i = 0; i < count; i++) {
    const value = next(i);
    data[i] = value;
    if (Number.isFinite(data[i])) continue;
    if (notFinite) notFinite.count++;
    else notFinite = { count: 1, first: i, value };
  }
  return notFinite ? { data, notFinite } : { data };
}

/** IEEE 754 binary16. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const word = new DataView(new ArrayBuffer(4));

/** bfloat16: the upper half of a float32. */
function bfloatToNumber(bits: number): number {
  word.setUint32(0, bits << 16);
  return word.getFloat32(0);
}
