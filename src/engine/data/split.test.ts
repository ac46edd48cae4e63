import { describe, expect, it } from 'vitest';
import { checkSplit, splitSizes, splitSizesWithout } from './split.ts';

const fractions = { trainFraction: 0.5, validationFraction: 0.25, seed: 0 };

describe('sizes of splits', () => {
  it('round training and validation, and leave the rest to test', () => {
    expect(splitSizes(11, fractions)).toEqual({ train: 6, validation: 3, test: 2 });
    expect(splitSizes(9, fractions)).toEqual({ train: 5, validation: 2, test: 2 });
  });

  it('share the rows in their proportion where some splits have files of their own', () => {
    const sizes = (given: Parameters<typeof splitSizesWithout>[0], rows: number) =>
      splitSizesWithout(given, rows, { ...fractions, trainFraction: 0.6, validationFraction: 0.3 });
    // 6 to 3 to 1.
    expect(sizes([], 20)).toEqual({ train: 12, validation: 6, test: 2 });
    expect(sizes(['test'], 18)).toEqual({ train: 12, validation: 6, test: 0 });
    expect(sizes(['validation'], 14)).toEqual({ train: 12, validation: 0, test: 2 });
    expect(sizes(['validation', 'test'], 7)).toEqual({ train: 7, validation: 0, test: 0 });
    const full = { trainFraction: 0.9, validationFraction: 0.3, seed: 0 };
    expect(splitSizesWithout([], 12, full)).toEqual({ train: 9, validation: 3, test: 0 });
  });

  it('are refused below two rows in any split, with the rows of each', () => {
    expect(checkSplit(8, fractions, 'data.params')).toEqual([]);
    const [issue] = checkSplit(7, fractions, 'data.params');
    expect(issue).toMatchObject({
      path: 'data.params.trainFraction',
      expected: 'at least 2 rows in each split',
      got: '4 training, 2 validation, 1 test rows of 7',
    });
  });
});
