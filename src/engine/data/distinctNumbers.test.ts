// Count and smallest values agree with those of a Set, for any numbers.
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { MAX_CLASSES } from './columns.ts';
import { distinctNumbers } from './distinctNumbers.ts';

const bySet = (numbers: Float64Array) => {
  const set = new Set(numbers.filter(Number.isFinite));
  const sorted = [...set].sort((a, b) => a - b);
  return { count: set.size, smallest: sorted.slice(0, MAX_CLASSES) };
};

it('are those of a set', () => {
  const number = fc.oneof(fc.double(), fc.integer({ min: -3, max: 3 }), fc.constantFrom(-0, 0, Number.NaN));
  fc.assert(
    fc.property(fc.array(number, { maxLength: 300 }), (numbers) => {
      const given = Float64Array.from(numbers);
      expect(distinctNumbers(given)).toEqual(bySet(given));
    }),
  );
  const many = Float64Array.from({ length: 3000 }, (_, i) => (i * 7919) % 1999);
  expect(distinctNumbers(many)).toEqual(bySet(many));
  // More than are counted in one table, most of them twice.
  const different = Float64Array.from({ length: 30_000 }, (_, i) =>
    i % 100 === 99
      ? ([Number.NaN, -0, 0, Number.NEGATIVE_INFINITY][(i >> 2) % 4] as number)
      : ((i * 7919) % 20_011) / 7 - 500,
  );
  expect(distinctNumbers(different)).toEqual(bySet(different));
});

/** Whole numbers whose hashes have one end, so that they have one place in a table of up to 2^11. */
function numbersOfOnePlace(count: number): number[] {
  const found: number[] = [];
  const bits = new Uint32Array(2);
  const one = new Float64Array(bits.buffer);
  for (let i = 1; found.length < count; i++) {
    one[0] = i;
    const [low = 0, high = 0] = bits;
    let h = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    if (((h ^ (h >>> 16)) & 0x7ff) === 0) found.push(i);
  }
  return found;
}

it('are sorted where they are made to have one place', () => {
  const numbers = numbersOfOnePlace(700);
  const given = Float64Array.from([Number.NaN, 0, ...numbers.toReversed(), -0, ...numbers, -1]);
  const sort = vi.spyOn(Float64Array.prototype, 'sort');
  const found = distinctNumbers(given);
  const sorted = sort.mock.calls.length;
  sort.mockRestore();
  expect(found).toEqual(bySet(given));
  expect(sorted).toBe(1);
});
