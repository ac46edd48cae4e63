import { expect, it } from 'vitest';
import { catalog } from '../../../engine/catalog.ts';
import { NO_LABELS } from '../../../store/runEntry.ts';
import {
  architectureOf,
  type ListChoice,
  listed,
  NEWEST_FIRST,
  runsCsv,
  sizeText,
  tagsOf,
  whyNoGain,
} from './runList.ts';
import { entry, experiment, modelSummary } from './testing.ts';

const entries = [
  entry(1, { labels: { ...NO_LABELS, name: 'wide', tags: ['paper'], isStarred: true } }),
  entry(2, { networks: [], status: 'failed' }),
  entry(10, { networks: [modelSummary([-3, Number.NaN])] }),
];
const numbers = (choice: Partial<ListChoice>) =>
  listed(entries, { ...NEWEST_FIRST, ...choice }).map((e) => e.number);

it('finds runs by every word, in any of their texts', () => {
  expect(numbers({ search: 'PAPER multitab' })).toEqual([1]);
  expect(numbers({ search: 'failed' })).toEqual([2]);
  expect(numbers({ search: 'run 10' })).toEqual([10]);
  expect(numbers({ search: 'paper failed' })).toEqual([]);
  expect(numbers({ starredOnly: true })).toEqual([1]);
});

it('sorts by date, name with numbers as numbers, and gain with what has none at the end', () => {
  expect(numbers({})).toEqual([10, 2, 1]);
  expect(numbers({ sort: 'name', descending: false })).toEqual([2, 10, 1]);
  expect(numbers({ sort: 'gain', descending: true })).toEqual([1, 10, 2]);
  expect(numbers({ sort: 'gain', descending: false })).toEqual([10, 1, 2]);
  expect(numbers({ sort: 'size', descending: true })).toEqual([10, 2, 1]);
});

it('names the architecture of a run that was not tested as the catalog does', () => {
  expect(architectureOf(entry(1, { networks: [] }), catalog)).toBe('MultiTab-Net');
});

it('writes the list as CSV, with gain as the mean of the seeds that have one', () => {
  const several = entry(3, { networks: [modelSummary([1, 3, Number.NaN])] });
  const lines = runsCsv([entries[0], several, entries[1]] as typeof entries, catalog).split('\r\n');
  expect(lines[0]).toBe(
    'number,name,tags,starred,architecture,table,status,gain_percent,gain_sd,gain_n,begun,bytes',
  );
  expect(lines[1]).toBe(
    '1,wide,paper,yes,MultiTab-Net,MultiTab-Bench,Finished,1,,1,2026-01-01T00:00:00Z,1000',
  );
  expect(lines[2]).toContain(`,Finished,2,${Math.SQRT2},2,`);
  expect(lines[3]).toContain(',Failed,,,0,');
});

it('tells sizes and reads tags', () => {
  const MB = 1024 * 1024;
  expect([12, 2048, 5 * MB, 500 * MB, 4000 * MB].map(sizeText)).toEqual([
    '12 B',
    '2 KB',
    '5.0 MB',
    '500 MB',
    '4,000 MB',
  ]);
  expect(tagsOf(' a, b ,,a')).toEqual(['a', 'b']);
});

it('says why a finished run has no gain', () => {
  const none = [Number.NaN];
  const over = (scores: number[], ofModel = [0.5]) => ({
    experiment: { ...experiment, baseline: { id: 'st-mlp', params: {} } },
    networks: [{ ...modelSummary(null, scores), role: 'baseline' as const }, modelSummary(none, ofModel)],
  });
  expect(whyNoGain(entry(1, over([-0.2])))).toMatch(/near or below zero in every task/);
  expect(whyNoGain(entry(1, over([0.4], none)))).toMatch(/metric of every task is undefined/);
  expect(whyNoGain(entry(1, over(none)))).toMatch(/metric of every task is undefined/);
  expect(whyNoGain(entry(1, { networks: [modelSummary(null)] }))).toMatch(/^No baseline was trained/);
  expect(whyNoGain(entry(1, { ...over([0.4]), networks: [modelSummary(null)] }))).toMatch(/^Its twin/);
  // With a gain, or before its end, there is nothing to explain.
  expect(whyNoGain(entry(1))).toBeNull();
  expect(whyNoGain(entry(1, { ...over([-0.2]), status: 'running' }))).toBeNull();
});
