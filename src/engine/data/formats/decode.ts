// Bytes of a text file into text with one kind of line end.
import { WorkbenchError } from '../../core/errors.ts';
import { FILE_LIMITS } from './format.ts';

export const refuse = (path: string, expected: string, got: string, remedy: string) =>
  WorkbenchError.of('file', { path, expected, got, remedy });

/**
 * The text of a UTF-8 file, without its byte order mark. Line ends become line feeds, also where CRLF, LF and CR are
 * mixed in one file and inside quoted cells, so that lines count as in an editor.
 * @throws WorkbenchError (file)
 */
export function decode(bytes: Uint8Array, name: string): string {
  if (bytes.length > FILE_LIMITS.bytes) {
    const mebibytes = (n: number) => `${(n / 2 ** 20).toFixed(0)} MiB`;
    throw refuse(
      name,
      `at most ${mebibytes(FILE_LIMITS.bytes)}`,
      mebibytes(bytes.length),
      'Use a part of the rows.',
    );
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse(name, 'text in UTF-8', 'bytes that are not', 'Export the table as CSV in UTF-8.');
  }
  if (text.includes('\0')) throw refuse(name, 'a text file', 'binary data', 'Export the table as CSV.');
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}
