// The queue of sweeps on the page: which run is trained when, by which tab, and what a later visit continues.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand';
import { catalog } from '../../engine/catalog.ts';
import type { SeedResult } from '../../engine/protocol/result.ts';
import { requireSweep } from '../../engine/sweeps/parse.ts';
import type { Sweep } from '../../engine/sweeps/sweep.ts';
import { endedWith } from '../../engine/sweeps/testing.ts';
import { createAppState } from '../appState.ts';
import { waitsForOwnRun } from '../engines.ts';
import { checkpointOf, result, runEvents } from '../testing/fakeRun.ts';
import { backend, type FakeEnvironment, type FakeWorker, fakeEnvironment } from '../testing/fakeWorker.ts';
import { countsOf, expanded, knownRuns, type SweepItem } from './sweepItem.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(3000);

/** Two cells with two seeds each. */
const sweepOf = (values = [0, 0.5]): Sweep =>
  requireSweep(
    { version: 1, label: 'By cosine', axes: [{ key: 'tasks.rho', values }], seeds: [0, 1] },
    catalog,
  );

async function visit(env: FakeEnvironment) {
  const get = createStore(createAppState(env)).getState;
  get().restartEngine();
  env.workers[0]?.getReady();
  await get().loadKept();
  await get().loadSweeps();
  await settle();
  return { env, get };
}
type Visit = Awaited<ReturnType<typeof visit>>;

const asked = ({ env }: Visit) =>
  env.workers.flatMap((worker) => worker.sent.flatMap((c) => (c.type === 'run' ? [c] : [])));

/** Sends a worker's events for the run that it was given last. */
async function end(
  { env }: Visit,
  worker = 0,
  status: 'finished' | 'failed' | 'stopped' = 'finished',
  score = 0,
) {
  const own = env.workers[worker] as FakeWorker;
  const { runId, experiment } = own.last('run') as { runId: string; experiment: Sweep['base'] };
  const error = { kind: 'numeric' as const, message: 'not finite', issues: [] };
  const [seed] = endedWith({ id: '', experiment }, experiment.seed, [score]).result.seeds as [SeedResult];
  const outcome = { ...result(experiment, status), seeds: status === 'finished' ? [seed] : [] };
  own.say(
    ...runEvents(runId, experiment, 1),
    ...outcome.seeds.map((of) => ({
      type: 'seed-finished' as const,
      runId,
      step: 3,
      seedIndex: 0,
      result: of,
    })),
    status === 'failed'
      ? { type: 'run-failed', runId, step: 3, error, result: outcome }
      : { type: 'run-finished', runId, step: 3, result: outcome },
  );
  await settle();
}

function countsIn({ get }: Visit, at = 0) {
  const item = get().sweeps[at] as SweepItem;
  const known = knownRuns(get().runs, get().kept ?? []);
  const { waiting, running, finished, failed, stopped } = countsOf(
    item,
    expanded(item, catalog, known),
    known,
  );
  return { waiting, running, finished, failed, stopped };
}

