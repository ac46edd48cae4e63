import { expect, it } from 'vitest';
import { catalog } from '../../../engine/catalog.ts';
import { NO_LABELS } from '../../../store/runEntry.ts';
import { architectureOf, type ListChoice, listed, NEWEST_FIRST, sizeText, tagsOf } from './runList.ts';
import { entry, modelSummary } from './testing.ts';

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

it('tells sizes and reads tags', () => {
  expect([12, 2048, 5 * 1024 * 1024].map(sizeText)).toEqual(['12 B', '2 KB', '5.0 MB']);
  expect(tagsOf(' a, b ,,a')).toEqual(['a', 'b']);
});
