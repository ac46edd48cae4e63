import { expect, it } from 'vitest';
import { UNWATCHED } from '../progress.ts';
import { readText } from './decode.ts';

/** Three bytes, so that a slice of 8 MiB ends within one. */
const SIGN = '€';

it('reads characters that lie across the bounds of slices, and one kind of line end', async () => {
  const text = `\ufeff${SIGN.repeat(3_000_000)}\r\nend`;
  const told: number[] = [];
  const read = await readText(new Blob([text]), 't.csv', async (fraction) => {
    told.push(fraction);
  });
  expect(read === `${SIGN.repeat(3_000_000)}\nend`).toBe(true);
  expect(told).toEqual([expect.closeTo(0.932, 3), 1]);
});

it('refuses a file that ends within a character', async () => {
  const cut = new Blob(['a,b\n', Uint8Array.of(0xe2, 0x82)]);
  await expect(readText(cut, 't.csv', UNWATCHED)).rejects.toThrow(/text in UTF-8/);
});

it('says that a file is gone', async () => {
  const gone = { size: 4, slice: () => ({ arrayBuffer: () => Promise.reject(new Error('not found')) }) };
  await expect(readText(gone as never, 't.csv', UNWATCHED)).rejects.toThrow(
    /^t\.csv: expected a file that can be read, got not found\. It may have been moved or changed/,
  );
});
