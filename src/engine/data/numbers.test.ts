import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Decimal, infinityOf, isPlainNumber, looksNumeric, numberIn, takeApart } from './numbers.ts';

const read = (text: string, decimal: Decimal) => {
  const parts = takeApart(text);
  return parts && numberIn(parts, decimal);
};

describe('a written number', () => {
  it.each<[string, number | null, number | null]>([
    ['1234', 1234, 1234],
    ['1,234', 1234, 1.234],
    ['1.234', 1.234, 1234],
    ['1,234.5', 1234.5, null],
    ['1.234,5', null, 1234.5],
    ['1,234,567', 1234567, null],
    ['1.234.567', null, 1234567],
    ['12,34,567.5', 1234567.5, null],
    ['1 234,5', null, 1234.5],
    ['1\u00a0234\u202f567', 1234567, 1234567],
    ["1'234.5", 1234.5, null],
    ['1’234,5', null, 1234.5],
    ['0,652', null, 0.652],
    ['0.652', 0.652, null],
    ['1,23', null, 1.23],
    ['1,2345', null, 1.2345],
    ['1,2,3', null, null],
    ['1,234 567', null, null],
    ['1 23', null, null],
    ['.5', 0.5, null],
    [',5', null, 0.5],
    ['5.', 5, null],
    ['.', null, null],
    ['−5', -5, -5],
    ['–1,5', null, -1.5],
    ['+5', 5, 5],
    ['5-', -5, -5],
    ['5.-', null, null],
    ['(1,234)', -1234, -1.234],
    ['(5', null, null],
    ['-(5)', null, null],
    ['--5', null, null],
    ['$1,234.50', 1234.5, null],
    ['-$5', -5, -5],
    ['$-5', -5, -5],
    ['5 €', 5, 5],
    ['EUR 1.234,50', null, 1234.5],
    ['US$ 5', 5, 5],
    ['12 kr', 12, 12],
    ['$5€', null, null],
    ['30.9%', 30.9, null],
    ['30,9 %', null, 30.9],
    ['1e−5', 1e-5, 1e-5],
    ['1.5E+3', 1500, null],
    ['12 kg', null, null],
    ['12:30', null, null],
    ['2020-01-03', null, null],
    ['192.168.1.1', null, null],
    ['0x1F', null, null],
    ['', null, null],
  ])('%s is %s with a point and %s with a comma', (text, point, comma) => {
    expect([read(text, '.'), read(text, ',')]).toEqual([point, comma]);
    expect(looksNumeric(text)).toBe(point !== null || comma !== null);
  });

  it('names its mark and its minus', () => {
    expect(takeApart('−$5')).toMatchObject({ mark: '$', hasOddMinus: true, isNegative: true });
    expect(takeApart('-5%')).toMatchObject({ mark: '%', hasOddMinus: false, isNegative: true });
    expect(takeApart('(5)')).toMatchObject({ mark: '', hasOddMinus: true });
    expect(takeApart('5-')).toMatchObject({ hasOddMinus: true });
    expect(takeApart('+5')).toMatchObject({ hasOddMinus: false, isNegative: false });
  });

  it('is plain with digits, a sign, a point and an exponent only', () => {
    expect(['1', '-1.5', '+.5', '5.', '1e5', '1.5E-3'].every(isPlainNumber)).toBe(true);
    expect(['', '.', '1,5', '1e', 'e5', '0x1', ' 1', '1 ', '1 000', '−1'].some(isPlainNumber)).toBe(false);
  });

  it('may say infinity', () => {
    expect(['inf', 'Infinity', '+Inf', '∞', '1.#INF'].map(infinityOf)).toEqual(Array(5).fill(Infinity));
    expect(['-inf', '−Infinity'].map(infinityOf)).toEqual([-Infinity, -Infinity]);
    expect(['info', 'infinite', '1', ''].map(infinityOf)).toEqual([null, null, null, null]);
    expect(looksNumeric('inf')).toBe(true);
  });

  const grouped = (digits: string, sign: string) => digits.replace(/\B(?=(\d{3})+$)/g, sign);
  const notation = fc.record({
    decimal: fc.constantFrom<Decimal>('.', ','),
    group: fc.constantFrom('', ' ', '\u00a0', '\u202f', "'", '’', 'other'),
    minus: fc.constantFrom('-', '−', '–', '()'),
    mark: fc.constantFrom(['', ''], ['$', ''], ['', ' €'], ['CHF ', ''], ['', '%'], ['', ' %']),
  });

  it('reads back equal in any notation', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -999_999_999_999n, max: 999_999_999_999n }),
        fc.nat(9999),
        notation,
        (whole, fraction, { decimal, group, minus, mark }) => {
          const digits = String(whole).replace('-', '');
          const tail = String(fraction).padStart(4, '0');
          const sign = group === 'other' ? (decimal === '.' ? ',' : '.') : group;
          const body = `${mark[0]}${grouped(digits, sign)}${decimal}${tail}${mark[1]}`;
          const text = whole >= 0n ? body : minus === '()' ? `(${body})` : `${minus}${body}`;
          expect(read(text, decimal)).toBe(Number(`${whole < 0n ? '-' : ''}${digits}.${tail}`));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('reads every plain number as JavaScript does', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = String(value);
        expect(isPlainNumber(text)).toBe(true);
        expect(read(text, '.')).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});
