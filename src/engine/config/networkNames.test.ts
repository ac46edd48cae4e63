import { expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import { networksOf } from '../training/plan.ts';
import { requireExperiment } from './experiment.ts';
import { namesOfModels } from './networkNames.ts';

const labels = (compare: object[], training = {}) =>
  networksOf(
    requireExperiment({ model: { id: 'multitab-net', params: { mask: 'TxT' } }, compare, training }, catalog),
  ).map((n) => n.label);
const net = (params: object) => ({ id: 'multitab-net', params });

it('names networks of one architecture by what differs', () => {
  expect(labels([net({ mask: 'FxT' }), net({ mask: 'none' })])).toEqual([
    'ST-MLP',
    'MultiTab-Net · T×T',
    'MultiTab-Net · F×T',
    'MultiTab-Net · mask none',
  ]);
  expect(labels([net({ mask: 'TxT', blocks: 2 }), { id: 'mmoe' }])).toEqual([
    'ST-MLP',
    'MultiTab-Net · blocks 1',
    'MultiTab-Net · blocks 2',
    'MMoE',
  ]);
  // An empty list is called what it means.
  expect(labels([net({ mask: 'TxT', together: [1, 2, 1, 2, 1] })])[1]).toMatch(
    /^MultiTab-Net · task groups all in one/,
  );
});

it('leaves the name alone where there is one, or nothing differs', () => {
  expect(labels([{ id: 'mmoe' }])).toEqual(['ST-MLP', 'MultiTab-Net', 'MMoE']);
  expect(labels([net({ mask: 'TxT' })])).toEqual(['ST-MLP', 'MultiTab-Net', 'MultiTab-Net']);
});

it('gives a twin the name of its model', () => {
  expect(labels([net({ mask: 'FxT' })], { twin: 'both' })).toEqual([
    'ST-MLP',
    'MultiTab-Net · T×T',
    'MultiTab-Net · T×T twin',
    'MultiTab-Net · F×T',
    'MultiTab-Net · F×T twin',
  ]);
});

it('are those of a run before there is one, and by their place where nothing differs', () => {
  const named = (compare: object[]) =>
    namesOfModels(requireExperiment({ model: net({ mask: 'TxT' }), compare }, catalog), catalog);
  expect(named([{ id: 'mmoe' }, net({ mask: 'FxT' })])).toEqual([
    'MultiTab-Net · T×T',
    'MMoE',
    'MultiTab-Net · F×T',
  ]);
  expect(named([net({ mask: 'TxT' })])).toEqual(['MultiTab-Net (model)', 'MultiTab-Net (model 2)']);
});
