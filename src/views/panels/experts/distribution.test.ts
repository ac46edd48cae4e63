import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GateUse } from '../../../engine/protocol/experts.ts';
import { BINS, gateColumn, histogram, spreadOf, summarise } from './distribution.ts';
import { anyLayer, gateOf, SMALL_LAYER } from './testing.ts';

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);

describe('histogram', () => {
  it('counts every value once, whatever lies beyond the ends', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true })),
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (values, bins, top) => {
          expect(sum(histogram(values, bins, top))).toBe(values.length);
        },
      ),
    );
  });

  it('puts the ends into the outer bins and leaves out what is not a number', () => {
    expect(Array.from(histogram([0, 0.24, 0.25, 0.5, 1, Number.NaN], 4, 1))).toEqual([2, 1, 1, 1]);
  });
});

describe('summarise', () => {
  it('has quantiles in order, within the values', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (values) => {
        const s = summarise(values);
        expect(s.low).toBe(Math.min(...values));
        expect(s.high).toBe(Math.max(...values));
        const order = [s.low, s.lowerQuartile, s.median, s.upperQuartile, s.high];
        for (let i = 1; i < order.length; i++) {
          expect(order[i] as number).toBeGreaterThanOrEqual((order[i - 1] as number) - 1e-12);
        }
      }),
    );
  });

  it('interpolates between neighbours', () => {
    expect(summarise([4, 1, 2, 3])).toEqual({
      low: 1,
      lowerQuartile: 1.75,
      median: 2.5,
      upperQuartile: 3.25,
      high: 4,
      mean: 2.5,
    });
  });

  it('has no numbers for no values', () => {
    expect(summarise([]).median).toBeNaN();
    expect(summarise([]).mean).toBeNaN();
  });
});

describe('spreadOf', () => {
  it('shows every row of every weighted expert, in the order asked for', () => {
    fc.assert(
      fc.property(anyLayer, (layer) => {
        const order = layer.experts.map((_, i) => layer.experts.length - 1 - i);
        for (const gate of layer.gates) {
          const spread = spreadOf(gate, order);
          expect(spread.experts.map(({ expert }) => expert)).toEqual([...gate.experts].reverse());
          expect(spread.rows).toBe(gate.weights.length / gate.experts.length);
          for (const { counts, summary } of spread.experts) {
            expect(counts).toHaveLength(BINS);
            expect(sum(counts)).toBe(spread.rows);
            expect(Math.max(...counts)).toBeLessThanOrEqual(spread.tallest);
            expect(summary.high).toBeLessThanOrEqual(spread.top + 1e-6);
          }
          // The weights of a row sum to 1, so their means do too.
          expect(sum(spread.experts.map(({ summary }) => summary.mean))).toBeCloseTo(1, 4);
        }
      }),
    );
  });

  it('never ends beyond 1', () => {
    expect(spreadOf(gateOf('a', 0, [0, 1], [0, 1]), [0, 1]).top).toBe(1);
  });

  it('has nothing to show for a gate without rows', () => {
    const empty: GateUse = { ...gateOf('a', 0, [0, 1], [0.5, 0.5]), weights: new Float32Array() };
    expect(spreadOf(empty, [0, 1])).toMatchObject({ rows: 0, tallest: 1 });
  });
});

it('gateColumn reads one expert down the rows', () => {
  const gate = SMALL_LAYER.gates[0] as GateUse;
  expect(Array.from(gateColumn(gate, 1))).toEqual([0.75, 0.5]);
});
