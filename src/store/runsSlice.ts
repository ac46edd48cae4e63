// The runs of this visit. Events arrive in bursts; they are collected and applied at most four times a second, so that training
// does not block the page.
import { attachedFile, type TableInput } from '../engine/config/tableInput.ts';
import type { ErrorReport, Issue } from '../engine/core/errors.ts';
import type { WeightsInput } from '../engine/data/source.ts';
import type { Checkpoint } from '../engine/protocol/checkpoint.ts';
import type { RunEvent } from '../engine/protocol/run.ts';
import { CheckpointKeeper } from './checkpointKeeper.ts';
import { presetOf } from './configSlice.ts';
import type { Context } from './context.ts';
import { canBegin, controlledRunId, hasActiveRun, isActive } from './engines.ts';
import { numberInPair } from './lockstep.ts';
import { memories } from './probeMemory.ts';
import type { RunKeeper } from './runKeeper.ts';
import { isOver } from './runRecord.ts';
import { added, applyToRuns, changeLive, changeRecord, NO_RUNS, withoutRun } from './runs.ts';
import { appendSteps, forgetSeries } from './series.ts';
import type { RunsSlice } from './state.ts';
import { storageReason } from './storage/reason.ts';
import { sweepOfRun } from './sweeps/runIds.ts';

const FLUSH_MS = 250;
/** Events that the user waits for: a run begins, pauses or ends. */
const URGENT: readonly RunEvent['type'][] = ['run-started', 'state', 'run-finished', 'run-failed'];
const URGENT_MS = 30;
const isEnd = ({ type }: RunEvent): boolean => type === 'run-finished' || type === 'run-failed';
/** How many ended runs of a visit stay in memory; others are read from storage when chosen. */
const RUNS_IN_MEMORY = 10;
export const EXAMPLE_ID = 'example';

const issueOf = ({ message }: ErrorReport): Issue => ({
  path: 'weights',
  expected: 'the networks of this run',
  got: 'none',
  remedy: message,
});

interface NewRun {
  experiment: unknown;
  file?: TableInput;
  paused?: boolean;
  resume?: Checkpoint;
  weights?: WeightsInput;
}

