// Reports of the page: compared runs become cells, and a sweep to repeat them if it gives the same runs.
import { afterEach, expect, it, vi } from 'vitest';
import { catalog } from '../../../engine/catalog.ts';
import { defaultExperiment } from '../../../engine/config/experiment.ts';
import { expandCells } from '../../../engine/sweeps/expand.ts';
import { endedWith } from '../../../engine/sweeps/testing.ts';
import { newRecord, reduceRecord } from '../../../store/recordReducer.ts';
import { groupRuns, settingColumns } from './compare.ts';
import { reportOfRuns, sweepOfGroups } from './report.ts';
import { entry } from './testing.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

const base = defaultExperiment(catalog);
const at = (rho: number, seed: number) => ({ ...base, seed, repeats: 1, tasks: { ...base.tasks, rho } });
const runs = [at(0, 0), at(0.5, 0), at(0, 1), at(0.5, 1)].map((experiment, i) =>
  entry(i + 1, { experiment, seeds: [experiment.seed] }),
);
const columns = settingColumns(runs, catalog);

it('runs that differ in a setting are a sweep over it, with all of their seeds', () => {
  const groups = groupRuns(runs, columns, { kind: 'same-settings' }, catalog);
  const { sweep, cells, isLoose } = sweepOfGroups(groups, columns, catalog);
  expect(isLoose).toBe(false);
  expect(sweep.seeds).toEqual([0, 1]);
  expect(expandCells(sweep, catalog).cells.map((cell) => cell.experiment.tasks.rho)).toEqual([0, 0.5]);
  expect(cells.map((cell) => cell.labels)).toEqual([['Cosine 0'], ['Cosine 0.5']]);
});

it('groups of several settings are no sweep', () => {
  const one = groupRuns(runs, columns, { kind: 'none' }, catalog);
  // Two of them have the same settings.
  expect(sweepOfGroups(one, columns, catalog).isLoose).toBe(true);
});

it('a report has the means of the records, and counts what is missing', async () => {
  const groups = groupRuns(runs, columns, { kind: 'same-settings' }, catalog);
  const records = runs.slice(0, 3).map(({ runId, experiment, seeds }, i) => {
    const { result } = endedWith({ id: '', experiment }, experiment.seed, [0.6 + i / 10]);
    const { backend, startedAt } = result;
    const started = { type: 'run-started' as const, runId, step: 0, experiment, seeds, backend, startedAt };
    return reduceRecord(newRecord(i + 1, { ...started, resumedFromStep: null }), {
      type: 'run-finished',
      runId,
      step: 0,
      result,
    });
  });
  vi.stubGlobal('location', { origin: 'http://localhost:4173', pathname: '/' });
  const page = await reportOfRuns(groups, columns, catalog, async (ids) =>
    records.filter(({ runId }) => ids.includes(runId)),
  );
  expect(page).toContain('3 of 4 runs: 2 cells, 2 seeds each (0, 1). 1 are missing.');
  // Gains of 20 and 60 percent.
  expect(page).toMatch(/Cosine 0<\/td><td class="n">\+40/);
  expect(page).toContain('http://localhost:4173/?');
});
