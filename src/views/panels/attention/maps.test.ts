import { describe, expect, it } from 'vitest';
import type { TokenLabel } from '../../../engine/core/tokens.ts';
import type { AttentionMap } from '../../../engine/protocol/attention.ts';
import { DEFAULT_VIEW } from '../../../store/view.ts';
import { mapsTable, queryCsv } from './mapHeatmap.ts';
import {
  attentionToTasks,
  cellsOf,
  chooseMap,
  explainCell,
  neighbour,
  recordAt,
  scaleOf,
  thumbnailOf,
  tokenGroups,
} from './maps.ts';
import { quantityOf } from './quantities.ts';

const tokens: TokenLabel[] = [
  { name: 'task1', group: 'task' },
  { name: 'task2', group: 'task' },
  { name: 'colour', group: 'categorical' },
];

function map(block: number, head: number, kind: AttentionMap['kind'] = 'feature'): AttentionMap {
  return {
    network: null,
    block,
    kind,
    head,
    queries: tokens,
    keys: tokens,
    weights: Float32Array.of(0.75, 0, 0.25, 0, 0.5, 0.5, 0.25, 0.25, 0.5),
    scores: Float32Array.of(2, 9, 1, -4, 0, 0, 1, 1, 2),
    valueWeights: Float32Array.of(1.5, 0, 1, 0, 1, 2, 0.5, 0.5, 2),
    blocked: Uint8Array.of(0, 1, 0, 1, 0, 0, 0, 0, 0),
  };
}

it('are saved cell by cell, all heads in one table, and a query with its largest weight first', () => {
  const { numRows, row } = mapsTable([map(0, 0), map(1, 1)]);
  expect(numRows).toBe(18);
  expect(row(1)).toEqual(['block0/feature/head0', 'task1', 'task2', 9, true, 0, 0]);
  expect(row(17)).toEqual(['block1/feature/head1', 'colour', 'colour', 2, false, 0.5, 2]);
  expect(mapsTable([]).numRows).toBe(0);
  expect(queryCsv(map(0, 0), 2).split('\r\n').slice(1, 3)).toEqual([
    'block0/feature/head0,colour,colour,2,false,0.5,2',
    'block0/feature/head0,colour,task1,1,false,0.25,0.5',
  ]);
});

it('have one scale with those of the run beside, and say so', () => {
  const own = map(0, 0);
  const theirs = { ...own, weights: own.weights.map((w) => w / 3) };
  const [left, right] = [scaleOf([own], 'weights', [theirs]), scaleOf([theirs], 'weights', [own])];
  expect(left).toEqual(right);
  expect(left).toMatchObject({ high: 0.75, ends: { note: 'square-root scale, same for both runs' } });
  expect(scaleOf([theirs], 'weights')).toMatchObject({ high: 0.25, ends: { note: 'square-root scale' } });
  const [early, late] = [{ step: 1 }, { step: 9 }];
  const newest = { step: 10 };
  expect([null, 1, 9, 5].map((step) => recordAt(newest, [early, late], step))).toEqual([
    newest,
    early,
    newest,
    newest,
  ]);
});

it('groups consecutive tokens', () => {
  expect(tokenGroups(tokens)).toEqual([
    { name: 'tasks', size: 2 },
    { name: 'categorical', size: 1 },
  ]);
});

describe('chooseMap', () => {
  const maps = [map(0, 0), map(0, 1), map(1, 0), map(1, 0, 'row')];
  it('takes the wanted one', () => {
    expect(chooseMap(maps, { ...DEFAULT_VIEW.attention, block: 1 })).toBe(maps[2]);
    expect(chooseMap(maps, { ...DEFAULT_VIEW.attention, kind: 'row' })).toBe(maps[3]);
  });
  it('takes the nearest of the same kind when a model has fewer', () => {
    expect(chooseMap(maps, { ...DEFAULT_VIEW.attention, block: 9, head: 9 })).toBe(maps[2]);
    expect(chooseMap([], DEFAULT_VIEW.attention)).toBeNull();
  });
});

