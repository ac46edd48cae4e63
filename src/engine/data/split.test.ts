import { describe, expect, it } from 'vitest';
import { checkSplit, splitSizes } from './split.ts';

const fractions = { trainFraction: 0.5, validationFraction: 0.25, seed: 0 };

describe('sizes of splits', () => {
  it('round training and validation, and leave the rest to test', () => {
    expect(splitSizes(11, fractions)).toEqual({ train: 6, validation: 3, test: 2 });
    expect(splitSizes(9, fractions)).toEqual({ train: 5, validation: 2, test: 2 });
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
