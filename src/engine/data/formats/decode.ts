// Decodes a text file piece by piece, with one kind of line end. The encoding follows from its bytes: a byte order mark, UTF-8,
// UTF-16 without a mark, or else Windows-1252 (Latin-1), with a note. Bytes that fit none are reported with their position.
import type { Note } from '../../core/notes.ts';
import type { ProgressSink } from '../progress.ts';
import { FILE_LIMITS, type LayoutSettings } from './format.ts';
import { plain, refuse, sizesBeyond, USE_A_PART } from './limits.ts';
import { countOf } from './lines.ts';

/** Bytes between two reports of progress. */
const SLICE_BYTES = 2 * 2 ** 20;
/** Number of bytes that decide between UTF-16 and binary data. */
const SAMPLE_BYTES = 4096;

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
const NAMES: Record<Encoding, string> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 (little endian)',
  'utf-16be': 'UTF-16 (big endian)',
  'windows-1252': 'Latin-1 (Windows-1252)',
};

/** Receives the text of a file piece by piece; returning false ends the reading. */
export interface PieceTaker {
  take(text: string, isLast: boolean): boolean;
  /** The text starts over, in another encoding. */
  restart(): void;
}

/**
 * The text of a file in pieces, without its byte order mark. Line ends become line feeds, even if CRLF, LF and CR are mixed in
 * one file or occur in quoted cells, so that line numbers are those of an editor.
 * @param maxBytes - a larger file is refused
 * @throws WorkbenchError (file)
 */
export async function readPieces(
  blob: Blob,
  name: string,
  progress: ProgressSink,
  encoding: LayoutSettings['encoding'],
  taker: PieceTaker,
  maxBytes: number = FILE_LIMITS.bytes,
): Promise<Note[]> {
  if (blob.size > maxBytes) throw refuse(name, ...sizesBeyond(maxBytes, blob.size), USE_A_PART);
  const head = new Uint8Array(await sliceOf(blob, 0, SLICE_BYTES, name));
  const asked = encoding === 'auto' ? null : ENCODINGS[encoding];
  const found: Encoding =
    asked === 'utf-16' ? (utf16Of(head) ?? 'utf-16le') : (asked ?? utf16Of(head) ?? 'utf-8');
  let used = found;
  if (!(await decodeAll(blob, found, name, progress, taker))) {
    if (asked !== null) throw await badBytes(blob, name, `text in ${NAMES[found]}, as data.encoding says`);
    await requireLatin1(blob, name);
    used = 'windows-1252';
    taker.restart();
    await decodeAll(blob, used, name, progress, taker);
  }
  return used === 'utf-8' ? [] : [await encodingNote(blob, used, asked !== null)];
}

/** The whole text of a file, decoded as by `readPieces`. */
export async function readText(
  blob: Blob,
  name: string,
  progress: ProgressSink,
  encoding: LayoutSettings['encoding'] = 'auto',
): Promise<{ text: string; notes: Note[] }> {
  let text = '';
  const taker: PieceTaker = {
    take: (piece) => {
      text += piece;
      return true;
    },
    restart: () => {
      text = '';
    },
  };
  const notes = await readPieces(blob, name, progress, encoding, taker);
  return { text, notes };
}

const ENCODINGS = { 'utf-8': 'utf-8', 'utf-16': 'utf-16', 'latin-1': 'windows-1252' } as const;

/** UTF-16 by its byte order mark, or by zeros in every second byte; null for other text. */
function utf16Of(head: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const sample = head.subarray(0, Math.min(SAMPLE_BYTES, head.length - (head.length % 2)));
  const zeros = [0, 0];
  for (const [i, byte] of sample.entries()) if (byte === 0) zeros[i % 2] = (zeros[i % 2] as number) + 1;
  const [even = 0, odd = 0] = zeros;
  const most = sample.length * 0.3;
  if (odd > most && even === 0) return 'utf-16le';
  return even > most && odd === 0 ? 'utf-16be' : null;
}

/** The characters of Windows-1252 from byte 0x80 on. https://encoding.spec.whatwg.org/index-windows-1252.txt */
const WINDOWS_SIGNS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** Some versions of Node.js decode a text at once as ISO 8859-1, where these bytes are control characters. */
const asWindows = (text: string) =>
  text.replace(/[\u0080-\u009f]/g, (sign) => WINDOWS_SIGNS[sign.charCodeAt(0) - 0x80] as string);

/** False if the bytes do not fit the encoding. */
async function decodeAll(
  blob: Blob,
  encoding: Encoding,
  name: string,
  progress: ProgressSink,
  { take }: PieceTaker,
): Promise<boolean> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let heldBack = '';
  let at = 0;
  do {
    const bytes = await sliceOf(blob, at, at + SLICE_BYTES, name);
    const isLast = at + SLICE_BYTES >= blob.size;
    let text: string;
    try {
      const decoded = decoder.decode(bytes, { stream: !isLast });
      text = heldBack + (encoding === 'windows-1252' ? asWindows(decoded) : decoded);
    } catch {
      return false;
    }
    if (text.includes('\0')) throw await nulByte(blob, encoding, name);
    // A line feed may follow in the next piece.
    heldBack = !isLast && text.endsWith('\r') ? '\r' : '';
    if (heldBack) text = text.slice(0, -1);
    if (!take(text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text, isLast)) return true;
    await progress(Math.min(1, (at + SLICE_BYTES) / blob.size), 'reading the file');
    at += SLICE_BYTES;
  } while (at < blob.size);
  return true;
}

