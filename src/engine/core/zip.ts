// Reads zip archives as `torch.save` writes them (PKWARE APPNOTE 6.3.10): stored entries, ZIP64 records, data descriptors,
// padding in the local headers. The central directory is authoritative, as for PyTorch's own reader. Files are untrusted: no
// size or offset is used before it is checked, entries may not overlap, and nothing is unpacked here, so an archive never
// expands. Checksums are ignored: PyTorch can be told to omit them (`torch.serialization.set_crc32_options`).
import type { Refuse } from './refusal.ts';

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const LOCAL_SIZE = 30;
const CENTRAL_SIZE = 46;
const END_SIZE = 22;
const END64_SIZE = 56;
const LOCATOR64_SIZE = 20;
const EXTRA64 = 1;
const FULL16 = 0xffff;
const FULL32 = 0xffffffff;
const ENCRYPTED = 1;
/** PyTorch writes an entry per storage. */
const MAX_ENTRIES = 200_000;

export const isZip = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === LOCAL;

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

interface Directory {
  entries: number;
  size: number;
  offset: number;
}

interface Entry {
  name: string;
  flags: number;
  method: number;
  crc: number;
  compressed: number;
  size: number;
  header: number;
}

/** First byte of an entry and the byte after its last, headers included. */
interface Span {
  name: string;
  from: number;
  to: number;
}

/** A file as it lies in the archive, and what the directory says of it. */
export interface ZipEntry<B extends ArrayBufferLike = ArrayBufferLike> {
  /** As they are stored, as a view of the archive. */
  bytes: Uint8Array<B>;
  method: number;
  isEncrypted: boolean;
  /** Unpacked. */
  size: number;
  /** Of the unpacked bytes. */
  crc: number;
}

export interface ZipArchive<B extends ArrayBufferLike = ArrayBufferLike> {
  /** Names of all files; folders are left out. */
  names: readonly string[];
  /**
   * The bytes of a file, as a view of the archive, or undefined if there is none with this name.
   * @throws WorkbenchError (file) if it is compressed or encrypted
   */
  read(name: string): Uint8Array<B> | undefined;
  entry(name: string): ZipEntry<B> | undefined;
}

/** @throws WorkbenchError (file) at the first violation of the format */
export function readZip<B extends ArrayBufferLike>(bytes: Uint8Array<B>, refuse: Refuse): ZipArchive<B> {
  const view = viewOf(bytes);
  const directory = findDirectory(view, refuse);
  const files = new Map<string, { entry: Entry; start: number }>();
  const spans: Span[] = [
    { name: 'the directory', from: directory.offset, to: directory.offset + directory.size },
  ];
  for (const entry of readDirectory(view, directory, refuse)) {
    const { name } = entry;
    if (files.has(name)) refuse(name, 'one entry of this name', 'two');
    const { from, start, to } = locate(view, entry, refuse);
    spans.push({ name, from, to });
    if (!name.endsWith('/')) files.set(name, { entry, start });
  }
  spans.sort((a, b) => a.from - b.from || a.to - b.to);
  for (const [i, { name, from }] of spans.entries()) {
    const before = spans[i - 1];
    if (before && from < before.to)
      refuse(name, 'bytes of its own', `byte ${from}, which belongs to ${before.name}`);
  }
  return {
    names: [...files.keys()],
    read: (name) => {
      const file = files.get(name);
      if (!file) return undefined;
      requireStored(file.entry, refuse);
      return bytes.subarray(file.start, file.start + file.entry.size);
    },
    entry: (name) => {
      const file = files.get(name);
      if (!file) return undefined;
      const { method, flags, size, crc, compressed } = file.entry;
      const packed = bytes.subarray(file.start, file.start + compressed);
      return { bytes: packed, method, isEncrypted: (flags & ENCRYPTED) !== 0, size, crc };
    },
  };
}

function findDirectory(view: DataView, refuse: Refuse): Directory {
  const at = findEnd(view);
  if (at < 0) return refuse('end', 'the directory of a zip archive', 'none: the file is cut off or damaged');
  let directory: Directory = {
    entries: view.getUint16(at + 10, true),
    size: view.getUint32(at + 12, true),
    offset: view.getUint32(at + 16, true),
  };
  if (directory.entries === FULL16 || directory.size === FULL32 || directory.offset === FULL32)
    directory = findDirectory64(view, at, refuse);
  const { entries, size, offset } = directory;
  if (entries > MAX_ENTRIES) refuse('directory', `at most ${MAX_ENTRIES} entries`, `${entries}`);
  if (!(offset + size <= at) || size < entries * CENTRAL_SIZE)
    refuse('directory', `${entries} entries before byte ${at}`, `${size} bytes at ${offset}`);
  return directory;
}

