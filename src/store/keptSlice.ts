// The runs that storage keeps: their list, labels, sizes and budget, and how a run comes back on screen.
import type { Checkpoint } from '../engine/protocol/checkpoint.ts';
import type { Sweep } from '../engine/sweeps/sweep.ts';
import { DEFAULT_BUDGET, toDrop, usedBytes } from './budget.ts';
import type { Context } from './context.ts';
import { isActive } from './engines.ts';
import type { RunEntry } from './runEntry.ts';
import type { RunKeeper } from './runKeeper.ts';
import { liveOf } from './runParts.ts';
import { withoutRun } from './runs.ts';
import { forgetSeries, restoreSeries } from './series.ts';
import type { KeptSlice } from './state.ts';
import { isFull, storageReason } from './storage/reason.ts';
import { sweepOfRun } from './sweeps/runIds.ts';

/** With this many runs the page asks the browser for persistent storage, even if space is not short. */
const WORTH_KEEPING = 10;
/** How long a deletion can be undone, in any tab. */
const UNDO_MS = 10 * 60_000;
const BUDGET = 'budgetBytes';

const withEntry = (kept: readonly RunEntry[], entry: RunEntry): readonly RunEntry[] =>
  kept.some(({ runId }) => runId === entry.runId)
    ? kept.map((other) => (other.runId === entry.runId ? entry : other))
    : [entry, ...kept];

const sentence = (text: string): string => {
  const [first = ''] = text;
  return `${first.toUpperCase()}${text.slice(first.length).replace(/\.$/, '')}.`;
};

