// Writes files as `torch.save` does, and invalid ones, for tests: pickle operations by name, and a zip archive of stored
// entries with data descriptors and padding.
import type { NamedTensor } from './safetensors.ts';

export type Part = number | string | Uint8Array;

/** Bytes, texts and single bytes one after the other. */
export function bytesOf(...parts: Part[]): Uint8Array {
  const pieces = parts.map((part) => {
    if (typeof part === 'number') return Uint8Array.of(part);
    return typeof part === 'string' ? new TextEncoder().encode(part) : part;
  });
  const all = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** Little-endian. */
export function uint(value: number, size: 2 | 4 | 8): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(value), true);
  return new Uint8Array(view.buffer, 0, size);
}

// Pickle, protocol 2.

export const pickle = (value: Uint8Array): Uint8Array => bytesOf(0x80, 2, value, '.');
export const text = (value: string): Uint8Array => {
  const encoded = new TextEncoder().encode(value);
  return bytesOf('X', uint(encoded.length, 4), encoded);
};
export const int = (value: number): Uint8Array => {
  if (value >= 0 && value < 256) return bytesOf('K', value);
  return value >= 0 && value < 65536 ? bytesOf('M', uint(value, 2)) : bytesOf('J', uint(value, 4));
};
export const tuple = (...items: readonly Uint8Array[]): Uint8Array =>
  items.length === 0 ? bytesOf(')') : bytesOf('(', ...items, 't');
export const global = (module: string, name: string): Uint8Array => bytesOf('c', module, '\n', name, '\n');
export const reduce = (callable: Uint8Array, ...args: readonly Uint8Array[]): Uint8Array =>
  bytesOf(callable, tuple(...args), 'R');

type Items = readonly (readonly [key: string, value: Uint8Array])[];
const items = (list: Items): Uint8Array => bytesOf('(', ...list.flatMap(([k, v]) => [text(k), v]), 'u');
export const dict = (list: Items): Uint8Array => bytesOf('}', items(list));
/** With the attribute that PyTorch adds. */
export const stateDict = (list: Items): Uint8Array =>
  bytesOf(reduce(global('collections', 'OrderedDict')), items(list), dict([['_metadata', dict([])]]), 'b');

export interface TensorOptions {
  storage?: string;
  key?: string;
  numbers: number;
  offset?: number;
  shape: readonly number[];
  strides?: readonly number[];
}

export function tensor(options: TensorOptions): Uint8Array {
  const {
    storage = 'FloatStorage',
    key = '0',
    numbers,
    offset = 0,
    shape,
    strides = rowMajor(shape),
  } = options;
  const reference = tuple(text('storage'), global('torch', storage), text(key), text('cpu'), int(numbers));
  return reduce(
    global('torch._utils', '_rebuild_tensor_v2'),
    bytesOf(reference, 'Q'),
    int(offset),
    tuple(...shape.map(int)),
    tuple(...strides.map(int)),
    bytesOf(0x89),
    reduce(global('collections', 'OrderedDict')),
  );
}

const rowMajor = (shape: readonly number[]): number[] =>
  shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));

// Zip.

export interface ZipOptions {
  method?: number;
  flags?: number;
  /** Sizes, offsets and counts in ZIP64 fields. */
  wide?: boolean;
  comment?: string;
}

export function zip(
  files: readonly (readonly [name: string, content: Uint8Array])[],
  options: ZipOptions = {},
): Uint8Array {
  const { method = 0, flags = 0x808, wide = false, comment = '' } = options;
  const local: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  const full = uint(0xffffffff, 4);
  let at = 0;
  for (const [name, content] of files) {
    const encoded = new TextEncoder().encode(name);
    // Sizes and checksum follow the content; the padding is PyTorch's.
    const entry = bytesOf(
      'PK\x03\x04',
      uint(20, 2),
      uint(flags, 2),
      uint(method, 2),
      uint(0, 8),
      uint(0, 8),
      uint(encoded.length, 2),
      uint(8, 2),
      encoded,
      'FB',
      uint(4, 2),
      'ZZZZ',
      content,
      'PK\x07\x08',
      uint(0, 4),
      uint(content.length, 4),
      uint(content.length, 4),
    );
    const size = uint(content.length, 4);
    const extra = bytesOf(
      uint(1, 2),
      uint(24, 2),
      uint(content.length, 8),
      uint(content.length, 8),
      uint(at, 8),
    );
    central.push(
      bytesOf(
        'PK\x01\x02',
        uint(20, 2),
        uint(20, 2),
        uint(flags, 2),
        uint(method, 2),
        uint(0, 8),
        wide ? full : size,
        wide ? full : size,
        uint(encoded.length, 2),
        uint(wide ? extra.length : 0, 2),
        uint(0, 8),
        uint(0, 2),
        wide ? full : uint(at, 4),
        encoded,
        wide ? extra : '',
      ),
    );
    local.push(entry);
    at += entry.length;
  }
  const directory = bytesOf(...central);
  const end64 = bytesOf(
    'PK\x06\x06',
    uint(44, 8),
    uint(45, 2),
    uint(45, 2),
    uint(0, 8),
    uint(files.length, 8),
    uint(files.length, 8),
    uint(directory.length, 8),
    uint(at, 8),
    'PK\x06\x07',
    uint(0, 4),
    uint(at + directory.length, 8),
    uint(1, 4),
  );
  const count = uint(wide ? 0xffff : files.length, 2);
  const end = bytesOf(
    'PK\x05\x06',
    uint(0, 4),
    count,
    count,
    wide ? full : uint(directory.length, 4),
    wide ? full : uint(at, 4),
    uint(comment.length, 2),
    comment,
  );
  return bytesOf(...local, directory, wide ? end64 : '', end);
}

/** A PyTorch file: the object that the pickle builds, and the storages that it refers to as 0, 1, 2… */
export const torchFile = (
  value: Uint8Array,
  storages: readonly Uint8Array[],
  byteorder = 'little',
): Uint8Array =>
  zip([
    ['archive/data.pkl', pickle(value)],
    ['archive/byteorder', bytesOf(byteorder)],
    ...storages.map((bytes, key) => [`archive/data/${key}`, bytes] as const),
    ['archive/version', bytesOf('3\n')],
  ]);

export const storageOf = (data: Float32Array): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** `torch.save` of a state_dict of float32 tensors. */
export const torchFileOf = (tensors: readonly Pick<NamedTensor, 'name' | 'shape' | 'data'>[]): Uint8Array =>
  torchFile(
    stateDict(
      tensors.map(({ name, shape, data }, i) => [name, tensor({ key: `${i}`, numbers: data.length, shape })]),
    ),
    tensors.map(({ data }) => storageOf(data)),
  );