/** @param onSweepRunOver - called when a run of a sweep has freed its engine */
export function createRunsSlice(
  { set, get, env, pool }: Context,
  keeper: RunKeeper,
  onSweepRunOver: (runId: string) => void,
): RunsSlice {
  const latestCheckpoint = new Map<string, Checkpoint>();
  /** The commands that began the runs that are not over. */
  const commands = new Map<string, NewRun>();
  /** Functions that release the locks on checkpoints that this tab holds. */
  const holds = new Map<string, () => void>();
  let queue: RunEvent[] = [];
  let flushTimer: ReturnType<typeof setTimeout> | undefined;
  /** Runs for which a step was requested before their engine had begun them. */
  const stepWhenBegun = new Set<string>();

  const begin = (runId: string, command: NewRun) => {
    // The engine ends a measurement when a run needs it.
    get().endPlanned();
    for (const [held, release] of holds) {
      if (held !== runId && isActive(get(), held)) continue;
      release();
      holds.delete(held);
    }
    holds.set(runId, env.checkpoints.hold(runId));
    commands.set(runId, command);
    pool.run({ runId, ...command });
  };
  const goOn = (checkpoint: Checkpoint, paused = false) => {
    const { runId, experiment, file } = checkpoint;
    latestCheckpoint.set(runId, checkpoint);
    begin(runId, { experiment, file, resume: checkpoint, paused });
  };
  const control = (type: 'pause' | 'resume' | 'step' | 'stop') => {
    const runId = controlledRunId(get());
    if (runId && !get().controlLockstep(type, runId)) pool.send({ type, runId });
  };
  const noteStorage = (error: unknown) => {
    if (get().storageNote !== null) return;
    const reason = storageReason(error);
    set({ storageNote: `This browser does not store checkpoints (${reason}), so a reload starts over.` });
  };
  const checkpoints = new CheckpointKeeper(env.checkpoints, noteStorage);

  /** In long visits older runs leave memory; they open from storage as they ended. */
  const leaveMemory = async () => {
    await keeper.settled();
    const { runs, kept, shownRunId } = get();
    const unkept = new Set(keeper.unkept);
    const stored = new Set(kept?.map(({ runId }) => runId));
    const ended = runs.filter(({ isExample, status }) => !isExample && isOver(status));
    for (const { runId } of ended.slice(0, -RUNS_IN_MEMORY)) {
      if (runId === shownRunId || isActive(get(), runId) || !stored.has(runId) || unkept.has(runId)) continue;
      forgetSeries(runId);
      set((s) => withoutRun(s, runId));
    }
  };

  /** Applies all collected events in one update. */
  const flush = () => {
    clearTimeout(flushTimer);
    flushTimer = undefined;
    const events = queue;
    queue = [];
    if (events.length === 0) return;
    const { runs: before, kept } = get();
    const highest = Math.max(0, ...(kept ?? []).map((entry) => entry.number));
    let { runs, live, shownRunId } = get();
    const over: string[] = [];
    const answered = new Set<string>();
    for (const event of events) {
      const { runId } = event;
      ({ runs, live } = applyToRuns({ runs, live }, event, highest, numberInPair(get().lockstep, runId)));
      // Runs of a sweep train in the background, at full speed.
      const isOnScreen = sweepOfRun(runId) === null;
      if (event.type === 'run-started' && isOnScreen) {
        // Of two in lock-step the first, whichever engine is quicker.
        const first = get().lockstep?.runIds.find((id) => runs.some((r) => r.runId === id));
        shownRunId = get().lockstep?.runIds.includes(runId) ? (first ?? runId) : runId;
        // Probes with a history are asked from the first epoch on, whatever is on screen; a panel that shows them asks for
        // more.
        for (const [probe, { request }] of Object.entries(memories))
          pool.send({ type: 'probe', runId, probe, request, everyEpochOnly: true });
        const { pace } = get();
        if (pace !== null) pool.send({ type: 'pace', runId, stepsPerSecond: pace });
        if (stepWhenBegun.delete(runId)) pool.send({ type: 'step', runId });
      }
      if (event.type === 'probe-answer' && event.state === 'answered') answered.add(runId);
      if (event.type === 'run-finished' || event.type === 'run-failed') {
        over.push(runId);
        commands.delete(runId);
        if (event.type === 'run-failed' && isOnScreen) shownRunId = runId;
        // A failed run can resume from its last checkpoint while the page stays open.
        else latestCheckpoint.delete(runId);
        checkpoints.discard(runId);
      }
    }
    set({ runs, live, shownRunId });
    for (const run of runs) {
      const was = before.find((r) => r.runId === run.runId);
      if (was !== run) keeper.changed(run, was);
      if (answered.has(run.runId) && !run.isExample && isOver(run.status)) keeper.answered(run.runId);
    }
    for (const runId of over) pool.release(runId);
    if (over.some((runId) => sweepOfRun(runId) === null)) void leaveMemory();
    for (const runId of over) if (sweepOfRun(runId) !== null) onSweepRunOver(runId);
    // An engine is free for the queue.
    if (over.length > 0) get().continueSweeps();
  };

  return {
    ...NO_RUNS,
    shownRunId: null,
    unfinished: null,
    storageNote: null,
    askedWeights: null,
    start({ paused, weights, experiment = get().experiment ?? undefined } = {}) {
      const { file, catalog } = get();
      if (!experiment || !canBegin(get())) return null;
      const runId = env.newRunId();
      begin(runId, { experiment, file: attachedFile(experiment, catalog, file), paused, weights });
      return runId;
    },
    trainRun(runId, run) {
      if (!pool.canRun) return false;
      if (!run.resume) forgetSeries(runId);
      begin(runId, run);
      return true;
    },
    setTaskWeights(weights) {
      const runId = controlledRunId(get());
      const run = get().runs.find((r) => r.runId === runId);
      if (!runId || !run) return;
      const seed = run.seedStates.at(-1)?.seed;
      set({ askedWeights: { runId, seed, notes: run.notes.length, weights } });
      pool.send({ type: 'set-task-weights', runId, weights: [...weights] });
    },
    pause: () => control('pause'),
    resume: () => control('resume'),
    step() {
      if (hasActiveRun(get())) {
        control('step');
        return;
      }
      const runId = get().start({ paused: true });
      if (runId) stepWhenBegun.add(runId);
    },
    stop: () => control('stop'),
    keepNow() {
      flush();
      for (const { runId } of get().engines) {
        if (runId === null) continue;
        pool.send({ type: 'keep', runId });
        void keeper.write(runId);
      }
    },
    reset() {
      const { shownRunId } = get();
      if (shownRunId && isActive(get(), shownRunId)) {
        get().controlLockstep('stop', shownRunId);
        get().leaveLockstep(shownRunId);
        pool.send({ type: 'stop', runId: shownRunId });
        checkpoints.discard(shownRunId);
        pool.release(shownRunId);
      }
      if (!shownRunId || shownRunId === EXAMPLE_ID) return;
      const shown = get().runs.find((r) => r.runId === shownRunId);
      if (shown) keeper.leave(isOver(shown.status) ? shown : { ...shown, status: 'stopped' });
      forgetSeries(shownRunId);
      latestCheckpoint.delete(shownRunId);
      commands.delete(shownRunId);
      const rest = withoutRun(get(), shownRunId);
      set({ ...rest, shownRunId: rest.runs.at(-1)?.runId ?? null });
    },
    showRun: (runId) => set({ shownRunId: runId }),
    resumeFromCheckpoint(runId, paused) {
      const checkpoint = latestCheckpoint.get(runId);
      if (checkpoint && canBegin(get())) goOn(checkpoint, paused);
    },
    takeUp(runId, paused) {
      const command = commands.get(runId);
      if (!command || !canBegin(get())) return;
      const isPaused = paused ?? command.paused;
      if (latestCheckpoint.has(runId)) {
        get().resumeFromCheckpoint(runId, isPaused);
        return;
      }
      forgetSeries(runId);
      begin(runId, { ...command, paused: isPaused });
    },
    resumeUnfinished() {
      const { unfinished, setExperiment, catalog } = get();
      if (!unfinished || !canBegin(get())) return;
      set({ unfinished: null, presetId: catalog && presetOf(unfinished.experiment, catalog) });
      if (unfinished.file) set({ file: unfinished.file, preview: null });
      setExperiment(unfinished.experiment);
      // Its curves so far, if they are stored; the run resumes without them otherwise.
      get()
        .bringBack(unfinished.runId)
        .catch(() => false)
        .then(() => {
          // Another run may have taken the engine meanwhile: this one is offered again.
          if (canBegin(get())) goOn(unfinished);
          else set({ unfinished });
        });
    },
    discardUnfinished() {
      const { unfinished } = get();
      set({ unfinished: null });
      if (unfinished) checkpoints.discard(unfinished.runId);
    },
    exportWeights(role) {
      const { shownRunId } = get();
      if (!shownRunId) return;
      const command = { type: 'export-weights', runId: shownRunId, role } as const;
      if (pool.holds(shownRunId)) {
        pool.send(command);
        return;
      }
      void get()
        .openNetworks(shownRunId)
        .then((error) => {
          if (error === null) pool.send(command);
          else set((s) => changeLive(s, shownRunId, (live) => ({ ...live, weightsIssue: issueOf(error) })));
        });
    },
    receive(event) {
      if (event.type === 'steps') appendSteps(event);
      if (event.type === 'checkpoint') {
        latestCheckpoint.set(event.runId, event.checkpoint);
        checkpoints.save(event.checkpoint);
      }
      if (event.type === 'networks') keeper.keepNetworks(event.runId, event.kept);
      get().hearLockstep(event);
      if (event.type === 'weights') env.saveFile(event.fileName, event.bytes);
      queue.push(event);
      if (isEnd(event) && sweepOfRun(event.runId) !== null) {
        // The next run of a sweep must not wait for timers, which browsers throttle in background tabs.
        flush();
      } else if (URGENT.includes(event.type)) {
        clearTimeout(flushTimer);
        flushTimer = setTimeout(flush, URGENT_MS);
      } else flushTimer ??= setTimeout(flush, FLUSH_MS);
    },
    interrupt(engineId, error, isFailed = false) {
      flush();
      get().interruptProbes(engineId, error);
      const runId = get().engines.find((e) => e.id === engineId)?.runId;
      if (!runId) return;
      get().leaveLockstep(runId);
      // The queue resumes runs of sweeps by itself.
      const status = isFailed ? 'failed' : sweepOfRun(runId) === null ? 'stopped' : 'interrupted';
      set((s) => changeRecord(s, runId, (run) => ({ ...run, status, error })));
      void keeper.write(runId);
      pool.release(runId);
    },
    noteStorage,
    showExample(events) {
      let example = NO_RUNS;
      for (const event of events) {
        const own = { ...event, runId: EXAMPLE_ID } as RunEvent;
        example = own.type === 'run-started' ? added(NO_RUNS, 0, own) : applyToRuns(example, own);
        if (own.type === 'steps') appendSteps(own);
      }
      const { runs, live } = example;
      if (runs.length > 0)
        set((s) => ({
          runs: [...runs, ...s.runs],
          live: { ...live, ...s.live },
          shownRunId: s.shownRunId ?? EXAMPLE_ID,
        }));
    },
  };
}
