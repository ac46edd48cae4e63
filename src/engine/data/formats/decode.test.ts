import { expect, it } from 'vitest';
import { UNWATCHED } from '../progress.ts';
import { readPieces, readText } from './decode.ts';

/** Three bytes long, so that a slice of 8 MiB ends within one. */
const SIGN = '€';

it('reads characters that lie across the bounds of slices, and one kind of line end', async () => {
  const text = `\ufeff${SIGN.repeat(1_000_000)}\r\nend`;
  const told: number[] = [];
  const { text: read, notes } = await readText(new Blob([text]), 't.csv', async (fraction) => {
    told.push(fraction);
  });
  expect(read === `${SIGN.repeat(1_000_000)}\nend`).toBe(true);
  expect(notes).toEqual([]);
  expect(told).toEqual([expect.closeTo(0.699, 3), 1]);
});

it('refuses a file that ends within a character', async () => {
  const cut = new Blob(['a,b\n', Uint8Array.of(0xe2, 0x82)]);
  await expect(readText(cut, 't.csv', UNWATCHED)).rejects.toThrow(
    't.csv, line 2: expected text in UTF-8, got byte 0xe2 at position 5.',
  );
});

it('says that a file is gone', async () => {
  const gone = { size: 4, slice: () => ({ arrayBuffer: () => Promise.reject(new Error('not found')) }) };
  await expect(readText(gone as never, 't.csv', UNWATCHED)).rejects.toThrow(
    /^t\.csv: expected a file that can be read, got not found\. It may have been moved or changed/,
  );
});

const latin1 = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const read = (bytes: BlobPart, encoding?: 'latin-1' | 'utf-8' | 'utf-16') =>
  readText(new Blob([bytes]), 't.csv', UNWATCHED, encoding);

it('reads UTF-16 with a mark and without, and says so', async () => {
  const units = Uint16Array.from('\ufeffa,é\n1,2\n', (c) => c.charCodeAt(0));
  const little = new Uint8Array(units.buffer);
  const big = little.map((_, i) => little[i ^ 1] as number);
  for (const bytes of [little, little.subarray(2), big, big.subarray(2)]) {
    const { text, notes } = await read(bytes.slice());
    expect(text).toBe('a,é\n1,2\n');
    expect(notes[0]).toMatchObject({ code: 'encoding', text: expect.stringMatching(/UTF-16/) });
  }
});

it('reads what is no UTF-8 as Latin-1, with the place of the byte that shows it', async () => {
  const { text, notes } = await read(latin1('a,b\nM\u00fcller,2\n'));
  expect(text).toBe('a,b\nMüller,2\n');
  expect(notes).toEqual([
    {
      code: 'encoding-guessed',
      text: 'The file is no UTF-8 (byte 0xfc at position 6, line 2), and is read as Latin-1 (Windows-1252). If letters look wrong, export it in UTF-8.',
    },
  ]);
  await expect(read(latin1('M\u00fcller'), 'utf-8')).rejects.toThrow(/as data\.encoding says, got byte 0xfc/);
});

it('reads the signs of Windows-1252 that Latin-1 lacks', async () => {
  const { text } = await read(latin1('a\nM\u00fcller\u0092s \u0080\u009f\n'));
  expect(text).toBe('a\nMüller’s €Ÿ\n');
});

it('refuses UTF-8 with single bytes that are none, unless asked to read it as Latin-1', async () => {
  const mixed = latin1('\u00c3\u00a9,\u00e9\n');
  await expect(read(mixed)).rejects.toThrow(/line 1: expected text in UTF-8, got byte 0xe9 at position 4/);
  expect(await read(mixed, 'latin-1')).toEqual({
    text: 'Ã©,é\n',
    notes: [{ code: 'encoding', text: 'The file is read as Latin-1 (Windows-1252).' }],
  });
  // What UTF-8 writes for a control character stays one.
  expect((await read('a\u0085b')).text).toBe('a\u0085b');
});

