// Unpacks gzip files of several members, which RFC 1952 allows: bgzip of genomics, and files that were joined. Browsers' own
// DecompressionStream takes the second member for junk; the one of Node goes on.
import { crc32 } from '../../core/crc32.ts';
import { sliceOf } from './decode.ts';
import { plain } from './limits.ts';

/** Bytes given to the unpacker at a time: it calls itself for each member in them, and the smallest has 20 bytes. */
const FED = 2 ** 14;
/** bgzip makes some 7,500 of the largest table; empty ones would cost time for nothing. */
const MOST_MEMBERS = 20_000;
/** CRC-32 and size, little-endian, at the end of each member. */
const TRAILER = 8;

export interface Members {
  count: number;
  /** What is wrong with one of them. */
  fault: string | null;
}

/** @param take - gets what was unpacked, and how many bytes were read for it; may throw */
export async function unpackMembers(
  blob: Blob,
  name: string,
  take: (part: Uint8Array<ArrayBuffer>, packed: number) => Promise<void>,
): Promise<Members> {
  const { Gunzip } = await import('fflate');
  const made: Uint8Array<ArrayBuffer>[] = [];
  /** The member being unpacked; those that have ended since the last piece, with the place where the next one begins. */
  let open = { crc: 0, size: 0 };
  let ended: { crc: number; size: number; end: number }[] = [];
  let count = 1;
  const gunzip = new Gunzip((part) => {
    open = { crc: crc32(part, open.crc), size: open.size + part.length };
    if (part.length > 0) made.push(part as Uint8Array<ArrayBuffer>);
  });
  gunzip.onmember = (start) => {
    ended.push({ ...open, end: start });
    open = { crc: 0, size: 0 };
    count++;
  };
  let before = new Uint8Array();
  for (let at = 0; at < blob.size; at += FED) {
    const piece = new Uint8Array(await sliceOf(blob, at, at + FED, name));
    const isLast = at + FED >= blob.size;
    try {
      gunzip.push(piece.slice(), isLast);
    } catch (error) {
      return { count, fault: `${(error as Error).message} in member ${count}` };
    }
    if (count > MOST_MEMBERS) return { count, fault: `more than ${plain(MOST_MEMBERS)} members` };
    for (const part of made.splice(0)) await take(part, at + piece.length);
    if (isLast) ended.push({ ...open, end: blob.size });
    // Two pieces hold every trailer, unless the header of the next member is longer than a piece.
    const known = new Uint8Array(before.length + piece.length);
    known.set(before);
    known.set(piece, before.length);
    for (const [i, { crc, size, end }] of ended.entries()) {
      const from = end - TRAILER - (at - before.length);
      const trailer = from < 0 ? null : new DataView(known.buffer, from, TRAILER);
      if (trailer?.getUint32(0, true) !== crc || trailer.getUint32(4, true) !== size % 2 ** 32) {
        const member = count - ended.length + i + (isLast ? 1 : 0);
        return { count, fault: `another checksum or size than member ${member} says` };
      }
    }
    ended = [];
    before = piece;
  }
  return { count, fault: null };
}
