// State and actions of the queue of sweeps. The queue itself (queue.ts) is loaded when there is a sweep.
import type { Context } from '../context.ts';
import type { RunKeeper } from '../runKeeper.ts';
import type { SweepsSlice } from '../state.ts';
import type { SweepQueue } from './queue.ts';
import { EMPTY_DRAFT, withAxis } from './typedAxes.ts';

/** Key of the queue in storage. */
const STORED = 'sweeps';
/** Milliseconds in which messages of other tabs are collected: they send one for every run they store. */
const TOLD_MS = 300;

export function createSweepsSlice(
  ctx: Context,
  keeper: RunKeeper,
): { slice: SweepsSlice; over(runId: string): void } {
  const { set, get, env, pool } = ctx;
  let queue: SweepQueue | null = null;
  let loading: Promise<SweepQueue> | null = null;
  const load = () => {
    loading ??= import('./queue.ts').then(({ createQueue }) => {
      queue = createQueue(ctx, keeper, STORED);
      return queue;
    });
    return loading;
  };

  const slice: SweepsSlice = {
    sweeps: [],
    sweepDriver: 'none',
    sweepJobs: Math.max(1, env.cores - 1),
    sweepLimit: pool.limit,
    sweepNote: null,
    sweepDraft: EMPTY_DRAFT,
    changeSweepDraft: (change) => set((s) => ({ sweepDraft: { ...s.sweepDraft, ...change } })),
    sweepSetting: (key, text) =>
      set((s) => ({ sweepDraft: { ...s.sweepDraft, axes: withAxis(s.sweepDraft.axes, key, text) } })),
    async loadSweeps() {
      if (!get().catalog) return;
      try {
        const stored = await env.runs.setting(STORED);
        const isEmpty = !Array.isArray(stored) || stored.length === 0;
        if (isEmpty && queue === null) return;
        (await load()).read(stored);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        set({ sweepNote: `The queue could not be read: ${reason}` });
      }
      get().continueSweeps();
    },
    addSweep: async (sweep) => (await load()).add(sweep),
    adoptSweep: async (sweep) => (await load()).adopt(sweep),
    setSweepState: async (id, state) => (await load()).setState(id, state),
    moveSweep: async (id, by) => (await load()).move(id, by),
    retrySweep: async (id) => (await load()).retry(id),
    removeSweep: async (id) => (await load()).remove(id),
    setSweepJobs(count) {
      set({ sweepJobs: Math.min(pool.limit, Math.max(1, count)) });
      queue?.go();
    },
    dismissSweepNote: () => set({ sweepNote: null }),
    continueSweeps: () => queue?.go(),
  };

  let told: ReturnType<typeof setTimeout> | undefined;
  env.otherTabs.onTold(() => {
    clearTimeout(told);
    told = setTimeout(() => void get().loadSweeps(), TOLD_MS);
  });
  return { slice, over: (runId) => queue?.over(runId) };
}
