import { expect, it } from 'vitest';
import { toNpy } from './npy.ts';

const text = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes);

it('is what numpy.save writes', () => {
  const bytes = toNpy({ values: [1, -2.5, Number.NaN, 0, Number.NEGATIVE_INFINITY, 6], shape: [2, 3] });
  expect([...bytes.subarray(0, 10)]).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
  expect(text(bytes.subarray(10, 128))).toBe(`${header.padEnd(117)}\n`);
  expect(bytes).toHaveLength(128 + 24);
  // The bytes of numpy.array([[1, -2.5, nan], [0, -inf, 6]], "<f4").
  expect(Buffer.from(bytes.subarray(128)).toString('hex')).toBe(
    '0000803f' + '000020c0' + '0000c07f' + '00000000' + '000080ff' + '0000c040',
  );
});

it.each([
  [[], 1, '()'],
  [[3], 3, '(3,)'],
  [[2, 0], 0, '(2, 0)'],
  [[1, 2, 2], 4, '(1, 2, 2)'],
])('writes the shape %j', (shape, size, tuple) => {
  const bytes = toNpy({ values: new Float64Array(size), shape });
  const start = 10 + new DataView(bytes.buffer).getUint16(8, true);
  expect(start % 64).toBe(0);
  expect(text(bytes.subarray(10, start))).toContain(`'shape': ${tuple}, }`);
  expect(bytes).toHaveLength(start + 4 * size);
});

it('refuses values that do not fill the shape', () => {
  expect(() => toNpy({ values: [1], shape: [2] })).toThrow('expected 2 values for [2], got 1');
});
