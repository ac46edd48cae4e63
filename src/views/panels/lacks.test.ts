import { expect, it } from 'vitest';
import { catalog } from '../../engine/catalog.ts';
import { lacks } from './lacks.ts';

it('knows before any measurement that a network has no experts, unless another one may be meant', () => {
  const parts = [
    { id: 'st-mlp', role: 'baseline' },
    { id: 'multitab-net', role: 'model' },
    { id: 'mmoe', role: 'model-2' },
  ] as const;
  const run = { status: 'finished', seedStates: [{ parts }] } as const;
  expect(lacks(catalog, run, null, 'experts')).toBe(true);
  expect(lacks(catalog, run, null, 'attention')).toBe(false);
  expect(lacks(catalog, run, 'model-2', 'experts')).toBe(false);
  expect(lacks(catalog, run, 'model-2', 'attention')).toBe(true);
  // In training is whichever network trains.
  expect(lacks(catalog, { ...run, status: 'running' }, null, 'experts')).toBe(false);
  expect(lacks(catalog, { ...run, status: 'running' }, 'model', 'experts')).toBe(true);
  // Of a network that is not there, nothing is known.
  expect(lacks(catalog, { ...run, seedStates: [] }, null, 'experts')).toBe(false);
  expect(lacks(null, run, null, 'experts')).toBe(false);
});
