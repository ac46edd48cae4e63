import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packMask, unpackMask } from './packedMask.ts';

const grid = (size: number): fc.Arbitrary<string> =>
  fc
    .array(fc.string({ unit: fc.constantFrom('.', 'x'), minLength: size, maxLength: size }), {
      minLength: size,
      maxLength: size,
    })
    .map((lines) => lines.join('/'));
/** A mask of any size with exceptions for blocks and heads. */
const mask = fc
  .integer({ min: 1, max: 40 })
  .chain((size) =>
    fc
      .tuple(
        grid(size),
        fc.array(fc.tuple(fc.constantFrom('0', '1', '0.1', '12.3'), grid(size)), { maxLength: 3 }),
      )
      .map(([everywhere, places]) => [everywhere, ...places.map(([place, g]) => `${place}:${g}`)].join('@')),
  );
/** Texts that are nearly a mask, or nearly a packed one. */
const nearly = fc.oneof(
  fc.string({ unit: fc.constantFrom('.', 'x', '/', '@', '_', '0', '1', ':', 'A', '\n'), maxLength: 400 }),
  fc.tuple(mask, fc.string({ maxLength: 3 })).map(([text, end]) => text + end),
  mask.map((text) => packMask(text)),
);

describe('a packed mask', () => {
  it('comes back as it was, and so does any other text', () => {
    fc.assert(
      fc.property(fc.oneof(mask, nearly), (text) => {
        expect(unpackMask(packMask(text))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('is a sixth of the text, in letters that a link leaves as they are', () => {
    fc.assert(
      fc.property(mask, (text) => {
        const packed = packMask(text);
        if (text.length <= 256) expect(packed).toBe(text);
        else {
          expect(packed.length).toBeLessThan(text.length / 6 + 40);
          expect(packed).toMatch(/^[\w.:@-]+$/);
        }
      }),
    );
  });

  it('that is damaged stays as it is, for the check of masks to name it', () => {
    for (const text of ['_3.A', '_3.AAA', '_0.', '_9999.AA', '_2.A@x', '_', '_3.A*'])
      expect(unpackMask(text)).toBe(text);
    expect(unpackMask('_3.AA')).toBe('.../.../...');
  });
});
