import { describe, expect, it } from 'vitest';
import {
  countLabelled,
  hasMissingLabels,
  isLabelled,
  labelCountsOf,
  labelledOf,
  MISSING_LABEL,
} from './labels.ts';

const column = Float32Array.of(0, Number.NaN, -1.5, Number.NaN, 4);
const rows = (...of: number[]) => Uint32Array.from(of);

describe('labels', () => {
  it('are missing where they are no number', () => {
    expect([isLabelled(0), isLabelled(Number.NaN)]).toEqual([true, false]);
    expect([hasMissingLabels(column), hasMissingLabels([0, 1]), hasMissingLabels([])]).toEqual([
      true,
      false,
      false,
    ]);
    expect(hasMissingLabels([1, Number.NaN])).toBe(true);
  });

  it('are counted and kept over rows that have one, in their order', () => {
    expect(countLabelled(column, rows(4, 1, 2, 3, 0))).toBe(3);
    expect(countLabelled(column, rows(4, 1, 2, 3, 0), 1, 3)).toBe(1);
    expect(countLabelled(column, rows(4, 0), 1, 1)).toBe(0);
    expect([...labelledOf(column, rows(4, 1, 2, 3, 0))]).toEqual([4, 2, 0]);
    const all = rows(4, 2);
    expect(labelledOf(column, all)).toBe(all);
  });

  it('are counted per task and split', () => {
    const split = { train: rows(0, 1), validation: rows(2, 4), test: rows(3) };
    const whole = Float32Array.of(1, 2, 3, 4, 5);
    expect(labelCountsOf({ targets: [column, whole], split })).toEqual([
      { train: 1, validation: 2, test: 0 },
      { train: 2, validation: 2, test: 1 },
    ]);
  });

  it('that are missing in a batch are the lowest float32', () => {
    expect(Math.fround(MISSING_LABEL)).toBe(MISSING_LABEL);
    expect(Number.isFinite(Math.fround(MISSING_LABEL * (1 + 2 ** -23)))).toBe(false);
  });
});
