import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NumberParam } from '../../engine/config/params.ts';
import { fromSlider, readNumber, readNumbers, resized, toSlider, writeNumber } from './values.ts';

const spec = (changes: Partial<NumberParam>): NumberParam => ({
  kind: 'number',
  key: 'k',
  label: 'K',
  help: '',
  integer: false,
  min: 0,
  max: 1,
  step: 0.05,
  default: 0,
  ...changes,
});

describe('numbers in a box', () => {
  it('reads what people write and refuses the rest', () => {
    expect(['5e-4', '40,000', ' 0.4 ', '−1', '.5'].map(readNumber)).toEqual([5e-4, 40000, 0.4, -1, 0.5]);
    for (const text of ['', 'abc', '1e', '0x10', '1 2']) expect(readNumber(text), text).toBeNull();
  });

  it('takes a comma for thousands only where it stands as one', () => {
    expect(['1,234,567', '−12,000.5'].map(readNumber)).toEqual([1234567, -12000.5]);
    // Read without their commas these would be 5, 1, 15, 1234 and 5e-4.
    for (const text of ['0,5', '0,001', '1,5', '12,34', '5,e-4']) expect(readNumber(text), text).toBeNull();
  });

  it('reads back thousands', () => {
    for (const value of [1000, -40000, 1e6]) expect(readNumber(writeNumber(value))).toBe(value);
  });

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (value) => {
        expect(readNumber(writeNumber(value))).toBeCloseTo(value, 2);
      }),
    );
    expect([40000, 5e-4, 0.4, -0.2].map(writeNumber)).toEqual(['40,000', '5e-4', '0.4', '−0.2']);
  });

  it('reads lists with commas or spaces', () => {
    expect(readNumbers('1, 3  2')).toEqual([1, 3, 2]);
    expect(readNumbers('')).toEqual([]);
    expect(readNumbers('1, x')).toBeNull();
  });
});

describe('a slider', () => {
  it('spans its range, rounded to its step or two digits', () => {
    const linear = spec({ min: -1, max: 1 });
    expect([0, 500, 700, 1000].map((p) => fromSlider(linear, p))).toEqual([-1, 0, 0.4, 1]);
    const rows = spec({ min: 20, max: 1_000_000, scale: 'log', integer: true });
    expect(fromSlider(rows, 0)).toBe(20);
    expect(fromSlider(rows, 1000)).toBe(1_000_000);
    expect(fromSlider(rows, toSlider(rows, 8000))).toBe(8000);
  });
});

it('a matrix for more tasks keeps what was there', () => {
  const matrix = [
    [1, 0.2],
    [0.2, 1],
  ];
  expect(resized(matrix, 3, 0.5)).toEqual([
    [1, 0.2, 0.5],
    [0.2, 1, 0.5],
    [0.5, 0.5, 1],
  ]);
});
