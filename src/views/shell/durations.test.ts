import { describe, expect, it } from 'vitest';
import { formatDuration, formatElapsed, formatRough } from './durations.ts';

describe('formatDuration', () => {
  it('uses the two largest units', () => {
    expect([0.4, 36, 136, 3900, Number.NaN].map(formatDuration)).toEqual([
      '0 s',
      '36 s',
      '2 min 16 s',
      '1 h 5 min',
      '…',
    ]);
  });
});

describe('formatElapsed', () => {
  it('has a decimal below ten seconds', () => {
    expect([40, 8_240, 9_990, 75_000].map(formatElapsed)).toEqual(['0.0 s', '8.2 s', '10 s', '1 min 15 s']);
  });
});

describe('formatRough', () => {
  it('has one unit, and never a full one of the next', () => {
    expect([1, 33, 57.4, 57.5, 150, 3569, 3570, 9000].map(formatRough)).toEqual([
      '5 s',
      '35 s',
      '55 s',
      '1 min',
      '3 min',
      '59 min',
      '1 h',
      '3 h',
    ]);
  });
});