/** @throws WorkbenchError (file) if the file cannot be read any more */
export async function sliceOf(blob: Blob, from: number, to: number, name: string): Promise<ArrayBuffer> {
  try {
    return await blob.slice(from, to).arrayBuffer();
  } catch (error) {
    const remedy = 'It may have been moved or changed since it was chosen: choose it again.';
    throw refuse(name, 'a file that can be read', (error as Error).message, remedy);
  }
}

/** Length of a UTF-8 character by its first byte; 0 for a byte that begins none. */
const lengthOf = (byte: number) =>
  byte < 0x80 ? 1 : byte < 0xc2 ? 0 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : byte < 0xf5 ? 4 : 0;

interface BadByte {
  byte: number;
  /** Position from the start of the file, counted from 0. */
  offset: number;
  line: number;
  /** Number of non-ASCII UTF-8 characters before it. */
  charactersBefore: number;
  /** The file ends within a character that it begins. */
  isAtEnd: boolean;
}

function firstBadByte(bytes: Uint8Array): BadByte | null {
  let [line, charactersBefore] = [1, 0];
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] as number;
    const length = lengthOf(byte);
    let fits = length > 0;
    for (let k = 1; k < length; k++) fits &&= ((bytes[at + k] ?? 0) & 0xc0) === 0x80;
    if (!fits) {
      const rest = bytes.subarray(at + 1);
      const isAtEnd = rest.length + 1 < length && rest.every((next) => (next & 0xc0) === 0x80);
      return { byte, offset: at, line, charactersBefore, isAtEnd };
    }
    if (byte === 10 || (byte === 13 && bytes[at + 1] !== 10)) line++;
    if (length > 1) charactersBefore++;
    at += length;
  }
  return null;
}

const hex = (byte: number) => `0x${byte.toString(16).padStart(2, '0')}`;

async function badBytes(blob: Blob, name: string, expected: string) {
  const bad = firstBadByte(new Uint8Array(await blob.arrayBuffer()));
  const place = bad ? `${name}, line ${bad.line}` : name;
  const got = bad ? `byte ${hex(bad.byte)} at position ${plain(bad.offset + 1)}` : 'bytes that are not';
  const remedy =
    'Export the table as CSV in UTF-8; or set data.encoding to latin-1 if it was written by an older program.';
  return refuse(place, expected, got, remedy);
}

/** Bytes without a character in Windows-1252, and control characters that text does not contain. */
const UNDEFINED = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);

/** Refuses text with valid UTF-8 characters or control characters in it, which is not Windows-1252. */
async function requireLatin1(blob: Blob, name: string): Promise<void> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const bad = firstBadByte(bytes);
  const isBinary = bytes.some((byte) => byte < 9 || UNDEFINED.has(byte));
  if (isBinary || !bad || bad.charactersBefore > 0 || bad.isAtEnd)
    throw await badBytes(blob, name, 'text in UTF-8');
}

async function encodingNote(blob: Blob, encoding: Encoding, isAsked: boolean): Promise<Note> {
  if (encoding !== 'windows-1252' || isAsked)
    return { code: 'encoding', text: `The file is read as ${NAMES[encoding]}.` };
  const bad = firstBadByte(new Uint8Array(await blob.arrayBuffer()));
  return {
    code: 'encoding-guessed',
    text: `The file is no UTF-8 (byte ${hex(bad?.byte ?? 0)} at position ${plain((bad?.offset ?? 0) + 1)}, line ${bad?.line}), and is read as ${NAMES[encoding]}. If letters look wrong, export it in UTF-8.`,
  };
}

async function nulByte(blob: Blob, encoding: Encoding, name: string) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const decoder = new TextDecoder(encoding);
  // In UTF-16 half of the letters have a byte of 0.
  const isWide = encoding.startsWith('utf-16');
  const text = decoder.decode(isWide ? bytes : bytes.subarray(0, bytes.indexOf(0)));
  const at = isWide ? text.indexOf('\0') : text.length;
  let count = 0;
  if (isWide) count = countOf(text, '\0');
  else for (let i = 0; i < bytes.length; i++) if (bytes[i] === 0) count++;
  const [feeds, returns, both] = ['\n', '\r', '\r\n'].map((end) => countOf(text, end, at)) as [
    number,
    number,
    number,
  ];
  return refuse(
    `${name}, line ${1 + feeds + returns - both}`,
    'a text file',
    `binary data: a NUL byte, the first of ${plain(count)}, behind ${plain(at)} characters`,
    'Export the table as CSV, or remove these bytes.',
  );
}
