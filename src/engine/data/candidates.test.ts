// How settings transform numeric features: imputation of missing values, missing indicators, log scale.
import { describe, expect, it } from 'vitest';
import { defaultsOf, type Params } from '../config/params.ts';
import { formatIssue } from '../core/errors.ts';
import { tableSource } from './tableSource.ts';
import { generateTable, issuesOf, textInput } from './testing/files.ts';

/** x is 1, 2, 4, ... 2^9 and missing in every tenth row; y needs no scaling. */
const file = textInput(
  `x,z,y\n${Array.from({ length: 100 }, (_, i) => [i % 10 === 9 ? '' : 2 ** (i % 10), i % 7, (i * 3) % 13].join(',')).join('\n')}`,
);
const request = (data: Params) => ({
  data: {
    ...defaultsOf(tableSource.dataParams),
    standardiseFeatures: false,
    standardiseTargets: false,
    ...data,
  },
  tasks: { targets: [{ column: 'y', type: 'regression' as const }] },
  file,
});
const medianOf = (values: number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2;
};

describe('a missing number', () => {
  it.each(['mean', 'median'] as const)('is the %s of the training rows', async (missing) => {
    for (const standardiseFeatures of [false, true]) {
      const {
        numeric,
        missing: gaps,
        split,
        notes,
        featureScaling,
      } = await generateTable(request({ missing, standardiseFeatures }));
      const known = Array.from(split.train)
        .filter((row) => row % 10 !== 9)
        .map((row) => 2 ** (row % 10));
      const value = missing === 'mean' ? known.reduce((a, b) => a + b, 0) / known.length : medianOf(known);
      const { mean, scale } = featureScaling[0] as { mean: number; scale: number };
      expect(numeric[0]?.[9]).toBeCloseTo((value - mean) / scale, 4);
      expect(gaps[0]?.[9]).toBe(1);
      expect(notes.map((n) => n.code)).toContain(`missing-replaced-by-${missing}`);
    }
  });

  it('has a category of its own beside the mean', async () => {
    const { features, categorical } = await generateTable(request({ missing: 'indicator' }));
    expect(features.map((f) => [f.name, f.kind, f.categories])).toEqual([
      ['x is missing', 'categorical', ['no', 'yes']],
      ['x', 'numeric', undefined],
      ['z', 'numeric', undefined],
    ]);
    expect(Array.from(categorical[0] ?? []).every((code, row) => code === (row % 10 === 9 ? 1 : 0))).toBe(
      true,
    );
    const without = await generateTable(request({ missing: 'indicator', ignore: 'x' }));
    expect(without.features.map((f) => f.name)).toEqual(['z']);
  });
});

describe('a log scale', () => {
  it('is sign(x) ln(1 + |x|) of the features that are named', async () => {
    const { numeric } = await generateTable(request({ logScale: 'x' }));
    expect(numeric[0]?.[8]).toBeCloseTo(Math.log(257), 5);
    expect(numeric[1]?.[8]).toBe(1);
  });

  it.each([
    ['y', /^data\.params\.logScale: expected numeric features out of x, z, got y\./],
    ['"x', /whose quotes do not match/],
  ])('is refused of %s', async (logScale, message) => {
    expect((await issuesOf(request({ logScale }))).map(formatIssue)[0]).toMatch(message);
  });
});
