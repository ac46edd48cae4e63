import { encode } from 'uqr';
import { expect, test } from 'vitest';
import { squaresOf } from './squares.ts';

test('dark squares that touch in a row are one rectangle', () => {
  const rows = [
    [true, true, false],
    [false, false, false],
    [true, false, true],
  ];
  expect(squaresOf(rows)).toEqual({ size: 3, path: 'M0 0h2v1h-2zM0 2h1v1h-1zM2 2h1v1h-1z' });
});

test('the code of a link has its three finders and a quiet border', () => {
  const { data } = encode('https://example.org/#v=1', { ecc: 'L', border: 4 });
  const { size, path } = squaresOf(data);
  expect(size).toBe(data.length);
  const top = path.match(/M\d+ 4h7/g);
  expect(top).toEqual(['M4 4h7', `M${size - 11} 4h7`]);
  expect(path).toContain(`M4 ${size - 5}h7`);
  expect(path).not.toMatch(/M\d+ [0-3]h/);
});
