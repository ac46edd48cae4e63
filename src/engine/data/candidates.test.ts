// How settings transform numeric features: imputation of missing values, missing indicators, log scale.
import { describe, expect, it } from 'vitest';
import { defaultsOf, type Params } from '../config/params.ts';
import { formatIssue } from '../core/errors.ts';
import { featureCandidates, signedLog, tailOf } from './candidates.ts';
import { parseTable } from './tableFile.ts';
import { dataSettings } from './tableParams.ts';
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

describe('candidates', () => {
  const candidates = async (text: string, data: Params, targets: string[]) => {
    const table = await parseTable(textInput(text));
    const choices = targets.map((column) => ({ column, type: 'regression' as const }));
    return featureCandidates(table, { ...defaultsOf(tableSource.dataParams), ...data }, choices);
  };
  const gaps = 'x,x is missing,word,y,full\n1,2,a,,1\n,3,,2,2\n-3,4,b,3,4\n1,5,b,4,8';

  it('have indicators where numbers are missing, but not of targets, nor of categories', async () => {
    const found = await candidates(gaps, { missing: 'indicator' }, ['y', 'full']);
    expect(found.map(({ name }) => name)).toEqual([
      'x',
      'x is missing (2)',
      'x is missing',
      'word',
      'y',
      'full',
    ]);
    expect(found[1]).toMatchObject({ kind: 'categorical', values: ['no', 'yes'], distinct: 2, missing: 0 });
    expect([...(found[1]?.codes ?? [])]).toEqual([0, 1, 0, 0]);
    expect(found[1]).toMatchObject({ partOf: 'x', isAsked: true, markers: [] });
    expect((await candidates(gaps, { missing: 'mean' }, [])).map(({ name }) => name)).not.toContain(
      'x is missing (2)',
    );
  });

  it('are on a log scale where asked, with the order of their values', async () => {
    const [x, , , , full] = await candidates(gaps, { logScale: 'x,full' }, ['full']);
    const logs = [Math.LN2, Number.NaN, -Math.log(4), Math.LN2];
    expect(Array.from(x?.numbers ?? [], (value) => value.toFixed(9))).toEqual(logs.map((v) => v.toFixed(9)));
    expect([x?.distinct, x?.values.map((value) => Number(value).toFixed(3))]).toEqual([
      2,
      ['-1.386', '0.693'],
    ]);
    expect([...(full?.numbers ?? [])]).toEqual([1, 2, 4, 8]);
    expect([signedLog(0), signedLog(-1), signedLog(Math.E - 1)]).toEqual([0, -Math.LN2, 1]);
  });

  it('cannot be in two lists for tails, and only one is fitted', async () => {
    const data = dataSettings({ ...defaultsOf(tableSource.dataParams), clip: 'x', quantile: 'full' });
    expect(['x', 'full', 'y'].map((name) => tailOf(name, data))).toEqual(['clip', 'quantile', null]);
    expect(tailOf('x', { ...data, clip: '"x' })).toBeNull();
    const [issue] = await issuesOf(request({ logScale: 'x', clip: 'x' }));
    expect(issue).toMatchObject({ path: 'data.params.clip', got: 'x in two' });
  });
});
