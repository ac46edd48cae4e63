import { describe, expect, it } from 'vitest';
import {
  capitalised,
  formatCompact,
  formatCount,
  formatExponent,
  formatFixed,
  formatLoss,
  formatPercent,
  formatPower,
  formatShort,
  formatSigned,
  formatTick,
  humanise,
  inSentence,
  listNames,
  plural,
  shortTaskLabel,
  taskLabel,
} from './format.ts';

describe('numbers', () => {
  it('has a true minus and thousands commas', () => {
    expect(formatFixed(-1234567.891, 2)).toBe('−1,234,567.89');
    expect(formatFixed(999, 0)).toBe('999');
    expect(formatCount(12800)).toBe('12,800');
  });
  it('names what is not finite', () => {
    expect(formatFixed(Number.NaN, 2)).toBe('undefined');
    expect(formatFixed(-Infinity, 2)).toBe('−∞');
    expect(formatPercent(Number.NaN)).toBe('undefined');
  });
  it('signs both ways, and zero not at all', () => {
    expect(formatSigned(1.659, 2)).toBe('+1.66');
    expect(formatSigned(-2.005, 1)).toBe('−2.0');
    expect(formatSigned(0.001, 2)).toBe('0.00');
    expect(formatSigned(-0.001, 2)).toBe('0.00');
    expect(formatPercent(-2.01)).toBe('−2.01\u00a0%');
  });
  it.each([
    [0, '0'],
    [0.01634, '0.0163'],
    [1.2e-7, '1.2e-7'],
    [-3e-9, '−3e-9'],
    [0.424, '0.4240'],
    [5.8, '5.800'],
    [449, '449.0'],
    [18_000_000, '1.8e+7'],
    [Number.NaN, 'undefined'],
  ])('compact %d', (value, text) => {
    expect(formatCompact(value)).toBe(text);
  });
  it('has a short form for captions', () => {
    expect([0.01634, 1.8412, 54.35, 735.2, 1e-7, 2.2e6].map(formatShort)).toEqual([
      '0.016',
      '1.84',
      '54.4',
      '735',
      '1e-7',
      '2.2e+6',
    ]);
  });
  it('writes powers of ten for axes', () => {
    expect([1e-3, 0.1, 1, 100, 1e4, 1e7].map(formatPower)).toEqual(['1e-3', '0.1', '1', '100', '1e4', '1e7']);
  });
  it('writes exponents short', () => {
    expect(formatExponent(5e-4)).toBe('5e-4');
    expect(formatExponent(620_000)).toBe('6.2e+5');
  });
  it('gives ticks the decimals of their step', () => {
    expect(formatTick(0.25, 0.25)).toBe('0.25');
    expect(formatTick(1, 0.5)).toBe('1.0');
    expect(formatTick(0.2, 0.1)).toBe('0.2');
    expect(formatTick(3000, 500)).toBe('3,000');
    expect(formatTick(2e7, 1e7)).toBe('2e+7');
    expect(formatTick(2e-6, 1e-6)).toBe('2e-6');
  });
});

describe('names', () => {
  it('turns ids into words', () => {
    expect(humanise('explained-variance')).toBe('Explained variance');
    expect(humanise('auroc')).toBe('AUROC');
    expect(humanise('log-loss')).toBe('Log loss');
    expect(humanise('R2')).toBe('R²');
    expect(inSentence('Explained variance')).toBe('explained variance');
    expect(inSentence('AUROC')).toBe('AUROC');
    expect(['loss of rows', '', 'öl', '𝒶 b'].map(capitalised)).toEqual(['Loss of rows', '', 'Öl', '𝒶 b']);
  });
  it('labels numbered tasks and leaves other names alone', () => {
    expect(taskLabel('task12')).toBe('Task 12');
    expect(shortTaskLabel('task_3')).toBe('T3');
    expect(shortTaskLabel('species')).toBe('species');
    expect(taskLabel('taskforce 3')).toBe('taskforce 3');
    expect(taskLabel('דרגה')).toBe('\u2068דרגה\u2069');
  });
  it('lists and counts', () => {
    expect(listNames(['a'])).toBe('a');
    expect(listNames(['a', 'b'])).toBe('a and b');
    expect(listNames(['a', 'b', 'c', 'd', 'e'])).toBe('a, b and 3 more');
    expect(plural(1, 'seed')).toBe('1 seed');
    expect(plural(1200, 'row')).toBe('1,200 rows');
  });
});

it('calls a loss NaN only where a run failed', () => {
  expect(formatLoss(0.412, false)).toBe('0.412');
  expect(formatLoss(Number.NaN, false)).toBe('–');
  expect(formatLoss(Number.NaN, true)).toBe('NaN');
});
