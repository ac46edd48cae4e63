// Sweeps trained by the command line open on the page as if the page had trained them; files that do not belong to the sweep
// are named.
import { describe, expect, it } from 'vitest';
import { createStore } from 'zustand';
import { catalog } from '../../engine/catalog.ts';
import { expandCells, runsOf, type SweepRun } from '../../engine/sweeps/expand.ts';
import { headerOf, toLine } from '../../engine/sweeps/lines.ts';
import { requireSweep } from '../../engine/sweeps/parse.ts';
import { recordOf } from '../../engine/sweeps/record.ts';
import { endedWith, failedWith } from '../../engine/sweeps/testing.ts';
import { createAppState } from '../appState.ts';
import { runIdOf } from '../sweeps/runIds.ts';
import { countsOf, expanded, knownRuns, newItem, type SweepItem } from '../sweeps/sweepItem.ts';
import { fakeEnvironment } from '../testing/fakeWorker.ts';

const sweep = requireSweep(
  { label: 'By cosine', axes: [{ key: 'tasks.rho', values: [0, 0.5] }], seeds: [0, 1] },
  catalog,
);
const { id } = newItem(sweep, catalog, '');
const runs = runsOf(expandCells(sweep, catalog).cells, sweep);
const cellOf = ({ cell, experiment }: SweepRun) => ({ id: cell, experiment });

/** Splits a result as the command line's trainer does; the model in its comparison has its own time. */
const ended = (run: SweepRun, score = 0.6) => {
  const { result } = endedWith(cellOf(run), run.seed, [score]);
  const estimate = { mean: score, sd: Number.NaN, low: Number.NaN, high: Number.NaN, perSeed: [score] };
  const model = {
    role: 'model' as const,
    id: 'mt-mlp',
    label: 'MT-MLP',
    parameters: 10,
    perTask: [{ task: 'y0', metric: 'explained-variance', higherIsBetter: true, ...estimate }],
    gain: null,
    decomposition: null,
    against: [],
    isBest: { perTask: [false], gain: false },
    trainSeconds: 0.12,
    trainedWith: null,
  };
  return recordOf(run, { ...result, comparison: [model] }, 'here');
};
const failed = (run: SweepRun) =>
  recordOf(run, failedWith(cellOf(run), run.seed, 'not finite').result, 'here');

const file = (name: string, lines: readonly unknown[]) => new File([lines.map(toLine).join('')], name);
const runsFile = (name: string, records: readonly unknown[]) =>
  file(name, [headerOf(sweep, catalog), ...records]);

async function opened(files: readonly File[], env = fakeEnvironment()) {
  const get = createStore(createAppState(env)).getState;
  get().restartEngine();
  env.workers[0]?.getReady();
  await get().importRuns(files);
  const item = get().sweeps[0] as SweepItem;
  const known = knownRuns(get().runs, get().kept ?? []);
  return { get, env, item, counts: item && countsOf(item, expanded(item, catalog, known), known) };
}