describe('a sweep', () => {
  it('trains cell by cell and seed by seed behind what is on screen', async () => {
    const at = await visit(fakeEnvironment());
    const own = at.get().shownRunId;
    await at.get().addSweep(sweepOf());
    await settle();
    for (let run = 0; run < 4; run++) await end(at);
    expect(
      asked(at).map(({ experiment }) => [
        (experiment as Sweep['base']).tasks.rho,
        (experiment as Sweep['base']).seed,
      ]),
    ).toEqual([
      [0, 0],
      [0.5, 0],
      [0, 1],
      [0.5, 1],
    ]);
    expect(countsIn(at)).toEqual({ waiting: 0, running: 0, finished: 4, failed: 0, stopped: 0 });
    expect(at.get().shownRunId).toBe(own);
    expect(at.get().sweepDriver).toBe('none');
    // The runs are stored with names, and none stays in memory.
    expect(at.get().runs).toEqual([]);
    expect(at.get().kept?.map(({ labels }) => labels.name)).toContain('0.5, seed 1');
    expect(at.env.workers[0]?.sent.some((c) => c.type === 'probe' && c.runId !== null)).toBe(false);
  });

  it('leaves the core to a run of the user, and begins when that one ends', async () => {
    const at = await visit(fakeEnvironment('', 1, { cores: 2 }));
    const own = at.get().start() as string;
    await at.get().addSweep(sweepOf());
    await settle();
    expect(asked(at).map(({ runId }) => runId)).toEqual([own]);
    expect(waitsForOwnRun(at.get())).toBe(true);
    await end(at);
    expect(asked(at)).toHaveLength(2);
    expect(waitsForOwnRun(at.get())).toBe(false);
    expect(at.env.workers).toHaveLength(1);
  });

  it('trains on as many engines as there are cores but one, and closes them again', async () => {
    const at = await visit(fakeEnvironment('', 1, { cores: 3 }));
    await at.get().addSweep(sweepOf());
    await settle();
    expect(at.env.workers).toHaveLength(2);
    at.env.workers[1]?.getReady();
    expect(countsIn(at)).toMatchObject({ running: 0, waiting: 4 });
    expect(new Set(asked(at).map(({ runId }) => runId)).size).toBe(2);
    await end(at, 1);
    await end(at, 0);
    expect(asked(at)).toHaveLength(4);
    await end(at, 1);
    await end(at, 0);
    expect(countsIn(at)).toMatchObject({ finished: 4 });
    expect(at.get().engines).toHaveLength(1);
  });

  it.each([
    ['webgpu', 1],
    ['wasm', 2],
  ] as const)(
    'trains on %s as many runs at a time as can share it, or as the user says: %i',
    async (active, count) => {
      const at = await visit(fakeEnvironment('', 1, { cores: 4 }));
      at.env.workers[0]?.say({ type: 'backend', report: { ...backend, active } });
      at.get().setSweepJobs(2);
      void at.get().addSweep(sweepOf());
      await settle();
      expect(at.get().engines.filter(({ runId }) => runId !== null)).toHaveLength(count);
    },
  );

  it('goes on in a later visit: nothing finished is trained again, and one under way from its checkpoint', async () => {
    const at = await visit(fakeEnvironment());
    await at.get().addSweep(sweepOf());
    await settle();
    await end(at);
    const { runId, experiment } = (at.env.workers[0] as FakeWorker).last('run') as {
      runId: string;
      experiment: Sweep['base'];
    };
    at.env.workers[0]?.say(...runEvents(runId, experiment, 1));
    await settle();
    const env = fakeEnvironment('', 1, { runs: at.env.runs, firstRun: 100 });
    env.kept.set(runId, checkpointOf(runId, experiment, 2));
    const later = await visit(env);
    expect(asked(later).map((c) => [c.runId, c.resume?.step])).toEqual([[runId, 2]]);
    expect(countsIn(later)).toMatchObject({ finished: 1 });
    for (let run = 0; run < 3; run++) await end(later);
    expect(countsIn(later)).toMatchObject({ finished: 4, waiting: 0 });
    expect(asked(later)).toHaveLength(3);
  });

  it('is trained by one tab alone; another takes over when that one goes', async () => {
    let isTaken = true;
    const held: (() => void)[] = [];
    const locks = {
      hold: (_name: string, onHeld: () => void) => {
        if (isTaken) held.push(onHeld);
        else onHeld();
        return () => {};
      },
    };
    const at = await visit(fakeEnvironment('', 1, { locks }));
    await at.get().addSweep(sweepOf());
    await settle();
    expect(at.get().sweepDriver).toBe('elsewhere');
    expect(asked(at)).toEqual([]);
    isTaken = false;
    held[0]?.();
    await settle();
    expect(at.get().sweepDriver).toBe('here');
    expect(asked(at)).toHaveLength(1);
  });

  it('is paused, goes on, and is cancelled', async () => {
    const at = await visit(fakeEnvironment());
    const id = await at.get().addSweep(sweepOf());
    await settle();
    const { runId } = asked(at)[0] ?? {};
    await at.get().setSweepState(id, 'paused');
    expect(at.env.workers[0]?.last('pause')?.runId).toBe(runId);
    await at.get().setSweepState(id, 'queued');
    expect(at.env.workers[0]?.last('resume')?.runId).toBe(runId);
    await at.get().setSweepState(id, 'cancelled');
    expect(at.env.workers[0]?.last('stop')?.runId).toBe(runId);
    await end(at, 0, 'stopped');
    expect(asked(at)).toHaveLength(1);
    expect(countsIn(at)).toMatchObject({ stopped: 1, waiting: 3 });
  });

  it('holds up no other sweep while it is paused, and goes on from its checkpoint where it gave up its engine', async () => {
    const at = await visit(fakeEnvironment('', 1, { cores: 2 }));
    const add = async (rho: number) => {
      const id = await at.get().addSweep(sweepOf([rho]));
      await settle();
      return id;
    };
    const [first, second, third] = [await add(0), await add(0.5), await add(0.9)];
    const sweepAsked = () =>
      asked(at).map(({ runId }) => at.get().sweeps.find(({ id }) => runId.startsWith(id))?.id);
    expect(sweepAsked()).toEqual([first]);
    await at.get().setSweepState(first, 'paused');
    await settle();
    // The paused run keeps the first engine; a second one is started.
    expect(at.env.workers).toHaveLength(2);
    at.env.workers[1]?.getReady();
    await settle();
    expect(sweepAsked()).toEqual([first, second]);
    const { runId, experiment } = (at.env.workers[1] as FakeWorker).last('run') as {
      runId: string;
      experiment: Sweep['base'];
    };
    at.env.workers[1]?.say(...runEvents(runId, experiment, 1));
    at.env.kept.set(runId, checkpointOf(runId, experiment, 2));
    await at.get().setSweepState(second, 'paused');
    await settle();
    expect(at.env.workers).toHaveLength(3);
    at.env.workers[2]?.getReady();
    await settle();
    expect(sweepAsked()).toEqual([first, second, third]);
    expect(countsIn(at, 1)).toMatchObject({ waiting: 2, running: 0, stopped: 0 });
    await end(at, 2);
    await end(at, 2);
    expect(countsIn(at, 2)).toMatchObject({ finished: 2 });
    await at.get().setSweepState(second, 'queued');
    await settle();
    expect(asked(at).at(-1)).toMatchObject({ runId, resume: { step: 2 } });
    await at.get().setSweepState(first, 'queued');
    expect(at.env.workers[0]?.last('resume')?.runId).toBe(asked(at)[0]?.runId);
  });

  it('leaves a failed run alone until it is asked for again', async () => {
    const at = await visit(fakeEnvironment());
    const id = await at.get().addSweep(sweepOf([0.5]));
    await settle();
    await end(at, 0, 'failed');
    await end(at);
    expect(countsIn(at)).toMatchObject({ failed: 1, finished: 1 });
    await at.get().retrySweep(id);
    await settle();
    expect(asked(at).map(({ runId }) => runId)[2]).toBe(asked(at)[0]?.runId);
    await end(at);
    expect(countsIn(at)).toMatchObject({ failed: 0, finished: 2 });
  });

  it('of successive halving trains the best cells again for longer, in a later visit too', async () => {
    const sweep = requireSweep(
      {
        axes: [{ key: 'tasks.rho', values: [0, 0.2, 0.5] }],
        design: { kind: 'halving', eta: 3, from: 2, to: 6 },
        seeds: [0],
      },
      catalog,
    );
    const at = await visit(fakeEnvironment());
    await at.get().addSweep(sweep);
    await settle();
    // The runs of the last rung are counted before their cells are known.
    expect(countsIn(at)).toMatchObject({ waiting: 4, running: 0 });
    await end(at, 0, 'finished', 0.1);
    await end(at, 0, 'finished', 0.3);
    expect(asked(at)).toHaveLength(3);
    await end(at, 0, 'finished', 0.2);
    const settings = ({ experiment }: ReturnType<typeof asked>[number]) => {
      const { tasks, training } = experiment as Sweep['base'];
      return [tasks.rho, training.epochs];
    };
    expect(asked(at).map(settings)).toEqual([
      [0, 2],
      [0.2, 2],
      [0.5, 2],
      [0.2, 6],
    ]);
    // Its scores are stored: the same cell continues.
    const later = await visit(fakeEnvironment('', 1, { runs: at.env.runs, firstRun: 100 }));
    expect(asked(later).map(settings)).toEqual([[0.2, 6]]);
    await end(later, 0, 'finished', 0.4);
    expect(asked(later)).toHaveLength(1);
    expect(countsIn(later)).toMatchObject({ finished: 4, waiting: 0 });
  });

  it('of successive halving chooses anew when a failed run is trained again', async () => {
    const sweep = requireSweep(
      {
        axes: [{ key: 'tasks.rho', values: [0, 0.5] }],
        design: { kind: 'halving', eta: 2, from: 2, to: 4 },
        seeds: [0],
      },
      catalog,
    );
    const at = await visit(fakeEnvironment());
    const id = await at.get().addSweep(sweep);
    await settle();
    await end(at, 0, 'failed');
    await end(at, 0, 'finished', 0.2);
    // A failed run ranks last, and does not block the others.
    const settings = () =>
      asked(at).map(({ experiment }) => {
        const { tasks, training } = experiment as Sweep['base'];
        return [tasks.rho, training.epochs];
      });
    expect(settings().slice(2)).toEqual([[0.5, 4]]);
    await at.get().retrySweep(id);
    expect(countsIn(at)).toMatchObject({ waiting: 2 });
    await end(at, 0, 'finished', 0.2);
    expect(settings().slice(3)).toEqual([[0, 2]]);
    await end(at, 0, 'finished', 0.4);
    expect(settings().slice(4)).toEqual([[0, 4]]);
  });

  it('waits for those before it, and is moved up', async () => {
    const at = await visit(fakeEnvironment());
    const [first, second] = [await at.get().addSweep(sweepOf([0])), await at.get().addSweep(sweepOf([0.5]))];
    await settle();
    await at.get().moveSweep(second, -1);
    expect(at.get().sweeps.map(({ id }) => id)).toEqual([second, first]);
    await end(at);
    expect(asked(at)[1]?.runId.startsWith(second)).toBe(true);
  });

  it('runs on in memory where storage refuses it, and says so', async () => {
    const at = await visit(fakeEnvironment());
    at.env.runs.fault = new Error('blocked');
    await at.get().addSweep(sweepOf([0.5]));
    await settle();
    expect(at.get().sweepNote).toContain('blocked');
    await end(at);
    await end(at);
    expect(countsIn(at)).toMatchObject({ finished: 2 });
    expect(at.get().runs).toHaveLength(2);
  });
});
