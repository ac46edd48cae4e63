// Which of several tables trains, validates and tests.
import { expect, it } from 'vitest';
import { tableRoles } from './tableRoles.ts';

const roles = (...names: string[]) => {
  const found = tableRoles(names.map((name) => ({ name })));
  return found && [found.table.name, found.splits.validation?.name, found.splits.test?.name];
};

it('is told by the words in their names', () => {
  expect(roles('test.csv', 'train.csv')).toEqual(['train.csv', undefined, 'test.csv']);
  expect(roles('adult_dev.parquet', 'adult-test.parquet', 'adult.train.parquet')).toEqual([
    'adult.train.parquet',
    'adult_dev.parquet',
    'adult-test.parquet',
  ]);
  expect(roles('houses.csv', 'houses_test.csv')).toEqual(['houses.csv', undefined, 'houses_test.csv']);
  expect(roles('only.csv')).toEqual(['only.csv', undefined, undefined]);
});

it('is left open where they do not say it, or say it twice', () => {
  for (const names of [
    ['a.csv', 'b.csv'],
    ['test.csv'],
    ['train.csv', 'test1.csv', 'test2.csv'],
    ['train.csv', 'test_a.csv', 'b_test.csv'],
    ['train.csv', 'train_test.csv'],
    ['contest.csv', 'latest.csv'],
  ])
    expect(roles(...names)).toBeNull();
});
