import { describe, expect, it } from 'vitest';
import { formatDuration } from './durations.ts';

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
