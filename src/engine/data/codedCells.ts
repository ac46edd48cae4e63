// The distinct texts of a column and which of them each row has, so that what a text is read as is found once and not per row.
import { ByteDictionary } from './byteDictionary.ts';
import { CELL_END, partsOf, type TextColumn } from './formats/format.ts';

export interface CodedCells {
  /** Distinct trimmed texts, in the order of their first appearance. */
  texts: readonly string[];
  /** Index into `texts` per row. */
  codes: Int32Array;
  /** Per text: how many rows have it, and the first of them. */
  counts: Int32Array;
  firstRows: Int32Array;
  /** Number of cells that had blanks at their ends. */
  padded: number;
}

export function codedCells(column: TextColumn): CodedCells {
  const codes = new Int32Array(column.rows);
  const packed = column.packed?.();
  const { texts, padded } = packed ? codePacked(packed, codes) : codeTexts(column, codes);
  const counts = new Int32Array(texts.length);
  const firstRows = new Int32Array(texts.length);
  for (let row = codes.length - 1; row >= 0; row--) {
    const code = codes[row] as number;
    counts[code] = (counts[code] as number) + 1;
    firstRows[code] = row;
  }
  return { texts, codes, counts, firstRows, padded };
}

type Found = Pick<CodedCells, 'texts' | 'padded'>;

function codeTexts(column: TextColumn, codes: Int32Array): Found {
  const codeOf = new Map<string, number>();
  let row = 0;
  for (const part of partsOf(column)) for (const cell of part) codes[row++] = numbered(cell, codeOf);
  return { texts: [...codeOf.keys()], padded: column.padded };
}

function codePacked(packed: Iterable<Uint8Array>, codes: Int32Array): Found {
  const dictionary = new ByteDictionary();
  let row = 0;
  for (const bytes of packed)
    for (let from = 0; from < bytes.length; from++) {
      const start = from;
      while (bytes[from] !== CELL_END) from++;
      codes[row++] = dictionary.codeOf(bytes, start, from);
    }
  const texts = dictionary.texts();
  const trimmed = texts.map((text) => text.trim());
  if (trimmed.every((text, i) => text.length === texts[i]?.length)) return { texts, padded: 0 };
  // Texts that differ only in blanks at their ends are one.
  const codeOf = new Map<string, number>();
  const codeOfTrimmed = Int32Array.from(trimmed, (text) => numbered(text, codeOf));
  let padded = 0;
  for (row = 0; row < codes.length; row++) {
    const code = codes[row] as number;
    if (trimmed[code]?.length !== texts[code]?.length) padded++;
    codes[row] = codeOfTrimmed[code] as number;
  }
  return { texts: [...codeOf.keys()], padded };
}

/** The number of a text; that of the texts so far where it is new. */
function numbered(text: string, codeOf: Map<string, number>): number {
  const code = codeOf.get(text) ?? codeOf.size;
  if (code === codeOf.size) codeOf.set(text, code);
  return code;
}
