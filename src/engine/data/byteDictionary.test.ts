import { describe, expect, it } from 'vitest';
import { ByteDictionary } from './byteDictionary.ts';

const encoder = new TextEncoder();

function numbersOf(dictionary: ByteDictionary, cells: readonly string[]): number[] {
  return cells.map((cell) => {
    const bytes = encoder.encode(`,${cell},`);
    return dictionary.codeOf(bytes, 1, bytes.length - 1);
  });
}

function expected(cells: readonly string[]) {
  const texts = [...new Set(cells)];
  const codeOf = new Map(texts.map((text, i) => [text, i]));
  return { texts, codes: cells.map((cell) => codeOf.get(cell)) };
}

/** Words whose FNV-1a hash has one end, so that they have one place in a table of up to 2^10. */
function* wordsOfOnePlace(): Generator<string> {
  for (let i = 0; ; i++) {
    const word = i.toString(36);
    let hash = 0x811c9dc5;
    for (const byte of encoder.encode(word)) hash = Math.imul(hash ^ byte, 0x01000193);
    if (((hash ^ (hash >>> 15)) & 0x3ff) === 0) yield word;
  }
}

describe('byte dictionary', () => {
  it('numbers cells in the order of their first appearance', () => {
    const cells = Array.from(
      { length: 20_000 },
      (_, i) => ['', 'ä', `${i % 3000}`, `x${i}`][i % 4] as string,
    );
    const dictionary = new ByteDictionary();
    const codes = numbersOf(dictionary, cells);
    expect({ texts: dictionary.texts(), codes }).toEqual(expected(cells));
    expect(dictionary.isCrowded).toBe(false);
  });

  it('keeps texts where cells are made to have one place', () => {
    const words: string[] = [];
    for (const word of wordsOfOnePlace()) if (words.push(word) === 300) break;
    const cells = [...words, 'é', ...words.toReversed(), 'é', 'last'];
    const dictionary = new ByteDictionary();
    const codes = numbersOf(dictionary, cells);
    expect({ texts: dictionary.texts(), codes }).toEqual(expected(cells));
    expect(dictionary.isCrowded).toBe(true);
    expect(dictionary.size).toBe(words.length + 2);
  });
});