describe('quantities', () => {
  it('leaves blocked scores out of the scale after the mask only', () => {
    expect(scaleOf([map(0, 0)], 'scores')).toMatchObject({ low: -4, high: 9 });
    expect(scaleOf([map(0, 0)], 'masked-scores')).toMatchObject({ low: 0, high: 2 });
    expect(scaleOf([map(0, 0)], 'weights')).toMatchObject({ low: 0, high: 0.75, kind: 'square-root' });
    expect(scaleOf([map(0, 0)], 'value-weights')).toMatchObject({ low: 0, high: 2, kind: 'square-root' });
  });
  it('hatches blocked cells after the mask only', () => {
    const one = map(0, 0);
    expect(cellsOf(one, 'scores', scaleOf([one], 'scores')).blocked).toBeNull();
    expect(cellsOf(one, 'weights', scaleOf([one], 'weights')).blocked).toBe(one.blocked);
    expect(cellsOf(one, 'weights', scaleOf([one], 'weights')).indices[0]).toBe(255);
  });
});

it('pools a large map for its thumbnail: the highest value of each square, blocked where all of it is', () => {
  const one = map(0, 0);
  const scale = scaleOf([one], 'weights');
  const whole = thumbnailOf(one, 'weights', scale, 3);
  expect([whole.rows, whole.columns, whole.cells()]).toEqual([3, 3, cellsOf(one, 'weights', scale)]);
  const pooled = thumbnailOf(one, 'weights', scale, 2);
  expect([pooled.rows, pooled.columns]).toEqual([2, 2]);
  const shade = (weight: number) => Math.round(255 * Math.sqrt(weight / 0.75));
  expect([...pooled.cells().indices]).toEqual([0.75, 0.5, 0.25, 0.5].map(shade));
  expect([...(pooled.cells().blocked ?? [])]).toEqual([0, 0, 0, 0]);
  const corner = { ...one, blocked: Uint8Array.of(1, 1, 0, 1, 1, 0, 0, 0, 0) };
  expect([...(thumbnailOf(corner, 'weights', scale, 2).cells().blocked ?? [])]).toEqual([1, 0, 0, 0]);
  // Before the mask nothing is hatched.
  expect(thumbnailOf(corner, 'scores', scale, 2).cells().blocked).toBeNull();
});

it('says everything about a cell', () => {
  const open = explainCell(map(0, 0), { row: 0, column: 2 });
  expect(open.title).toBe('query T1 → key colour');
  expect(open.pairs.map((pair) => pair.value)).toEqual(['1.0000', '1.0000', '0.2500', '1.0000', '2 of 2']);
  const blocked = explainCell(map(0, 0), { row: 0, column: 1 });
  expect(blocked.pairs.map((pair) => pair.value)).toEqual([
    '9.0000',
    '−∞, blocked',
    '0.0000',
    '0.0000',
    'none, blocked',
  ]);
});

it('sums what features give to tasks, per block', () => {
  expect(attentionToTasks([map(0, 0), map(0, 1), map(1, 0), map(1, 0, 'row')])).toEqual([
    { block: 0, weight: 0.5 },
    { block: 1, weight: 0.5 },
  ]);
});

it('moves to the next head and block, round and round', () => {
  const maps = [map(0, 0), map(0, 1), map(1, 0), map(1, 1), map(0, 0, 'row')];
  const to = (i: number, key: string) => neighbour(maps, maps[i] as AttentionMap, key);
  expect(to(0, ']')).toBe(maps[1]);
  expect(to(1, ']')).toBe(maps[0]);
  expect(to(1, '}')).toBe(maps[3]);
  expect(to(0, '{')).toBe(maps[2]);
  expect(to(0, 'x')).toBeNull();
});

it('gives the numbers of what is drawn', () => {
  const one = map(0, 0);
  expect(quantityOf('weights').values(one)).toBe(one.weights);
  expect(quantityOf('scores').values(one)).toBe(one.scores);
  const after = quantityOf('masked-scores').values(one);
  expect([...after]).toEqual(
    Array.from(one.scores, (score, at) => (one.blocked?.[at] ? Number.NEGATIVE_INFINITY : score)),
  );
  expect(after).toContain(Number.NEGATIVE_INFINITY);
  expect(quantityOf('masked-scores').values({ ...one, blocked: null })).toBe(one.scores);
});
