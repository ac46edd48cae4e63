import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CostRow } from '../../../engine/protocol/cost.ts';
import { costsCsv, durations, formatBytes, formatScaled, formatSeconds } from './costs.ts';

const row: CostRow = {
  role: 'model',
  id: 'mmoe',
  label: 'MMoE',
  params: {},
  singleTask: false,
  parameters: 1200,
  flopsPerRow: 4000,
  parameterBytes: 24000,
  stepsPerEpoch: 10,
  epochs: 4,
  issues: [],
};

describe('numbers of the cost table', () => {
  it('are told in three digits', () => {
    expect([0, 7, 999, 999.6, 1234, 99_960, 1_234_567, 12_345_678, 5e9].map(formatScaled)).toEqual([
      '0',
      '7',
      '999',
      '1.00 k',
      '1.23 k',
      '100 k',
      '1.23 M',
      '12.3 M',
      '5.00 G',
    ]);
    expect([12, 24_000, 1.5e6].map(formatBytes)).toEqual(['12 B', '24.0 kB', '1.50 MB']);
  });

  it('grow with what they tell', () => {
    const value = (text: string) =>
      Number.parseFloat(text) * 1000 ** ['', 'k', 'M', 'G', 'T'].indexOf(text.split(' ')[1] ?? '');
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e14, noNaN: true }), (x) => {
        expect(Math.abs(value(formatScaled(x)) / x - 1)).toBeLessThan(x < 100 ? 0.51 : 0.0051);
      }),
    );
  });

  it('tell durations in the units of the page', () => {
    expect([0.0012, 0.0123, 0.9996, 9.4, 42.4, 59.6, 83, 3725].map(formatSeconds)).toEqual([
      '1.2 ms',
      '12 ms',
      '1.0 s',
      '9.4 s',
      '42 s',
      '1 min 0 s',
      '1 min 23 s',
      '1 h 2 min',
    ]);
  });

  it('multiply up to an epoch and a seed, or to nothing', () => {
    const cost = { stepMs: 50, launches: 30, peakBytes: 1000, skipped: null };
    expect(durations(row, cost)).toEqual({ epoch: 0.5, seed: 2 });
    expect(durations(row, { ...cost, stepMs: null })).toBeNull();
    expect(durations(row, undefined)).toBeNull();
  });

  it('leave cells of the CSV empty where nothing is known', () => {
    const text = costsCsv([{ ...row, parameters: null }], () => undefined, 128);
    expect(text.trim().split('\r\n')[1]).toBe('MMoE,mmoe,model,128,,4000,24000,,,,,');
  });
});
