// The runs of this visit. Events arrive in bursts; they are gathered and applied at most four times a second, so that
// training never keeps the page busy.
import { attachedFile, type TableInput } from '../engine/config/tableInput.ts';
import type { WeightsInput } from '../engine/data/source.ts';
import type { Checkpoint } from '../engine/protocol/checkpoint.ts';
import type { RunEvent } from '../engine/protocol/run.ts';
import { presetOf } from './configSlice.ts';
import type { Context } from './context.ts';
import { memories } from './probeMemory.ts';
import { applyRunEvent, newRun } from './runReducer.ts';
import type { RunState } from './runState.ts';
import { appendSteps, forgetSeries } from './series.ts';
import type { RunsSlice } from './state.ts';

const FLUSH_MS = 250;
/** What the user waits for: a run that begins, pauses or ends. */
const URGENT: readonly RunEvent['type'][] = ['run-started', 'state', 'run-finished', 'run-failed'];
const URGENT_MS = 30;
export const EXAMPLE_ID = 'example';

interface NewRun {
  experiment: unknown;
  file?: TableInput;
  paused?: boolean;
  resume?: Checkpoint;
  weights?: WeightsInput;
}

export function createRunsSlice({ set, get, env, client }: Context): RunsSlice {
  const latestCheckpoint = new Map<string, Checkpoint>();
  /** What the worker was last asked to run. */
  let asked: { runId: string; command: NewRun } | null = null;
  let queue: RunEvent[] = [];
  let flushTimer: ReturnType<typeof setTimeout> | undefined;
  let release = () => {};
  /** Steps asked for before the worker has begun the run. */
  let stepWhenBegun: string | null = null;

  const begin = (runId: string, command: NewRun) => {
    // The worker breaks a measurement off for a run.
    get().endPlanned();
    release();
    release = env.checkpoints.hold(runId);
    asked = { runId, command };
    set({ activeRunId: runId, engineError: null });
    client.send({ type: 'run', runId, ...command });
  };
  const goOn = (checkpoint: Checkpoint, paused = false) => {
    const { runId, experiment, file } = checkpoint;
    latestCheckpoint.set(runId, checkpoint);
    begin(runId, { experiment, file, resume: checkpoint, paused });
  };
  const control = (type: 'pause' | 'resume' | 'step' | 'stop') => {
    const { activeRunId } = get();
    if (activeRunId) client.send({ type, runId: activeRunId });
  };
  const noteStorage = (error: unknown) => {
    if (get().storageNote !== null) return;
    const reason = error instanceof Error ? error.message : String(error);
    set({ storageNote: `This browser does not keep checkpoints (${reason}), so a reload starts over.` });
  };

  /** Applies what has gathered in one update. */
  const flush = () => {
    clearTimeout(flushTimer);
    flushTimer = undefined;
    const events = queue;
    queue = [];
    if (events.length === 0) return;
    let { runs, shownRunId, activeRunId } = get();
    for (const event of events) {
      const { runId } = event;
      runs = applyToRuns(runs, event);
      if (event.type === 'run-started') {
        shownRunId = runId;
        // A memory of the run from its first epoch on, whatever is on screen; who looks asks for more.
        for (const [probe, { request }] of Object.entries(memories))
          client.send({ type: 'probe', runId, probe, request, everyEpochOnly: true });
        if (runId === stepWhenBegun) control('step');
        stepWhenBegun = null;
      }
      if (event.type === 'run-finished' || event.type === 'run-failed') {
        if (runId === activeRunId) activeRunId = null;
        if (event.type === 'run-failed') shownRunId = runId;
        // A failed run can be taken up from its last checkpoint, as long as the page stays open.
        else latestCheckpoint.delete(runId);
        env.checkpoints.discard(runId).catch(noteStorage);
      }
    }
    set({ runs, shownRunId, activeRunId });
  };

  return {
    runs: [],
    shownRunId: null,
    activeRunId: null,
    unfinished: null,
    storageNote: null,
    start({ paused, weights, experiment = get().experiment ?? undefined } = {}) {
      const { activeRunId, engine, file, catalog } = get();
      if (!experiment || activeRunId || engine !== 'ready') return;
      begin(env.newRunId(), { experiment, file: attachedFile(experiment, catalog, file), paused, weights });
    },
    pause: () => control('pause'),
    resume: () => control('resume'),
    step() {
      if (get().activeRunId) {
        control('step');
        return;
      }
      get().start({ paused: true });
      stepWhenBegun = get().activeRunId;
    },
    stop: () => control('stop'),
    reset() {
      const { activeRunId, shownRunId, runs } = get();
      if (activeRunId === shownRunId && activeRunId) {
        control('stop');
        env.checkpoints.discard(activeRunId).catch(noteStorage);
        set({ activeRunId: null });
      }
      if (!shownRunId || shownRunId === EXAMPLE_ID) return;
      forgetSeries(shownRunId);
      latestCheckpoint.delete(shownRunId);
      const rest = runs.filter((r) => r.runId !== shownRunId);
      set({ runs: rest, shownRunId: rest.at(-1)?.runId ?? null });
    },
    showRun: (runId) => set({ shownRunId: runId }),
    resumeFromCheckpoint(runId, paused) {
      const checkpoint = latestCheckpoint.get(runId);
      if (checkpoint && !get().activeRunId) goOn(checkpoint, paused);
    },
    takeUp(runId, paused) {
      if (asked?.runId !== runId) return;
      const { command } = asked;
      const isPaused = paused ?? command.paused;
      if (latestCheckpoint.has(runId)) {
        get().resumeFromCheckpoint(runId, isPaused);
        return;
      }
      forgetSeries(runId);
      begin(runId, { ...command, paused: isPaused });
    },
    resumeUnfinished() {
      const { unfinished, activeRunId, setExperiment, catalog } = get();
      if (!unfinished || activeRunId) return;
      set({ unfinished: null, presetId: catalog && presetOf(unfinished.experiment, catalog) });
      if (unfinished.file) set({ file: unfinished.file, preview: null });
      setExperiment(unfinished.experiment);
      goOn(unfinished);
    },
    discardUnfinished() {
      const { unfinished } = get();
      set({ unfinished: null });
      if (unfinished) env.checkpoints.discard(unfinished.runId).catch(noteStorage);
    },
    exportWeights(role) {
      const { shownRunId } = get();
      if (shownRunId) client.send({ type: 'export-weights', runId: shownRunId, role });
    },
    receive(event) {
      if (event.type === 'steps') appendSteps(event);
      if (event.type === 'checkpoint') {
        latestCheckpoint.set(event.runId, event.checkpoint);
        env.checkpoints.save(event.checkpoint).catch(noteStorage);
      }
      if (event.type === 'weights') env.saveFile(event.fileName, event.bytes);
      queue.push(event);
      if (URGENT.includes(event.type)) {
        clearTimeout(flushTimer);
        flushTimer = setTimeout(flush, URGENT_MS);
      } else flushTimer ??= setTimeout(flush, FLUSH_MS);
    },
    interrupt(error) {
      flush();
      get().interruptProbes(error);
      const { activeRunId } = get();
      if (!activeRunId) return;
      set((s) => ({
        activeRunId: null,
        runs: s.runs.map((r) => (r.runId === activeRunId ? { ...r, status: 'stopped', error } : r)),
      }));
    },
    noteStorage,
    showExample(events) {
      let example: RunState | null = null;
      for (const event of events) {
        const own = { ...event, runId: EXAMPLE_ID } as RunEvent;
        if (own.type === 'run-started') example = newRun(EXAMPLE_ID, 0, own);
        else if (example) example = applyRunEvent(example, own);
        if (own.type === 'steps') appendSteps(own);
      }
      const run = example;
      if (run) set((s) => ({ runs: [run, ...s.runs], shownRunId: s.shownRunId ?? EXAMPLE_ID }));
    },
  };
}

/** Only its first event creates a run: late ones of a run that was reset do not bring it back. */
export function applyToRuns(runs: RunState[], event: RunEvent): RunState[] {
  const known = runs.find((r) => r.runId === event.runId);
  if (known) {
    let base = known;
    if (event.type === 'run-started') {
      const starts = known.starts + 1;
      base =
        event.resumedFromStep === null
          ? { ...newRun(known.runId, known.number, event), starts }
          : { ...known, status: 'preparing', error: null, result: null, starts };
    }
    const next = applyRunEvent(base, event);
    return next === known ? runs : runs.map((r) => (r === known ? next : r));
  }
  if (event.type !== 'run-started' && event.type !== 'run-failed') return runs;
  const number = 1 + Math.max(0, ...runs.map((r) => r.number));
  if (event.type === 'run-started') return [...runs, newRun(event.runId, number, event)];
  // Refused before it began: the failure is all there is to show.
  const { experiment, backend, startedAt } = event.result;
  const started = newRun(event.runId, number, {
    type: 'run-started',
    runId: event.runId,
    step: 0,
    experiment,
    seeds: [],
    backend,
    startedAt,
    resumedFromStep: null,
  });
  return [...runs, applyRunEvent(started, event)];
}