it('names the line of a NUL byte', async () => {
  await expect(read('a,b\r\n1,2\n3,\0\n')).rejects.toThrow(
    /t\.csv, line 3: expected a text file, got binary data/,
  );
});

/** UTF-16 of a text, little endian unless `isBig`. */
function utf16(text: string, isBig = false): Uint8Array<ArrayBuffer> {
  const little = new Uint8Array(Uint16Array.from(text, (c) => c.charCodeAt(0)).buffer);
  return isBig ? little.map((_, i) => little[i ^ 1] as number) : little;
}

it('trusts a byte order mark even where the letters have no byte of 0, and nothing else then', async () => {
  const greek = '\u03b1,\u03b2\u03b3\u03b4\u03b5\u03b6';
  expect((await read(utf16(`\ufeff${greek}`))).text).toBe(greek);
  expect((await read(utf16(`\ufeff${greek}`, true))).text).toBe(greek);
  expect((await read(utf16(greek), 'utf-16')).text).toBe(greek);
  expect((await read(utf16(`\ufeff${greek}`, true), 'utf-16')).text).toBe(greek);
  // One byte of a mark is a letter of Latin-1.
  for (const first of ['\u00fe\u00fea', '\u00ff\u00ffa', '\u00ffa', '\u00fea', 'a\u00fe', 'a\u00ff'])
    expect(await read(latin1(`${first},b`))).toMatchObject({
      text: `${first},b`,
      notes: [{ code: 'encoding-guessed' }],
    });
});

it('takes a text for UTF-16 where zeros stand in more than three of ten bytes, on one side only', async () => {
  // Of ten bytes three are 0, then four.
  expect((await read(utf16('abc\u0414\u0415')).catch((e) => e)).message).toMatch(
    /a NUL byte, the first of 3, /,
  );
  expect((await read(utf16('abcd\u0415'))).text).toBe('abcd\u0415');
  expect((await read(utf16('abcd\u0415', true))).text).toBe('abcd\u0415');
  expect((await read(utf16('abc\u0414\u0415', true)).catch((e) => e)).message).toMatch(/a NUL byte/);
  const both = utf16('abcdefgh\u4100').slice();
  await expect(read(both)).rejects.toThrow(/binary data: a NUL byte, the first of 9, behind 1 characters/);
  await expect(read(utf16('abcdefgh\u4100', true))).rejects.toThrow(/a NUL byte, the first of 9, /);
  await expect(read(new Blob([utf16('abcd'), '\0']))).rejects.toThrow(
    /^t\.csv: expected text in UTF-8, got /,
  );
  // An odd byte at the end belongs to no unit.
  await expect(read(new Blob([utf16('abcd'), 'x']))).rejects.toThrow(/^t\.csv/);
});

it('counts NUL characters of UTF-16 and says behind which line they are', async () => {
  await expect(read(utf16('\ufeffa,b\r\n1,2\r3,\0\n4,\0\n'))).rejects.toThrow(
    't.csv, line 3: expected a text file, got binary data: a NUL byte, the first of 2, behind 11 characters.',
  );
});

it.each<[string, number[], string]>([
  ['a byte that only goes on', [0x41, 0x80, 0x41], 'byte 0x80 at position 2'],
  ['a first byte that is too long a way to write ASCII', [0x41, 0xc1, 0x81], 'byte 0xc1 at position 2'],
  ['two bytes, the second a letter', [0xc2, 0x41], 'byte 0xc2 at position 1'],
  ['three bytes, the last a letter', [0xe0, 0xa0, 0x41], 'byte 0xe0 at position 1'],
  ['four bytes, the last a letter', [0xf0, 0x90, 0x80, 0x41], 'byte 0xf0 at position 1'],
  ['a first byte beyond Unicode', [0x41, 0xf5, 0x80, 0x80, 0x80], 'byte 0xf5 at position 2'],
  [
    'good characters of every length before',
    [0xc2, 0x80, 0xe0, 0xa0, 0x80, 0xf0, 0x90, 0x80, 0x80, 0xf4, 0x80, 0x80, 0x80, 0xff],
    'byte 0xff at position 14',
  ],
])('names the first byte that is no UTF-8: %s', async (_, bytes, place) => {
  await expect(read(Uint8Array.from(bytes), 'utf-8')).rejects.toThrow(
    `line 1: expected text in UTF-8, as data.encoding says, got ${place}.`,
  );
});

