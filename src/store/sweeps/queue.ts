// The queue of sweeps. Storage holds the truth: the sweeps in order, and every run under an id that says which run of which
// sweep it is. The one tab that holds the lock gives waiting runs to engines; all tabs may change the queue.
import type { Experiment } from '../../engine/config/experiment.ts';
import { attachedFile } from '../../engine/config/tableInput.ts';
import type { Sweep } from '../../engine/sweeps/sweep.ts';
import type { Context } from '../context.ts';
import type { RunKeeper } from '../runKeeper.ts';
import { withoutRun } from '../runs.ts';
import { forgetSeries } from '../series.ts';
import { runIdOf, sweepOfRun } from './runIds.ts';
import {
  countsOf,
  expanded,
  type KnownRuns,
  knownRuns,
  newItem,
  readItems,
  type SweepItem,
  stateIn,
} from './sweepItem.ts';
import { findTable } from './sweepTable.ts';

const LOCK = 'sweeps';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

interface Next {
  item: SweepItem;
  runId: string;
  /** The experiment of one seed. */
  experiment: Experiment;
}

export interface SweepQueue {
  /** Takes the stored queue. */
  read(value: unknown): void;
  /** As the actions of `SweepsSlice`. */
  add(sweep: Sweep): Promise<string>;
  adopt(sweep: Sweep): Promise<string | null>;
  setState(id: string, state: SweepItem['state']): Promise<void>;
  move(id: string, by: number): Promise<void>;
  retry(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  go(): void;
  /** Called when a run of a sweep is over and its engine is free. */
  over(runId: string): void;
}

/** @param stored - the key that storage has it under */
export function createQueue(context: Context, keeper: RunKeeper, stored: string): SweepQueue {
  const { set, get, env, pool } = context;
  let release: (() => void) | null = null;
  let isHeld = false;
  /** Runs that are being started, until an engine has them. */
  const beginning = new Set<string>();
  /** Runs that are paused because their sweep is. */
  const paused = new Set<string>();

  const activeRuns = () => {
    const training = get().engines.flatMap(({ runId }) => (runId && sweepOfRun(runId) ? [runId] : []));
    return new Set([...training, ...beginning]);
  };

  /** Runs of sweeps and of the user: a sweep leaves the user's run its core. A paused sweep holds up no other one. */
  const trainedAtOnce = () => {
    const others = get().engines.filter(({ runId }) => runId && !sweepOfRun(runId));
    return [...activeRuns()].filter((runId) => !paused.has(runId)).length + others.length;
  };

  /** Frees an engine from the run of a paused sweep, which goes on from its checkpoint later. The first engine always stays. */
  const putAside = (): boolean => {
    const engine = get()
      .engines.slice(1)
      .find(({ runId }) => runId !== null && paused.has(runId));
    if (!engine?.runId) return false;
    paused.delete(engine.runId);
    const message = 'Its sweep is paused and another one needs the engine.';
    get().interrupt(engine.id, { kind: 'backend', message, issues: [] });
    pool.close(engine.id);
    return true;
  };

  /** One run fewer than there are cores; one on a GPU, which runs cannot share. */
  const jobs = () => {
    const isGpu = get().engines[0]?.backend?.active === 'webgpu';
    return isGpu ? 1 : Math.min(get().sweepJobs, pool.limit);
  };

  const change = async (make: (items: readonly SweepItem[]) => readonly SweepItem[]) => {
    const { catalog } = get();
    if (!catalog) return;
    try {
      const kept = await env.runs.changeSetting(stored, (before) => {
        const all = Array.isArray(before) ? (before as SweepItem[]) : [];
        const { items } = readItems(all, catalog);
        const unread = all.filter((item) => !items.some(({ id }) => id === item?.id));
        // Items written by another version of the page stay for that version.
        return [...make(items), ...unread];
      });
      set({ sweeps: readItems(kept, catalog).items });
    } catch (error) {
      // The queue continues in the memory of this page.
      set((s) => ({ sweeps: make(s.sweeps), sweepNote: `The queue is not kept: ${messageOf(error)}` }));
    }
    env.otherTabs.tell();
    go();
  };

  const changeItem = (id: string, make: (item: SweepItem) => SweepItem) =>
    change((items) => items.map((item) => (item.id === id ? make(item) : item)));

  /** Its runs wait from now on, unless its table is not at hand: then it stays as it is and says so. */
  const queueUp = async (id: string, changed: (item: SweepItem) => Partial<SweepItem>) => {
    const item = get().sweeps.find((own) => own.id === id);
    const { file, tableNote } = item && !item.file ? await findTable(context, item) : {};
    await changeItem(id, (now) => {
      if (tableNote !== undefined) return { ...now, tableNote };
      const { tableNote: _said, ...rest } = now;
      return { ...rest, ...(file ? { file } : {}), ...changed(now), state: 'queued' };
    });
  };

  /** The first that waits, in the order of the queue. */
  const next = (): Next | null => {
    const { sweeps, runs, kept, catalog } = get();
    if (!catalog || kept === null) return null;
    const active = activeRuns();
    const all = knownRuns(runs, kept);
    // A run that has just been restarted is still stored as it ended before.
    const known: KnownRuns = { ...all, score: (runId) => (active.has(runId) ? null : all.score(runId)) };
    for (const item of sweeps) {
      if (item.state !== 'queued') continue;
      for (const run of expanded(item, catalog, known).runs) {
        const runId = runIdOf(item.id, run);
        if (active.has(runId) || stateIn(item, runId, known) !== 'waiting') continue;
        return { item, runId, experiment: run.experiment };
      }
    }
    return null;
  };

  /** Trains a run, from its checkpoint if there is one. */
  const begin = async ({ item, runId, experiment }: Next) => {
    const { catalog } = get();
    const resume = await env.checkpoints.get(runId).catch(() => null);
    if (resume) {
      await get()
        .bringBack(runId)
        .catch(() => false);
      if (get().unfinished?.runId === runId) set({ unfinished: null });
    }
    const file = attachedFile(experiment, catalog, item.file ?? null);
    const run = { experiment, ...(file ? { file } : {}) };
    // If another run has taken the engine meanwhile, it is tried again when that run ends.
    if (!get().trainRun(runId, resume ? { ...run, resume } : run)) return;
    if (item.again.includes(runId))
      await changeItem(item.id, (now) => ({ ...now, again: now.again.filter((id) => id !== runId) }));
  };

  /** Gives waiting runs to free engines. */
  const fill = () => {
    if (!isHeld) return;
    while (trainedAtOnce() < jobs()) {
      const waiting = next();
      if (!waiting || !(pool.canRun || putAside())) break;
      beginning.add(waiting.runId);
      void begin(waiting).finally(() => beginning.delete(waiting.runId));
    }
    if (activeRuns().size > 0 || next()) return;
    release?.();
    release = null;
    isHeld = false;
    set({ sweepDriver: 'none' });
    // Stops engines that were started for the sweep and hold nothing on screen.
    for (const { id, runId } of get().engines.slice(1)) if (runId === null) pool.close(id);
  };

  /** Pauses, resumes or stops runs in training when their sweep changes, whichever tab changed it. */
  const follow = () => {
    const { sweeps, engines } = get();
    for (const { runId } of engines) {
      const id = runId && sweepOfRun(runId);
      if (!runId || !id) continue;
      const state = sweeps.find((item) => item.id === id)?.state ?? 'cancelled';
      if (state === 'cancelled') pool.send({ type: 'stop', runId });
      else if (state === 'paused' && !paused.has(runId)) {
        paused.add(runId);
        pool.send({ type: 'pause', runId });
      } else if (state === 'queued' && paused.delete(runId)) pool.send({ type: 'resume', runId });
    }
  };

  return {
    read(value) {
      const { catalog } = get();
      if (!catalog) return;
      const { items, unreadable } = readItems(value, catalog);
      const note = `${unreadable} in the queue cannot be read by this version of the page, and stay for the one that wrote them.`;
      set({ sweeps: items, ...(unreadable > 0 ? { sweepNote: note } : {}) });
    },
    async add(sweep: Sweep) {
      const { file, catalog } = get();
      if (!catalog)
        throw new Error('addSweep: expected a started engine, got none. Wait until it has started.');
      const table = attachedFile(sweep.base, catalog, file);
      const item = newItem(sweep, catalog, new Date().toISOString(), table);
      // Runs of the same sweep that have ended stay; the rest continues.
      await change((items) => [...items.filter(({ id }) => id !== item.id), item]);
      return item.id;
    },
    async adopt(sweep) {
      const { catalog, runs, kept } = get();
      if (!catalog) return null;
      const item = newItem(sweep, catalog, new Date().toISOString());
      const known = knownRuns(runs, kept ?? []);
      const { waiting } = countsOf(item, expanded(item, catalog, known), known);
      const found: Partial<SweepItem> =
        waiting > 0 ? { state: 'paused', ...(await findTable(context, item)) } : {};
      await change((items) =>
        items.some(({ id }) => id === item.id) ? items : [...items, { ...item, ...found }],
      );
      return get().sweeps.find(({ id }) => id === item.id)?.tableNote ?? null;
    },
    setState: (id, state) =>
      state === 'queued' ? queueUp(id, () => ({})) : changeItem(id, (item) => ({ ...item, state })),
    move: (id, by) =>
      change((items) => {
        const from = items.findIndex((item) => item.id === id);
        const to = Math.min(items.length - 1, Math.max(0, from + by));
        const rest = items.filter((item) => item.id !== id);
        const item = items[from];
        return item ? [...rest.slice(0, to), item, ...rest.slice(to)] : items;
      }),
    async retry(id) {
      const { runs, kept, catalog } = get();
      if (!catalog) return;
      const known = knownRuns(runs, kept ?? []);
      await queueUp(id, (item) => ({
        again: expanded(item, catalog, known)
          .runs.map((run) => runIdOf(id, run))
          .filter((runId) => ['failed', 'stopped'].includes(stateIn({ again: [] }, runId, known))),
      }));
    },
    remove: (id) => change((items) => items.filter((item) => item.id !== id)),
    go,
    over(runId) {
      paused.delete(runId);
      const { catalog, sweeps } = get();
      const item = sweeps.find(({ id }) => id === sweepOfRun(runId));
      void keeper.settled().then(async () => {
        if (item && catalog) await label(item, runId);
        // The run is stored, and read back when it is opened.
        const isKept = get().kept?.some((entry) => entry.runId === runId) && !keeper.unkept.includes(runId);
        if (!isKept || get().shownRunId === runId) return;
        forgetSeries(runId);
        set((s) => withoutRun(s, runId));
      });
      fill();
    },
  };

  function go() {
    follow();
    if (isHeld) {
      fill();
      return;
    }
    if (release || !next() || get().engines[0]?.status !== 'ready') return;
    set({ sweepDriver: 'elsewhere' });
    release = env.locks.hold(LOCK, () => {
      isHeld = true;
      set({ sweepDriver: 'here' });
      // What another tab has trained so far.
      void get().loadKept().then(fill);
    });
  }

  async function label(item: SweepItem, runId: string) {
    const { catalog, kept } = get();
    const entry = kept?.find((other) => other.runId === runId);
    if (!catalog || !entry || entry.labels.name !== '') return;
    const { cells, runs } = expanded(item, catalog, knownRuns(get().runs, kept ?? []));
    const run = runs.find((other) => runIdOf(item.id, other) === runId);
    const cell = cells.find(({ id }) => id === run?.cell);
    if (!run || !cell) return;
    const name = [...cell.labels, `seed ${run.seed}`].join(', ');
    await get()
      .labelRun(runId, { name, tags: [item.sweep.label] })
      .catch(() => {
        // The name is a convenience: without it, the run goes by its number.
      });
  }
}
