import { expect, it } from 'vitest';
import { aboutFirst, sectionOf, sectionsInOrder } from './about.ts';

it('knows the section of every setting', () => {
  expect(['data', 'data.rows', 'tasks.rho', 'compare', 'model.mask'].map(sectionOf)).toEqual([
    'data',
    'data',
    'tasks',
    'model',
    'model',
  ]);
  expect(['seed', 'repeats', 'baseline', 'baseline.hidden', 'training.twin'].map(sectionOf)).toEqual(
    Array(5).fill('training'),
  );
});

it('puts first what it is about, and leaves the rest in its order', () => {
  expect(sectionsInOrder([])).toEqual(['data', 'tasks', 'model', 'training']);
  expect(sectionsInOrder(['training.twin', 'tasks.rho', 'tasks.count'])).toEqual([
    'training',
    'tasks',
    'data',
    'model',
  ]);
  expect(aboutFirst(['a', 'b', 'c'], ['c', 'x', 'b'], (row) => row)).toEqual(['c', 'b', 'a']);
});