it('counts the lines before such a byte with every kind of line end', async () => {
  await expect(read(latin1('a\nb\r\nc\rd\u00ff'), 'utf-8')).rejects.toThrow('t.csv, line 4: ');
  await expect(read(latin1('a\rb\rc\r\nd\u00ff'), 'utf-8')).rejects.toThrow('t.csv, line 4: ');
});

it('takes no binary data for Latin-1, and a tabulator for none', async () => {
  expect((await read(latin1('a\tb\u00e9\n'))).text).toBe('a\tb\u00e9\n');
  await expect(read(latin1('a\u0008b\u00e9\n'))).rejects.toThrow(/expected text in UTF-8, got byte 0xe9/);
  await expect(read(latin1('a\u0081b\n'))).rejects.toThrow(/expected text in UTF-8, got byte 0x81/);
  // A file may end within a character, but not behind a line end.
  await expect(read(latin1('a,\u00e9'))).rejects.toThrow(/got byte 0xe9 at position 3/);
  expect((await read(latin1('a,\u00e9\n'))).text).toBe('a,\u00e9\n');
  expect((await read(latin1('a,\u0080'))).text).toBe('a,€');
});

it('starts over with what it has, where only a later piece is no UTF-8', async () => {
  const { text, notes } = await readText(
    new Blob(['a'.repeat(2 ** 21), latin1('\u00e9,b\n')]),
    't.csv',
    UNWATCHED,
  );
  expect(text.length).toBe(2 ** 21 + 4);
  expect(notes[0]?.text).toContain('byte 0xe9 at position 2,097,153, line 1');
});

it('has one line end where its two characters lie in different pieces', async () => {
  const piece = 'a'.repeat(2 ** 21 - 1);
  const both = await readText(new Blob([piece, '\r\nb']), 't.csv', UNWATCHED);
  expect(both.text === `${piece}\nb`).toBe(true);
  const one = await readText(new Blob([piece, '\rb']), 't.csv', UNWATCHED);
  expect(one.text === `${piece}\nb`).toBe(true);
});

it('tells of each piece once, the last one too', async () => {
  const told: number[] = [];
  await readText(new Blob(['a'.repeat(2 ** 22)]), 't.csv', async (fraction) => {
    told.push(fraction);
  });
  expect(told).toEqual([0.5, 1]);
});

it('takes a file of the largest size, and refuses a larger one', async () => {
  const taker = { take: () => true, restart: () => {} };
  const within = (bytes: number) =>
    readPieces(new Blob(['a'.repeat(bytes)]), 't.csv', UNWATCHED, 'auto', taker, 10);
  expect(await within(10)).toEqual([]);
  await expect(within(11)).rejects.toThrow(/^t\.csv: expected at most /);
});

it('decides by the first 4,096 bytes whether a text is UTF-16', async () => {
  const text = `${'a'.repeat(2048)}${'\u0414'.repeat(8000)}`;
  expect((await read(utf16(text))).text === text).toBe(true);
  const later = utf16(`${'\u0414'.repeat(2048)}${'a'.repeat(8000)}`);
  await expect(read(later)).rejects.toThrow(/a NUL byte, the first of 8,000, behind 4,097 characters/);
});

it('ends where no more is wanted', async () => {
  const taken: boolean[] = [];
  const take = (_piece: string, isLast: boolean) => {
    taken.push(isLast);
    return false;
  };
  const long = new Blob(['a'.repeat(2 ** 21), 'b']);
  expect(await readPieces(long, 't.csv', UNWATCHED, 'auto', { take, restart: () => {} })).toEqual([]);
  expect(taken).toEqual([false]);
});
