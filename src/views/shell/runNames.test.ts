import { expect, it } from 'vitest';
import { catalog } from '../../engine/catalog.ts';
import { defaultExperiment } from '../../engine/config/experiment.ts';
import { newRecord } from '../../store/recordReducer.ts';
import { NO_LABELS } from '../../store/runEntry.ts';
import { runEvents } from '../../store/testing/fakeRun.ts';
import { networkIn, networkLabel, noteOf, noteOfCompared, titleOf } from './runNames.ts';

it('names a run that failed before its first seed by its architecture, and by the id until the catalog is here', () => {
  const [started] = runEvents('a', defaultExperiment(catalog), 0);
  if (started?.type !== 'run-started') throw new Error('The first event of a run is no start.');
  const run = newRecord(2, started);
  expect(run.seedStates).toEqual([]);
  expect(titleOf(run, catalog)).toBe('Run 2 · MultiTab-Net');
  expect(noteOf(run, catalog)).toMatch(/^Run 2: MultiTab-Net, /);
  expect(titleOf(run, null)).toBe('Run 2 · multitab-net');
  expect(networkIn(run, 'model-2')).toBe('model 2');
});

it('names a baseline as such, and networks of one name by their place', () => {
  const labels = { baseline: 'ST-MLP', model: 'MMoE', 'model-2': 'MMoE', 'model-3': 'PLE' } as const;
  const roles = Object.keys(labels) as (keyof typeof labels)[];
  const parts = roles.map((role) => ({ role, label: labels[role] }));
  expect(roles.map((role) => networkLabel(parts, role))).toEqual([
    'ST-MLP (baseline)',
    'MMoE (model)',
    'MMoE (model 2)',
    'PLE',
  ]);
});

it('names the compared runs of a picture, at most six of them', () => {
  const runs = Array.from({ length: 8 }, (_, i) => ({
    number: i + 1,
    labels: { ...NO_LABELS, name: i === 0 ? 'small one' : '' },
  }));
  expect(noteOfCompared(runs.slice(0, 2))).toBe('Compared: small one, Run 2.');
  expect(noteOfCompared(runs)).toBe('Compared: small one, Run 2, Run 3, Run 4, Run 5, Run 6 and 2 more.');
});