export function createKeptSlice(
  { set, get, env }: Context,
  keeper: RunKeeper,
): { slice: KeptSlice; onKept(entry: RunEntry): void; onTrouble(error: unknown): void; onReady(): void } {
  let hasAskedToPersist = false;
  let freeing: Promise<void> = Promise.resolve();
  /** Reads of the list follow each other, so that an older one never replaces a newer one. */
  let reading: Promise<void> = Promise.resolve();
  /** What was written since the read in progress began, which may not have seen it. */
  let written = new Map<string, RunEntry>();
  /** Imports that wait for the catalog. */
  let waiting: (() => void)[] = [];
  /** Runs that the user asked to open: one that is read late must not come over a later choice. */
  let choices = 0;

  const put = (entry: RunEntry) => {
    written.set(entry.runId, entry);
    if (entry.deletedAt !== null) return;
    set((s) => ({ kept: withEntry(s.kept ?? [], entry) }));
  };

  const askToPersist = () => {
    if (hasAskedToPersist) return;
    hasAskedToPersist = true;
    env.storage.persist().then(
      (isPersisted) => set({ isPersisted }),
      // A browser that cannot promise persistence has not promised it.
      () => set({ isPersisted: false }),
    );
  };

  const onTrouble = (error: unknown) => {
    const message = sentence(storageReason(error));
    const kind = isFull(error) ? 'full' : 'refused';
    set({ keepTrouble: { kind, message, unkept: keeper.unkept } });
  };

  /** Never throws: failures to free storage are reported in the state. */
  const enforce = () => {
    freeing = freeing.then(async () => {
      const { kept, budget } = get();
      try {
        for (const { runId, kind } of toDrop(kept ?? [], budget, (id) => isActive(get(), id))) {
          const entry = await env.runs.dropPart(runId, kind);
          if (entry) put(entry);
        }
      } catch (error) {
        onTrouble(error);
      }
    });
    return freeing;
  };

  const onKept = (entry: RunEntry) => {
    put(entry);
    env.otherTabs.tell();
    const { kept, budget } = get();
    if ((kept?.length ?? 0) >= WORTH_KEEPING) askToPersist();
    if (usedBytes(kept ?? []) > budget) void enforce();
    if (keeper.unkept.length === 0 && get().keepTrouble) set({ keepTrouble: null });
  };

  /** Tells the user what storage refused; nothing has changed then. @returns null for a change that was refused */
  const orTell = async <T>(title: string, work: Promise<T>): Promise<T | null> => {
    try {
      return await work;
    } catch (error) {
      set({ archiveReport: { title, lines: [sentence(storageReason(error))] } });
      return null;
    }
  };

  const mark = async (runIds: readonly string[], deletedAt: number | null) => {
    const changed = await Promise.all(runIds.map((runId) => env.runs.change(runId, { deletedAt })));
    env.otherTabs.tell();
    const marked = changed.filter((entry) => entry !== null);
    for (const entry of marked) written.set(entry.runId, entry);
    return marked;
  };

  const readList = async () => {
    const since = new Map<string, RunEntry>();
    written = since;
    try {
      const [stored, budget] = await Promise.all([env.runs.list(), env.runs.setting(BUDGET)]);
      const all = [...since.values()].reduce(withEntry, stored as readonly RunEntry[]);
      const gone = all.filter(({ deletedAt }) => deletedAt !== null && Date.now() - deletedAt > UNDO_MS);
      set({
        kept: all.filter(({ deletedAt }) => deletedAt === null),
        ...(typeof budget === 'number' ? { budget } : {}),
      });
      await Promise.all(gone.map(({ runId }) => env.runs.delete(runId)));
    } catch (error) {
      set({ kept: get().kept ?? [] });
      onTrouble(error);
    }
  };

  const slice: KeptSlice = {
    kept: null,
    budget: DEFAULT_BUDGET,
    isPersisted: null,
    keepTrouble: null,
    lastDeleted: [],
    loadKept() {
      reading = reading.then(readList);
      return reading;
    },
    async bringBack(runId) {
      if (get().runs.some((run) => run.runId === runId)) return true;
      const entry = get().kept?.find((other) => other.runId === runId);
      const [record, series, captures] = await Promise.all([
        env.runs.get(runId),
        env.runs.getPart(runId, 'series'),
        env.runs.getPart(runId, 'captures'),
      ]);
      if (!record) return false;
      // Asked for twice (by the reload, and by the user), the second must not put the stored curves over those that go on.
      if (get().runs.some((run) => run.runId === runId)) return true;
      if (series) restoreSeries(runId, series);
      const live = liveOf(captures, (entry?.bytes.networks ?? 0) > 0);
      set((s) => ({
        runs: [...s.runs, record].sort((a, b) => a.number - b.number),
        live: { ...s.live, [runId]: live },
      }));
      return true;
    },
    async letGo(runId) {
      await keeper.write(runId);
      if (get().shownRunId === runId || isActive(get(), runId) || keeper.unkept.includes(runId)) return;
      forgetSeries(runId);
      set((s) => withoutRun(s, runId));
    },
    async openKept(runId) {
      const choice = ++choices;
      let problem: string | null = null;
      try {
        if (!(await get().bringBack(runId)))
          problem =
            'expected a run that this version can read, got none. Export it with the version that made it.';
      } catch (error) {
        problem = storageReason(error);
      }
      if (choice !== choices) return false;
      if (problem === null) get().showRun(runId);
      set({ openProblem: problem });
      return problem === null;
    },
    openProblem: null,
    async readRecords(runIds) {
      const { runs } = get();
      const read = runIds.map((runId) => runs.find((run) => run.runId === runId) ?? env.runs.get(runId));
      return (await Promise.all(read)).filter((record) => record !== null);
    },
    async resumeKept(runId) {
      let checkpoint: Checkpoint | null = null;
      let problem = 'expected a checkpoint to go on from, got none. Run the experiment again.';
      try {
        checkpoint = await env.checkpoints.get(runId);
      } catch (error) {
        problem = storageReason(error);
      }
      if (!checkpoint) {
        set({ openProblem: problem });
        return;
      }
      set({ unfinished: checkpoint });
      get().resumeUnfinished();
    },
    async labelRun(runId, labels) {
      const entry = await orTell('The labels were not kept', env.runs.change(runId, { labels }));
      if (!entry) return;
      put(entry);
      env.otherTabs.tell();
      if (labels.isStarred) askToPersist();
    },
    async deleteRuns(runIds) {
      const over = runIds.filter((runId) => !isActive(get(), runId));
      const marked = await orTell('The runs were not deleted', mark(over, Date.now()));
      if (!marked) {
        // Some may have been.
        await get().loadKept();
        return;
      }
      const gone = new Set(marked.map(({ runId }) => runId));
      set((s) => {
        const runs = s.runs.filter((run) => !gone.has(run.runId));
        const isShown = runs.some((run) => run.runId === s.shownRunId);
        return {
          kept: s.kept?.filter(({ runId }) => !gone.has(runId)) ?? null,
          lastDeleted: [...gone],
          selectedRuns: s.selectedRuns.filter((runId) => !gone.has(runId)),
          runs,
          live: Object.fromEntries(Object.entries(s.live).filter(([runId]) => !gone.has(runId))),
          shownRunId: isShown ? s.shownRunId : (runs.at(-1)?.runId ?? null),
        };
      });
    },
    async undoDelete() {
      const { lastDeleted } = get();
      set({ lastDeleted: [] });
      if (!(await orTell('The runs were not brought back', mark(lastDeleted, null)))) set({ lastDeleted });
      await get().loadKept();
    },
    selectedRuns: [],
    selectRuns: (runIds) => set({ selectedRuns: runIds }),
    archiveReport: null,
    dismissArchiveReport: () => set({ archiveReport: null }),
    async exportRuns(runIds, withNetworks) {
      try {
        const { ARCHIVE_NAME, LARGEST_ARCHIVE, writeArchive } = await import('./archive/archive.ts');
        const ids = new Set(runIds.map(sweepOfRun));
        const sweeps = get().sweeps.flatMap(({ id, sweep }) => (ids.has(id) ? [sweep] : []));
        const blob = await writeArchive(env.runs, runIds, withNetworks, sweeps);
        env.saveFile(ARCHIVE_NAME, new Uint8Array(await blob.arrayBuffer()));
        if (blob.size > LARGEST_ARCHIVE)
          set({
            archiveReport: {
              title: 'This file is larger than the workbench reads back',
              lines: ['It holds more than 100 MB. Export fewer runs at a time, or without weights.'],
            },
          });
      } catch (error) {
        set({ archiveReport: { title: 'The runs were not exported', lines: [storageReason(error)] } });
      }
    },
    async importRuns(files) {
      if (!get().catalog) {
        const lines = ['The files are read as soon as it has started.'];
        set({ archiveReport: { title: 'The import waits for the engine', lines } });
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
        });
      }
      const { catalog } = get();
      if (!catalog) return 0;
      await get().loadKept();
      const { kept } = get();
      const here = new Map((kept ?? []).map((entry) => [entry.runId, entry.status]));
      let sweeps: readonly Sweep[] = [];
      try {
        const { importFiles } = await import('./archive/importing.ts');
        const { title, lines, ...found } = await importFiles(files, {
          catalog,
          runs: env.runs,
          // A run that has ended in the file replaces one that has not ended here.
          isHere: ({ runId, status }) =>
            here.has(runId) &&
            (here.get(runId) === 'finished' || status !== 'finished' || isActive(get(), runId)),
          highest: Math.max(0, ...(kept ?? []).map((entry) => entry.number)),
        });
        sweeps = found.sweeps;
        set({ archiveReport: { title, lines } });
      } catch (error) {
        set({ archiveReport: { title: 'The file was not imported', lines: [storageReason(error)] } });
      }
      env.otherTabs.tell();
      await get().loadKept();
      for (const sweep of sweeps) {
        const tableNote = await get().adoptSweep(sweep);
        const { archiveReport } = get();
        if (tableNote === null || archiveReport === null) continue;
        const line = `The runs of the sweep ${sweep.label} that are left wait. ${tableNote}`;
        set({ archiveReport: { ...archiveReport, lines: [...archiveReport.lines, line] } });
      }
      await enforce();
      return sweeps.length;
    },
    async setBudget(budget) {
      set({ budget });
      await env.runs.setSetting(BUDGET, budget).catch(onTrouble);
      await enforce();
    },
    async freeStorage() {
      const { kept } = get();
      try {
        for (const { runId, kind } of toDrop(kept ?? [], 0, (id) => isActive(get(), id))) {
          const entry = await env.runs.dropPart(runId, kind);
          if (entry) put(entry);
        }
      } catch (error) {
        onTrouble(error);
        return;
      }
      await get().retryKeeping();
    },
    async retryKeeping() {
      set({ keepTrouble: null });
      await keeper.retry();
    },
    dismissTrouble: () => set({ keepTrouble: null }),
  };

  const onReady = () => {
    const held = waiting;
    waiting = [];
    for (const goOn of held) goOn();
  };

  let reload: ReturnType<typeof setTimeout> | undefined;
  env.otherTabs.onTold(() => {
    clearTimeout(reload);
    reload = setTimeout(() => void get().loadKept(), 300);
  });
  return { slice, onKept, onTrouble, onReady };
}