describe('files of a sweep of the command line', () => {
  it('become kept runs with their times, and a sweep that has ended', async () => {
    const all = runs.map((run) => ended(run, 0.5 + 0.1 * run.seed));
    const { get, env, item, counts } = await opened([
      runsFile('runs.1-of-2.jsonl', [all[0]?.record, all[2]?.record]),
      runsFile('runs.2-of-2.jsonl', [all[1]?.record, all[3]?.record]),
      file(
        'times.jsonl',
        all.map(({ times }) => times),
      ),
    ]);
    expect(get().archiveReport).toEqual({
      title: '4 runs imported',
      lines: ['4 runs of the sweep By cosine.'],
    });
    expect(item).toMatchObject({ id, state: 'queued' });
    expect(counts).toMatchObject({ finished: 4, waiting: 0 });
    const run = runs[3] as SweepRun;
    const entry = env.runs.entries.get(runIdOf(id, run));
    expect(entry).toMatchObject({
      elapsedMs: 1000,
      createdAt: '2025-01-01T00:00:00Z',
      labels: { name: '0.5, seed 1', tags: ['By cosine'] },
      networks: [{ role: 'model', trainSeconds: 0.12 }],
      scores: [0.6],
    });
    expect(new Set(get().kept?.map((own) => own.number)).size).toBe(4);
    const record = await env.runs.get(runIdOf(id, run));
    expect(record?.seedStates[0]?.records.model).toHaveLength(1);
    expect(record?.experiment).toEqual(run.experiment);
  });

  it('without times have none, and wait for what is missing until they are asked to go on', async () => {
    const [first, second] = runs as [SweepRun, SweepRun];
    const { get, env, item, counts } = await opened([
      runsFile('runs.jsonl', [ended(first).record, failed(second).record]),
    ]);
    expect(counts).toMatchObject({ finished: 1, failed: 1, waiting: 2 });
    expect(item.state).toBe('paused');
    expect(env.runs.entries.get(runIdOf(id, first))?.elapsedMs).toBeNull();
    expect(env.runs.entries.get(runIdOf(id, first))?.networks[0]?.trainSeconds).toBeNaN();
    expect(await env.runs.get(runIdOf(id, second))).toMatchObject({ error: { message: 'not finite' } });
    // A run that finished there replaces one that failed here, and no other.
    await get().importRuns([runsFile('runs.jsonl', [ended(first, 0.9).record, ended(second).record])]);
    expect(get().archiveReport?.lines[0]).toBe('1 were here already and stay as they are.');
    expect(env.runs.entries.get(runIdOf(id, first))?.scores).toEqual([0.6]);
    expect(env.runs.entries.get(runIdOf(id, second))?.status).toBe('finished');
    expect(get().sweeps).toHaveLength(1);
  });

  it('that were deleted are taken again', async () => {
    const files = [runsFile('runs.jsonl', [ended(runs[0] as SweepRun).record])];
    const { get } = await opened(files);
    await get().deleteRuns([runIdOf(id, runs[0] as SweepRun)]);
    expect(get().kept).toEqual([]);
    await get().importRuns(files);
    expect(get().kept).toHaveLength(1);
  });

  it('are named where they are cut off, of another experiment, or of no sweep', async () => {
    const { record } = ended(runs[0] as SweepRun);
    const other = { ...record, result: { ...record.result, experiment: { ...sweep.base, seed: 7 } } };
    const text = await runsFile('a.jsonl', [record]).text();
    const { get, counts } = await opened([
      new File([`${text.slice(0, text.indexOf('\n') + 1)}{"version":1,\n`], 'cut.jsonl'),
      runsFile('b.jsonl', [other]),
    ]);
    expect(counts).toMatchObject({ finished: 0 });
    expect(get().archiveReport).toEqual({
      title: '0 runs imported',
      lines: [
        '0 runs of the sweep By cosine.',
        'cut.jsonl: line 2 is cut off or no run.',
        `b.jsonl: the run ${record.run} has other settings than its sweep, and is left out.`,
      ],
    });
    const unknown = {
      ...headerOf(sweep, catalog),
      sweep: { ...sweep, axes: [{ key: 'nonsense', values: [1] }] },
    };
    await get().importRuns([file('c.jsonl', [unknown, record])]);
    expect(get().archiveReport?.lines[0]).toMatch(
      /By cosine does not fit this version of the page: .*nonsense/,
    );
    await get().importRuns([file('times.jsonl', [ended(runs[0] as SweepRun).times])]);
    expect(get().archiveReport?.lines[0]).toMatch(/Open the file of the runs/);
  });

  it('leave as an archive and come back with their sweep', async () => {
    const { env, get } = await opened([runsFile('runs.jsonl', [ended(runs[0] as SweepRun).record])]);
    const saved: Uint8Array[] = [];
    env.saveFile = (_name, bytes) => saved.push(bytes);
    await get().exportRuns([runIdOf(id, runs[0] as SweepRun)], true);
    const archive = new File([saved[0] as Uint8Array<ArrayBuffer>], 'runs.multitab.jsonl');
    const later = await opened([archive]);
    expect(later.get().archiveReport).toEqual({ title: '1 run imported', lines: [] });
    expect(later.item).toMatchObject({ id, state: 'paused' });
    expect(later.counts).toMatchObject({ finished: 1, waiting: 3 });
  });
});