/** Position of the end record: the last one whose comment reaches the end of the file, or -1. */
function findEnd(view: DataView): number {
  const last = view.byteLength - END_SIZE;
  for (let at = last; at >= Math.max(0, last - FULL16); at--) {
    if (view.getUint32(at, true) === END && view.getUint16(at + 20, true) === last - at) return at;
  }
  return -1;
}

function findDirectory64(view: DataView, end: number, refuse: Refuse): Directory {
  const locator = end - LOCATOR64_SIZE;
  if (locator < 0 || view.getUint32(locator, true) !== LOCATOR64)
    return refuse('end', 'a ZIP64 locator', `none before byte ${end}`);
  const at = Number(view.getBigUint64(locator + 8, true));
  if (!(at + END64_SIZE <= locator) || view.getUint32(at, true) !== END64)
    return refuse('end', 'a ZIP64 end record', `something else at byte ${at}`);
  return {
    entries: Number(view.getBigUint64(at + 32, true)),
    size: Number(view.getBigUint64(at + 40, true)),
    offset: Number(view.getBigUint64(at + 48, true)),
  };
}

function* readDirectory(view: DataView, directory: Directory, refuse: Refuse): Generator<Entry> {
  const end = directory.offset + directory.size;
  const decoder = new TextDecoder();
  let at = directory.offset;
  for (let i = 0; i < directory.entries; i++) {
    if (at + CENTRAL_SIZE > end || view.getUint32(at, true) !== CENTRAL)
      return refuse(
        `byte ${at}`,
        `entry ${i + 1} of ${directory.entries} of the directory`,
        'something else',
      );
    const nameSize = view.getUint16(at + 28, true);
    const extraSize = view.getUint16(at + 30, true);
    const next = at + CENTRAL_SIZE + nameSize + extraSize + view.getUint16(at + 32, true);
    if (next > end)
      return refuse(`byte ${at}`, `an entry that ends by byte ${end}`, `one that ends at ${next}`);
    const extra = at + CENTRAL_SIZE + nameSize;
    const name = decoder.decode(new Uint8Array(view.buffer, view.byteOffset + at + CENTRAL_SIZE, nameSize));
    yield wide(view, extra, extra + extraSize, refuse, {
      name,
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      compressed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      header: view.getUint32(at + 42, true),
    });
    at = next;
  }
}

/** The entry with the numbers from its ZIP64 field that do not fit into the directory. */
function wide(view: DataView, from: number, to: number, refuse: Refuse, entry: Entry): Entry {
  const keys = (['size', 'compressed', 'header'] as const).filter((key) => entry[key] === FULL32);
  if (keys.length === 0) return entry;
  for (let at = from; at + 4 <= to; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== EXTRA64) continue;
    if (at + 4 + 8 * keys.length > to) break;
    const values = keys.map((key, i) => [key, Number(view.getBigUint64(at + 4 + 8 * i, true))]);
    return { ...entry, ...Object.fromEntries(values) };
  }
  return refuse(entry.name, 'its size in a ZIP64 field', 'none');
}

/** Start of an entry, start of its bytes, and their end. */
function locate(view: DataView, entry: Entry, refuse: Refuse): { from: number; start: number; to: number } {
  const { name, compressed, header: from } = entry;
  if (!(from + LOCAL_SIZE <= view.byteLength) || view.getUint32(from, true) !== LOCAL)
    refuse(name, 'an entry in the file', `something else at byte ${from}`);
  const start = from + LOCAL_SIZE + view.getUint16(from + 26, true) + view.getUint16(from + 28, true);
  const to = start + compressed;
  if (!(to <= view.byteLength))
    refuse(name, `${compressed} bytes within the file`, `${Math.max(0, view.byteLength - start)}`);
  return { from, start, to };
}

function requireStored({ name, flags, method, compressed, size }: Entry, refuse: Refuse): void {
  if (flags & ENCRYPTED) refuse(name, 'an entry that is not encrypted', 'an encrypted one');
  if (method !== 0)
    refuse(name, 'an uncompressed entry, as torch.save writes them', `compression method ${method}`);
  if (compressed !== size)
    refuse(name, 'one size of an uncompressed entry', `${compressed} and ${size} bytes`);
}
