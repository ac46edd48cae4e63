import { expect, test } from 'vitest';
import { beside, type Figure, recordFigures } from '../figures.ts';
import { wholeNumber } from '../options.ts';
import { withSection } from '../section.ts';
import { sharingVerdict } from '../transferVerdict.ts';
import { BENCHES, chosen, commandOf, lineOf, sizeOf } from './list.ts';
import {
  type Fallen,
  fallen,
  fallenLine,
  fallenTwice,
  merged,
  type Recorded,
  type RecordedBench,
  slugOf,
  tableOf,
} from './recorded.ts';

const bench = (id: string, figures: Figure[], fault: string | null = null): RecordedBench => ({
  id,
  title: id.toUpperCase(),
  command: '',
  figures,
  fault,
  date: '2026-01-02',
  load: 0.25,
});
const recorded = (...benches: RecordedBench[]): Recorded => ({
  machine: 'AMD, 2 cores',
  node: 'v20',
  benches,
});

test('a ratio that falls by more than 15 % is named, one that falls by less or rises is not', () => {
  const at = (ours: number) => bench('step', [beside('col', 'ms', ours, 'PyTorch', 20)]);
  expect(fallen(at(10), at(11.7))).toEqual([]);
  expect(fallen(at(10), at(5))).toEqual([]);
  const [lost] = fallen(at(10), at(12));
  expect(lost).toMatchObject({ bench: 'step', what: 'col', peer: 'PyTorch', before: 2 });
  expect(fallenLine(lost as Fallen)).toBe('step: col, beside PyTorch: 2.00x recorded, 1.67x now, 17 % less');
});

test('where more is better, the ratio is ours over the peer', () => {
  const at = (ours: number) =>
    bench('pool', [{ what: 'runs', unit: '', ours, peer: 'one', theirs: 10, better: 'higher' }]);
  expect(fallen(at(20), at(16))).toHaveLength(1);
  expect(fallen(at(20), at(25))).toEqual([]);
});

test('a ratio that is no longer measured is named, a figure without a peer is not compared', () => {
  const before = bench('step', [
    beside('col', 'ms', 1, 'PyTorch', 2),
    { what: 'time', unit: 'ms', ours: 1, peer: null, theirs: null, better: 'lower' },
  ]);
  const lost = fallen(before, bench('step', [beside('col', 'ms', 1, 'jax-js', 2)]));
  expect(lost).toEqual([{ bench: 'step', what: 'col', peer: 'PyTorch', before: 2, now: null }]);
  expect(fallenLine(lost[0] as Fallen)).toContain('not measured now');
});

test('only what is lower both times counts', () => {
  const lost = (what: string): Fallen => ({ bench: 'step', what, peer: 'p', before: 2, now: 1 });
  expect(fallenTwice([lost('a'), lost('b')], [lost('b'), lost('c')])).toEqual([lost('b')]);
});

test('benches measured now replace their former selves, others stay', () => {
  const [old, kept, now] = [bench('a', []), bench('b', []), bench('a', [beside('x', 's', 1, 'p', 2)])];
  expect(merged(recorded(old, kept), recorded(now)).benches).toEqual([kept, now]);
  expect(merged(null, recorded(now)).benches).toEqual([now]);
});

test('the table has a line per figure in the order of the benches, and says what was not measured', () => {
  const table = tableOf(
    recorded(bench('b', [], 'no | torch'), bench('a', [beside('x', 'ms', 2, 'PyTorch', 31)])),
    ['a', 'b'],
  );
  expect(table.split('\n').slice(-4, -1)).toEqual([
    '| --- | --- | --- | --- | --- | --- | --- |',
    '| A | x | ms | 2.00 | PyTorch | 31.0 | 15.50x |',
    '| B | not measured: no / torch |  |  |  |  |  |',
  ]);
});

test('a section is written between its marks, and only there', () => {
  const text = 'a\n<!-- s -->\nold\n<!-- /s -->\nb';
  expect(withSection(text, 's', 'new\n')).toBe('a\n<!-- s -->\nnew\n<!-- /s -->\nb');
  expect(withSection(withSection(text, 's', 'x\n'), 's', 'new\n')).toBe(withSection(text, 's', 'new\n'));
  expect(() => withSection('nothing', 's', '')).toThrow('got no first');
});

test('benches are chosen by name, those of quality on demand, and unknown names are refused', () => {
  expect(chosen([], false).some(({ quality }) => quality)).toBe(false);
  expect(chosen([], true)).toEqual(BENCHES);
  expect(chosen(['quality', 'step'], false).map(({ id }) => id)).toEqual(['step', 'quality']);
  expect(() => chosen(['stpe'], false)).toThrow("got 'stpe'");
  expect(new Set(BENCHES.map(({ id }) => id)).size).toBe(BENCHES.length);
});

test('what is no measurement is refused', () => {
  expect(() => recordFigures([beside('col', 'ms', Number.NaN, 'p', 1)])).toThrow(
    'col: expected a figure above 0',
  );
  expect(() => recordFigures([beside('col', 'ms', 1, 'p', 0)])).toThrow('got 0');
});

test('a machine becomes the name of a file', () => {
  expect(slugOf('AMD EPYC 7B13 (R), 2 cores')).toBe('amd-epyc-7b13-r-2-cores');
});

test('every bench of speed has a small size, and the guard takes the size of the record', () => {
  for (const one of BENCHES.filter(({ quality }) => !quality)) {
    const [whole, small] = [commandOf(one, 'whole'), commandOf(one, 'small')];
    expect(small[0]).toBe(whole[0]);
    expect(small).not.toEqual(whole);
    expect(sizeOf(one, lineOf(whole))).toBe('whole');
    expect(sizeOf(one, lineOf(small))).toBe('small');
    expect(sizeOf(one, `${lineOf(whole)} --other`)).toBeNull();
  }
});

test('an option that counts is a whole number, and its message names it', () => {
  expect(wholeNumber('rounds', '7')).toBe(7);
  for (const text of ['', ' ', '0', '1.5', 'seven'])
    expect(() => wholeNumber('rounds', text)).toThrow(
      `--rounds: expected a whole number of at least 1, got '${text}'`,
    );
  expect(() => wholeNumber('rows', '99', 100)).toThrow('at least 100');
});

test('sharing: what helps, costs and is undecided by its interval, and where its mean changes sign', () => {
  const at = (cosine: number, mean: number, half: number) => ({
    cosine,
    sharing: { mean, low: mean - half, high: mean + half },
  });
  expect(sharingVerdict('mmoe', [at(0, -6, 2), at(0.9, 8, 3), at(0.5, 2, 3)])).toBe(
    'mmoe: sharing helps at 0.9; undecided at 0.5; costs at 0; its mean changes sign between 0.5 and 0 (about 0.38).',
  );
  expect(sharingVerdict('mmoe', [at(0.9, 8, 3), at(0.5, 4, 3)])).toBe(
    'mmoe: sharing helps at 0.9, 0.5; its mean does not change sign at these cosines.',
  );
  // One seed has no interval.
  expect(sharingVerdict('mmoe', [at(0.9, 8, Number.NaN)])).toMatch(/undecided at 0.9;/);
});
