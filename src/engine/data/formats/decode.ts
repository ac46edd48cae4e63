// A file of text, read in slices, as text with one kind of line end.
import type { ProgressSink } from '../progress.ts';
import { FILE_LIMITS } from './format.ts';
import { refuse } from './limits.ts';

/** Bytes between two reports of progress. */
const SLICE_BYTES = 8 * 2 ** 20;

/**
 * The text of a UTF-8 file, without its byte order mark. Line ends become line feeds, also where CRLF, LF and CR are
 * mixed in one file and inside quoted cells, so that lines count as in an editor.
 * @throws WorkbenchError (file)
 */
export async function readText(blob: Blob, name: string, progress: ProgressSink): Promise<string> {
  if (blob.size > FILE_LIMITS.bytes) {
    const mebibytes = (n: number) => `${(n / 2 ** 20).toFixed(0)} MiB`;
    throw refuse(
      name,
      `at most ${mebibytes(FILE_LIMITS.bytes)}`,
      mebibytes(blob.size),
      'Use a part of the rows.',
    );
  }
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  for (let at = 0; at < blob.size; at += SLICE_BYTES) {
    const bytes = await sliceOf(blob, at, name);
    text += decode(decoder, bytes, at + SLICE_BYTES < blob.size, name);
    await progress(Math.min(1, (at + SLICE_BYTES) / blob.size), 'reading the file');
  }
  if (text.includes('\0')) throw refuse(name, 'a text file', 'binary data', 'Export the table as CSV.');
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

async function sliceOf(blob: Blob, at: number, name: string): Promise<ArrayBuffer> {
  try {
    return await blob.slice(at, at + SLICE_BYTES).arrayBuffer();
  } catch (error) {
    const remedy = 'It may have been moved or changed since it was chosen: choose it again.';
    throw refuse(name, 'a file that can be read', (error as Error).message, remedy);
  }
}

function decode(decoder: TextDecoder, bytes: ArrayBuffer, stream: boolean, name: string): string {
  try {
    return decoder.decode(bytes, { stream });
  } catch {
    throw refuse(name, 'text in UTF-8', 'bytes that are not', 'Export the table as CSV in UTF-8.');
  }
}
