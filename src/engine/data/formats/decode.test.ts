import { expect, it } from 'vitest';
import { UNWATCHED } from '../progress.ts';
import { readText } from './decode.ts';

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
const read = (bytes: BlobPart, encoding?: 'latin-1' | 'utf-8') =>
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

it('refuses UTF-8 with single bytes that are none, unless asked to read it as Latin-1', async () => {
  const mixed = latin1('\u00c3\u00a9,\u00e9\n');
  await expect(read(mixed)).rejects.toThrow(/line 1: expected text in UTF-8, got byte 0xe9 at position 4/);
  expect((await read(mixed, 'latin-1')).text).toBe('Ã©,é\n');
});

it('names the line of a NUL byte', async () => {
  await expect(read('a,b\r\n1,2\n3,\0\n')).rejects.toThrow(
    /t\.csv, line 3: expected a text file, got binary data/,
  );
});
