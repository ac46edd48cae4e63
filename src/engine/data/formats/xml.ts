// Reads XML piece by piece, without a tree: a sheet of a million rows never exists as a whole. Names come without their prefixes.
// The parser knows the five entities of XML and numbers only, so that nothing expands.
import { Parser } from 'htmlparser2';
import { clip } from '../../core/errors.ts';
import { refuse } from './limits.ts';

export type Attributes = Readonly<Record<string, string>>;

/** What is told of a document, in its order. */
export interface XmlTaker {
  open(name: string, attributes: Attributes): void;
  text(text: string): void;
  close(name: string): void;
}

/** Elements within each other; those of spreadsheets are some ten deep. */
const MAX_DEPTH = 256;

/** Bytes that are parsed at a time, and after which others have their turn. */
const PIECE = 2 ** 22;

const localName = (name: string): string => {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
};

/** An attribute by its name without prefix, where the one with the prefix is wanted: `r:id`, whatever its prefix. */
export const prefixedAttribute = (attributes: Attributes, name: string): string | undefined =>
  Object.entries(attributes).find(([key]) => key.endsWith(`:${name}`))?.[1];

/**
 * @param parts - the bytes of the document, in UTF-8 or UTF-16
 * @param place - for messages
 * @param onPart - called now and then with the bytes that were read since
 * @throws WorkbenchError (file) where it is no XML, and what the taker throws
 */
export async function readXml(
  parts: AsyncIterable<Uint8Array<ArrayBuffer>>,
  taker: XmlTaker,
  place: string,
  onPart: (bytes: number) => Promise<void> = async () => {},
): Promise<void> {
  const damaged = (got: string) =>
    refuse(
      place,
      'XML that is whole',
      got,
      'It may be cut off or damaged: get it again, or export the table as CSV.',
    );
  let depth = 0;
  let elements = 0;
  let isEnded = false;
  /** Where the last element was opened. */
  let openedAt = -1;
  const parser: Parser = new Parser(
    {
      onopentag(name, attributes) {
        if (++depth > MAX_DEPTH) throw damaged(`more than ${MAX_DEPTH} elements within each other`);
        if (depth === 1 && elements > 0) throw damaged(`a second document, <${clip(name)}>`);
        elements++;
        openedAt = parser.endIndex;
        taker.open(localName(name), attributes);
      },
      onprocessinginstruction(name) {
        // It could define entities; the packages of workbooks forbid it (ECMA-376-2, 8.1.4).
        if (name.toLowerCase() === '!doctype') throw damaged('a document type, which no workbook has');
      },
      ontext: (text) => taker.text(text),
      onclosetag(name, isImplied) {
        // An element that ends where it begins has no end of its own; others are closed by those around them, or by the end of the text.
        if (isImplied && parser.endIndex !== openedAt)
          throw damaged(`<${clip(name)}> without its end${isEnded ? '' : ' before another'}`);
        depth--;
        taker.close(localName(name));
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  let decoder: TextDecoder | null = null;
  const decoded = (bytes?: Uint8Array<ArrayBuffer>): string => {
    try {
      decoder ??= decoderOf(bytes);
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw damaged(`bytes that are no ${decoder?.encoding.toUpperCase() ?? 'text'}`);
    }
  };
  let taken = 0;
  for await (const part of parts) {
    // What is stored without compression comes as one part, which may be longer than a text can be.
    for (let at = 0; at < part.length; at += PIECE) {
      const piece = part.subarray(at, at + PIECE);
      const text = decoded(piece);
      if (text.includes('\0')) throw damaged('a NUL character');
      parser.write(text);
      taken += piece.length;
      if (taken < PIECE) continue;
      await onPart(taken);
      taken = 0;
    }
  }
  parser.write(decoded());
  isEnded = true;
  parser.end();
  if (elements === 0) throw damaged('no element');
}

/** By the byte order mark; spreadsheets are in UTF-8 else. */
function decoderOf([first, second]: Uint8Array = new Uint8Array(0)): TextDecoder {
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding, { fatal: true });
}
