// A sweep over a table that was trained elsewhere goes on with the rows it had, found by name and told by content, or says what is missing.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand';
import { catalog } from '../../engine/catalog.ts';
import { type TableInput, tableInput } from '../../engine/config/tableInput.ts';
import type { DatasetSummary } from '../../engine/protocol/data.ts';
import type { DataDescription } from '../../engine/protocol/dataDescription.ts';
import { expandCells, runsOf, type SweepRun } from '../../engine/sweeps/expand.ts';
import { headerOf, toLine } from '../../engine/sweeps/lines.ts';
import { requireSweep } from '../../engine/sweeps/parse.ts';
import { recordOf } from '../../engine/sweeps/record.ts';
import { endedWith } from '../../engine/sweeps/testing.ts';
import { createAppState } from '../appState.ts';
import { fakeEnvironment } from '../testing/fakeWorker.ts';
import { tableDifference } from './sweepTable.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(3000);

const sweep = requireSweep(
  {
    label: 'Rates',
    base: {
      data: { id: 'table', params: { file: 'own.csv' } },
      tasks: { targets: [{ column: 'y', type: 'regression' }] },
    },
    axes: [{ key: 'training.learningRate', values: [0.001, 0.002] }],
    seeds: [0],
  },
  catalog,
);
const runs = runsOf(expandCells(sweep, catalog).cells, sweep);

const summary = (change: Partial<DatasetSummary> = {}): DatasetSummary => ({
  name: 'own.csv',
  rows: 8,
  fingerprint: 'aa',
  split: { train: 4, validation: 2, test: 2 },
  features: [{ name: 'x', kind: 'numeric', cardinality: 1 }],
  tasks: [{ name: 'y', type: 'regression', outputs: 1, description: '' }],
  targetScaling: [{ mean: 1, scale: 2 }],
  classCounts: [null],
  relatedness: {
    realised: new Float64Array(1),
    realisedMeasure: 'pearson',
  } as unknown as DatasetSummary['relatedness'],
  notes: [],
  ...change,
});

/** The first of its two runs has been trained elsewhere. */
function fileOfRuns(): File {
  const [run] = runs as [SweepRun];
  const { result } = endedWith({ id: run.cell, experiment: run.experiment }, run.seed, [0.5]);
  const { record } = recordOf(run, { ...result, dataset: summary() }, 'here');
  return new File([[headerOf(sweep, catalog), record].map(toLine).join('')], 'runs.jsonl');
}

async function imported(open: string | null, rows: Partial<DatasetSummary> = {}) {
  const env = fakeEnvironment();
  const get = createStore(createAppState(env)).getState;
  get().restartEngine();
  env.workers[0]?.getReady();
  if (open !== null) void get().chooseFile(tableInput(open, new Blob(['x,y\n'])));
  const asked: (TableInput | undefined)[] = [];
  /** Answers questions about tables until the promise `done` settles. */
  const answered = async (done: Promise<unknown>, found: Partial<DatasetSummary>) => {
    let isOver = false;
    void done.then(() => {
      isOver = true;
    });
    while (!isOver) {
      await settle();
      const question = env.workers[0]?.last('describe-data');
      if (!question || asked.includes(question.file)) continue;
      asked.push(question.file);
      const description = {
        dataset: summary(found),
        issues: [],
      } as Partial<DataDescription> as DataDescription;
      env.workers[0]?.say({ type: 'data-described', requestId: question.requestId, description });
    }
  };
  await answered(get().importRuns([fileOfRuns()]), rows);
  const started = () => env.workers[0]?.last('run');
  return { get, env, asked, answered, started, item: () => get().sweeps[0] };
}

describe('an imported sweep over a table', () => {
  it('takes the open table of that name and those rows, and goes on with it', async () => {
    const { get, item, started, asked } = await imported('own.csv');
    expect(asked).toHaveLength(1);
    expect(item()).toMatchObject({ state: 'paused', file: { name: 'own.csv' } });
    expect(item()?.tableNote).toBeUndefined();
    await get().setSweepState(item()?.id ?? '', 'queued');
    await settle();
    expect(started()?.file?.name).toBe('own.csv');
  });

  it('takes none of another name, says which is missing, and goes on when it is opened', async () => {
    const { get, item, started, answered } = await imported('other.csv');
    const missing =
      'own.csv, the table of these runs, is not here. Open the right one on the Data tab, then press Go on.';
    expect(item()).toMatchObject({ state: 'paused', tableNote: missing });
    expect(item()?.file).toBeUndefined();
    expect(get().archiveReport?.lines).toEqual([
      '1 run of the sweep Rates.',
      `The runs of the sweep Rates that are left wait. ${missing}`,
    ]);
    const goOn = () => get().setSweepState(item()?.id ?? '', 'queued');
    await goOn();
    await settle();
    expect(item()?.state).toBe('paused');
    expect(started()).toBeUndefined();
    void get().chooseFile(tableInput('own.csv', new Blob(['x,y\n'])));
    await answered(goOn(), {});
    await settle();
    expect(item()?.tableNote).toBeUndefined();
    expect(started()?.file?.name).toBe('own.csv');
  });

  it('takes none of that name with other rows, and looks for the one that is kept', async () => {
    const { get, env, item, answered } = await imported('own.csv', { fingerprint: 'bb' });
    expect(item()?.tableNote).toMatch(
      /^own.csv is not the table that the other runs were trained on: expected the same values, got others\./,
    );
    const kept = tableInput('own.csv', new Blob(['x,y\n1,2\n']));
    await env.tables.keep(kept, 'indexeddb');
    void get().chooseFile(tableInput('other.csv', new Blob(['1'])));
    await answered(get().retrySweep(item()?.id ?? ''), {});
    expect(item()).toMatchObject({ state: 'queued', file: { id: kept.id } });
  });
});

it('tables differ in rows, columns or values; those of older runs in their labels', () => {
  expect(tableDifference(summary(), summary())).toBeNull();
  expect(tableDifference(summary(), summary({ rows: 9 }))).toBe('expected 8 rows, got 9');
  const z = [{ name: 'z', kind: 'numeric' as const, cardinality: 1 }];
  expect(tableDifference(summary(), summary({ features: z }))).toBe(
    'expected a column x, got none of that name',
  );
  expect(tableDifference(summary(), summary({ features: [...summary().features, ...z] }))).toBe(
    'expected no column z, got one',
  );
  const { fingerprint: _none, ...older } = summary();
  expect(tableDifference(older, summary({ fingerprint: 'bb' }))).toBeNull();
  const scaled = summary({ targetScaling: [{ mean: 1, scale: 3 }] });
  expect(tableDifference(older, scaled)).toBe('expected the same values, got others');
});
