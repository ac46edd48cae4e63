// Unpacks gzip, and zip archives with one table. What unpacks to more than the limit is refused during unpacking, not
// afterwards.
import { clip, WorkbenchError } from '../../core/errors.ts';
import type { Note } from '../../core/notes.ts';
import type { ProgressSink } from '../progress.ts';
import { sliceOf } from './decode.ts';
import { FILE_LIMITS } from './format.ts';
import { unpackMembers } from './gzipMembers.ts';
import { mebibytes, refuse, UNPACK_IT, unpackedLimit } from './limits.ts';
import { HEAD_BYTES, kindOfArchive, sniff } from './sniff.ts';
import { checkUnpacked, filesOfZip } from './unzip.ts';

export interface Unpacked {
  blob: Blob;
  name: string;
  notes: Note[];
  /** What is in a zip archive that is a table as it is: an archive of NumPy, a workbook. */
  kind?: string;
}

const kindOf = async (blob: Blob) =>
  sniff(new Uint8Array(await blob.slice(0, HEAD_BYTES).arrayBuffer())).kind;

/** The file inside, if there is one; archives of NumPy and workbooks are left as they are. */
export async function unpack(blob: Blob, name: string, progress: ProgressSink): Promise<Unpacked> {
  const kind = await kindOf(blob);
  if (kind === 'gzip') {
    const inner = name.replace(/\.(gz|gzip)$/i, '').replace(/\.tgz$/i, '.tar');
    const unpacked = await gunzip(blob, name, progress);
    const note = `The file is compressed by gzip: ${mebibytes(blob.size)} hold ${mebibytes(unpacked.size)}.`;
    return withKind({ blob: unpacked, name: inner, notes: [{ code: 'unpacked', text: note }] });
  }
  return kind === 'zip' ? unzip(blob, name) : { blob, name, notes: [] };
}

/** A packed file may be a workbook, which is an archive in itself. */
async function withKind(inner: Unpacked): Promise<Unpacked> {
  const { blob, name } = inner;
  if ((await kindOf(blob)) !== 'zip') return inner;
  return { ...inner, kind: kindOfArchive(filesOfZip(await bytesOf(blob, name), name)) };
}

async function bytesOf(blob: Blob, name: string): Promise<Uint8Array<ArrayBuffer>> {
  if (blob.size > FILE_LIMITS.bytes)
    throw refuse(name, `at most ${mebibytes(FILE_LIMITS.bytes)}`, mebibytes(blob.size), UNPACK_IT);
  return new Uint8Array(await sliceOf(blob, 0, blob.size, name));
}

async function gunzip(blob: Blob, name: string, progress: ProgressSink): Promise<Blob> {
  const { read, cancel, packed } = unpacking(blob, name);
  const first = new Taken(name, progress);
  try {
    for (;;) {
      const { done, value } = await read();
      if (done) break;
      await first.take(value, packed(), cancel);
    }
    return new Blob(first.parts);
  } catch (error) {
    if ((error as Error).name === 'WorkbenchError' || !(error instanceof TypeError || isZlib(error)))
      throw error;
    const all = new Taken(name, progress);
    const members = await unpackMembers(blob, name, (part, fed) => all.take(part, fed));
    if (members.count > 1 && members.fault === null) return new Blob(all.parts);
    const got =
      members.count > 1
        ? `${members.fault}, after ${mebibytes(all.size)}`
        : `${(error as Error).message} after ${mebibytes(first.size)}`;
    throw refuse(name, 'a whole gzip file', got, 'It may be cut off or damaged: get it again.');
  }
}

/** What was unpacked so far, within its limit. */
class Taken {
  readonly parts: Uint8Array<ArrayBuffer>[] = [];
  size = 0;
  private reported = 0;
  private readonly name: string;
  private readonly progress: ProgressSink;

  constructor(name: string, progress: ProgressSink) {
    this.name = name;
    this.progress = progress;
  }

  /** @param packed - bytes that were read so far @param cancel - called before a refusal */
  async take(part: Uint8Array<ArrayBuffer>, packed: number, cancel = async () => {}): Promise<void> {
    this.size += part.length;
    const limit = unpackedLimit(packed);
    if (this.size > limit) {
      await cancel();
      throw refuse(
        this.name,
        `at most ${mebibytes(limit)} when the first ${mebibytes(packed)} are unpacked`,
        'more than that',
        UNPACK_IT,
      );
    }
    this.parts.push(part);
    if (this.size - this.reported < 8 * 2 ** 20) return;
    this.reported = this.size;
    await this.progress(0, 'unpacking');
  }
}

/** Bytes given to the unpacker at a time; it may make 1,032 times as many of them. */
const FED = 2 ** 16;

/**
 * Unpacks piece by piece: a pipe would be read to its end at once, and a small file that swells is to be refused at its beginning
 * instead of where it has filled the memory.
 * @returns `packed`: the bytes that were read so far
 */
function unpacking(blob: Blob, name: string) {
  const { readable, writable } = new DecompressionStream('gzip');
  const reader = readable.getReader();
  const writer = writable.getWriter();
  let packed = 0;
  const unread = new Promise<never>((_resolve, reject) => {
    const feed = async () => {
      while (packed < blob.size) {
        const piece = new Uint8Array(await sliceOf(blob, packed, packed + FED, name));
        packed += piece.length;
        await writer.write(piece);
      }
      await writer.close();
    };
    // What is wrong with the bytes is told to the reader; that the file cannot be read is told here. A reader that has
    // enough leaves the writer without a reason.
    feed().catch((error: unknown) => {
      if (error instanceof WorkbenchError) reject(error);
    });
  });
  // It may come after the last read.
  unread.catch(() => {});
  return {
    read: () => Promise.race([reader.read(), unread]),
    cancel: () => reader.cancel(),
    packed: () => packed,
  };
}

const isZlib = (error: unknown) =>
  String((error as { code?: string }).code).startsWith('Z_') ||
  /unexpected end|incorrect|invalid/i.test(String((error as Error).message));

async function unzip(blob: Blob, name: string): Promise<Unpacked> {
  const files = filesOfZip(await bytesOf(blob, name), name).filter(
    (file) => !file.name.startsWith('__MACOSX/'),
  );
  const [first] = files;
  const kind = kindOfArchive(files);
  if (kind !== undefined) return { blob, name, notes: [], kind };
  if (!first || files.length > 1) {
    const got = first
      ? `${files.length}: ${files
          .slice(0, 5)
          .map((file) => file.name)
          .join(', ')}`
      : 'none';
    throw refuse(name, 'a zip archive with one file in it', got, 'Unpack it, and choose the table.');
  }
  checkUnpacked([first], name, blob.size);
  const inner = await first.unpack();
  const text = `The table is ${clip(first.name)} in the archive: ${mebibytes(blob.size)} hold ${mebibytes(inner.size)}.`;
  return withKind({
    blob: inner,
    name: first.name.replace(/^.*\//, '') || name,
    notes: [{ code: 'unpacked', text }],
  });
}
