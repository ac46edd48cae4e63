import { describe, expect, it } from 'vitest';
import { record } from '../../../store/testing/fakeRun.ts';
import { lossCsv } from './curvesCsv.ts';
import { lossesOfSeeds, metricOfSeeds, seedsText, shownSeeds } from './seeds.ts';

const score = (value: number) => ({ task: 'y', primary: 'auroc', metrics: { auroc: { value } } });
const epoch = (at: number, value: number) => ({
  ...record(at),
  trainLosses: [value],
  validationLosses: [2 * value],
  validation: [score(value)],
});
/** The second seed ended after one epoch. */
const seeds = [
  { seed: 4, records: [epoch(1, 1), epoch(2, 5)] },
  { seed: 7, records: [epoch(1, 3)] },
];

describe('curves of several seeds', () => {
  it('draw the newest while it trains, and the mean in the end, as long as nothing else is chosen', () => {
    expect(shownSeeds('auto', { status: 'running' }, 3)).toBe('newest');
    expect(shownSeeds('auto', { status: 'finished' }, 3)).toBe('mean');
    expect(shownSeeds('each', { status: 'running' }, 3)).toBe('each');
    expect(shownSeeds('mean', { status: 'finished' }, 1)).toBe('newest');
    expect([seedsText('mean', seeds), seedsText('newest', seeds)]).toEqual(['mean of 2 seeds', 'seed 7']);
  });

  it('are their mean and one standard deviation; where one has ended, those that are left count', () => {
    const { mean, each } = metricOfSeeds(1, seeds);
    const sd = Math.SQRT2;
    expect(mean).toEqual({ steps: [3, 6], values: [[2, 5]], low: [[2 - sd, 5]], high: [[2 + sd, 5]] });
    expect(each.map(({ seed, values }) => [seed, values])).toEqual([
      [4, [[1, 5]]],
      [7, [[3]]],
    ]);
  });

  it('of losses have every seed beside them, which the file has', () => {
    const [only] = lossesOfSeeds(['y'], seeds);
    expect(only?.validation).toMatchObject({ steps: [3, 6], values: [4, 10] });
    expect(only?.training.low?.[0]).toBeCloseTo(2 - Math.SQRT2, 12);
    expect(
      lossCsv(only ? [only] : [])
        .trim()
        .split(/\r?\n/),
    ).toEqual([
      'task,curve,step,loss',
      'y,"training, seed 4",3,1',
      'y,"training, seed 4",6,5',
      'y,"validation, seed 4",3,2',
      'y,"validation, seed 4",6,10',
      'y,"training, seed 7",3,3',
      'y,"validation, seed 7",3,6',
    ]);
  });
});
