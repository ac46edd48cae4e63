// The list of rules for rare categories, as the Data tab edits it.
import { expect, it } from 'vitest';
import { rareOf, withRare } from './rareRules.ts';

it('holds a rule per column, names of any kind, and loses none of the others', () => {
  const list = withRare(withRare('city:20', 'a, b', 'frequent') ?? '', 'x:y', '5');
  expect(list).toBe('city:20,"a, b":frequent,"x:y":5');
  expect(['city', 'a, b', 'x:y', 'none'].map((name) => rareOf(list ?? '', name))).toEqual([
    '20',
    'frequent',
    '5',
    '',
  ]);
  expect(withRare(list ?? '', 'city', '')).toBe('"a, b":frequent,"x:y":5');
  expect(withRare('"city:20', 'a', '5')).toBeNull();
});
