import { describe, expect, it } from 'vitest';
import { formatDuration, formatElapsed } from './durations.ts';

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
