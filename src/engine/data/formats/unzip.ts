// Files out of zip archives of tables. Each is unpacked to the size and the checksum that the directory names, and to nothing else:
// an archive that lies about them gives a part of a table, which looks like a whole one.
import { crc32 } from '../../core/crc32.ts';
import { type Refuse, refusalOf } from '../../core/refusal.ts';
import { readZip, type ZipEntry } from '../../core/zip.ts';
import { plain, sizesBeyond, UNPACK_IT, unpackedLimit } from './limits.ts';

export interface PackedFile {
  name: string;
  /** Unpacked, as the directory says. */
  size: number;
  /** @throws WorkbenchError (file) where the bytes are not what the directory says */
  unpack(): Promise<Blob>;
  /** The same piece by piece; whether they are what the directory says is known behind the last. */
  parts(): AsyncGenerator<Uint8Array<ArrayBuffer>>;
}

/**
 * The files of an archive, without folders.
 * @param archive - its name, for messages
 * @throws WorkbenchError (file)
 */
export function filesOfZip(bytes: Uint8Array<ArrayBuffer>, archive: string): PackedFile[] {
  const refuse = refusalOf(archive, 'It may be cut off or damaged: get it again.');
  const { names, entry } = readZip(bytes, refuse);
  return names.map((name) => {
    const found = entry(name) as ZipEntry<ArrayBuffer>;
    const parts = () => contentOf(found, name, refuse);
    return { name, size: found.size, unpack: () => joined(parts()), parts };
  });
}

async function joined(pieces: AsyncIterable<Uint8Array<ArrayBuffer>>): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const part of pieces) parts.push(part);
  return new Blob(parts);
}

/**
 * To be called before anything is unpacked.
 * @param packed - bytes of the archive
 * @param most - bytes that any file may become
 */
export function checkUnpacked(
  files: readonly PackedFile[],
  archive: string,
  packed: number,
  most?: number,
): void {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const limit = unpackedLimit(packed, most);
  if (total > limit) refusalOf(archive, UNPACK_IT)('unpacked', ...sizesBeyond(limit, total));
}

const STORED = 0;
const DEFLATED = 8;

async function* contentOf(
  file: ZipEntry<ArrayBuffer>,
  name: string,
  refuse: Refuse,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { bytes, method, isEncrypted } = file;
  if (isEncrypted)
    refuse(
      name,
      'a file without a password',
      'an encrypted one',
      'Unpack the archive, and choose the table.',
    );
  if (method !== STORED && method !== DEFLATED)
    refuse(
      name,
      'a file that is stored or deflated',
      `compression method ${method}`,
      'Unpack the archive, and choose the table.',
    );
  let [size, crc] = [0, 0];
  for await (const part of method === STORED ? [bytes] : inflated(bytes, name, refuse)) {
    size += part.length;
    if (size > file.size) break;
    crc = crc32(part, crc);
    yield part;
  }
  if (size !== file.size)
    refuse(name, `${plain(file.size)} bytes, as the directory says`, size > file.size ? 'more' : plain(size));
  if (crc !== file.crc) refuse(name, 'bytes with the checksum of the directory', 'others');
}

async function* inflated(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  refuse: Refuse,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  try {
    for (;;) {
      const { done, value } = await reader
        .read()
        .catch((error: Error) => refuse(name, 'deflated bytes', error.message));
      if (done) return;
      yield value;
    }
  } finally {
    // What is behind the end that was wanted.
    await reader.cancel().catch(() => {});
  }
}
