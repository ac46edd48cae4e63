// One store of narrow slices around the worker's client. Run events arrive in bursts; they are gathered and applied at
// most four times a second, so that training never keeps the page busy.
import { create } from 'zustand';
import { TrainClient } from '../client/trainClient.ts';
import { encodeExperiment } from '../engine/config/codec.ts';
import type { ErrorReport } from '../engine/core/errors.ts';
import type { FileInput } from '../engine/data/source.ts';
import type { BackendRequest, Checkpoint, Event, RunEvent } from '../engine/protocol.ts';
import { DEFAULT_VIEW, parsePanelView } from '../views/panels/view.ts';
import { discardCheckpoint, findUnfinished, holdRun, saveCheckpoint } from './checkpoints.ts';
import { createConfigSlice, readLink } from './configSlice.ts';
import { readRecording } from './replay.ts';
import { applyRunEvent, newRun } from './runReducer.ts';
import type { RunState } from './runState.ts';
import { appendSteps, forgetSeries } from './series.ts';
import type { AppState } from './state.ts';

const FLUSH_MS = 250;
const CHECK_MS = 200;
const EXAMPLE_ID = 'example';

const latestCheckpoint = new Map<string, Checkpoint>();
let queue: RunEvent[] = [];
let flushTimer: ReturnType<typeof setTimeout> | null = null;
let checkTimer: ReturnType<typeof setTimeout> | null = null;
let checkCount = 0;
let releaseRun = () => {};
let pendingCommands: (() => void)[] = [];

const client = new TrainClient({ onEvent, onDeath });

export const useStore = create<AppState>()((set, get) => ({
  ...createConfigSlice(set, get, checkSoon),

  file: null,
  preview: null,
  fileError: null,
  async chooseFile(file) {
    set({ file, preview: null, fileError: null });
    if (get().experiment?.data.id === 'table') get().setValue('data.file', file.name);
    try {
      const { table } = await client.ask<'table-previewed'>({ type: 'preview-table', file });
      if (get().file === file) set({ preview: table });
    } catch (error) {
      if (get().file === file) set({ fileError: error as ErrorReport });
    }
    checkSoon();
  },
  async loadExample(name) {
    try {
      const response = await fetch(`${import.meta.env.BASE_URL}data/${encodeURIComponent(name)}`);
      if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
      await get().chooseFile({ name, bytes: new Uint8Array(await response.arrayBuffer()) });
    } catch (error) {
      const message = `${name}: expected one of the examples, got ${(error as Error).message}. Choose a file.`;
      set({ file: null, preview: null, fileError: { kind: 'file', message, issues: [] } });
    }
  },

  engine: 'starting',
  backend: null,
  backendRequest: { backend: 'auto', allowSoftwareAdapter: false },
  engineError: null,
  storageNote: null,
  restartEngine(request = get().backendRequest) {
    markInterrupted('The engine was restarted.');
    set({ engine: 'starting', backend: null, engineError: null, backendRequest: request });
    client.restart();
    client.send({ type: 'start', request });
  },

  runs: [],
  shownRunId: null,
  activeRunId: null,
  unfinished: null,
  start(options = {}) {
    const { experiment, issues, activeRunId } = get();
    if (!experiment || issues.length > 0 || activeRunId) return;
    const runId = crypto.randomUUID();
    begin(runId, { experiment, file: fileOf(), paused: options.paused });
  },
  pause: () => control('pause'),
  resume: () => control('resume'),
  step() {
    const { activeRunId } = get();
    if (activeRunId) control('step');
    else {
      get().start({ paused: true });
      whenActive(() => control('step'));
    }
  },
  stop: () => control('stop'),
  reset() {
    const { activeRunId, shownRunId, runs } = get();
    if (activeRunId) {
      control('stop');
      set({ activeRunId: null });
    }
    if (!shownRunId || shownRunId === EXAMPLE_ID) return;
    forgetSeries(shownRunId);
    latestCheckpoint.delete(shownRunId);
    const rest = runs.filter((r) => r.runId !== shownRunId);
    set({ runs: rest, shownRunId: rest.at(-1)?.runId ?? null });
  },
  showRun: (runId) => set({ shownRunId: runId }),
  resumeFromCheckpoint(runId) {
    const checkpoint = latestCheckpoint.get(runId);
    if (checkpoint && !get().activeRunId) resumeRun(checkpoint);
  },
  resumeUnfinished() {
    const { unfinished, activeRunId } = get();
    if (!unfinished || activeRunId) return;
    set({ unfinished: null });
    if (unfinished.file) set({ file: unfinished.file });
    get().setExperiment(unfinished.experiment);
    resumeRun(unfinished);
  },
  discardUnfinished() {
    const { unfinished } = get();
    set({ unfinished: null });
    if (unfinished) discardCheckpoint(unfinished.runId).catch(noteStorage);
  },
  watchAttention(rows) {
    const { shownRunId } = get();
    if (shownRunId) client.send({ type: 'watch-attention', runId: shownRunId, rows });
  },

  tab: 'train',
  view: DEFAULT_VIEW,
  drawerOpen: false,
  setTab: (tab) => set({ tab }),
  setView: (patch) => set((s) => ({ view: { ...s.view, ...patch } })),
  setDrawer: (open) => set({ drawerOpen: open }),
}));

const { getState: get, setState: set } = useStore;

/** Starts the engine and shows the example; called once. */
export function boot(): void {
  get().restartEngine(requestOfLink());
  void showExample();
  findUnfinished()
    .then((unfinished) => set({ unfinished }))
    .catch(noteStorage);
}

/** Tests ask for the software adapter in the link; nothing else chooses it. */
function requestOfLink(): BackendRequest {
  const query = new URLSearchParams(location.search);
  const backend = query.get('view.backend');
  return {
    backend: backend === 'webgpu' || backend === 'wasm' || backend === 'cpu' ? backend : 'auto',
    allowSoftwareAdapter: query.get('view.software') === 'true',
  };
}

/** The link to what is on screen. */
export function shareLink(): string {
  const { catalog, experiment, tab, view } = get();
  if (!catalog || !experiment) return location.href;
  const query = encodeExperiment(experiment, catalog, { tab, panel: JSON.stringify(view) });
  return `${location.origin}${location.pathname}?${query}`;
}

export const hasCheckpoint = (runId: string) => latestCheckpoint.has(runId);

function fileOf(): FileInput | undefined {
  const { experiment, file } = get();
  return experiment?.data.id === 'table' && file ? file : undefined;
}

function begin(
  runId: string,
  command: { experiment: unknown; file?: FileInput; paused?: boolean; resume?: Checkpoint },
) {
  releaseRun();
  releaseRun = holdRun(runId);
  set({ activeRunId: runId, engineError: null });
  client.send({ type: 'run', runId, ...command });
}

function resumeRun(checkpoint: Checkpoint): void {
  latestCheckpoint.set(checkpoint.runId, checkpoint);
  begin(checkpoint.runId, { experiment: checkpoint.experiment, file: checkpoint.file, resume: checkpoint });
}

function control(type: 'pause' | 'resume' | 'step' | 'stop'): void {
  const { activeRunId } = get();
  if (activeRunId) client.send({ type, runId: activeRunId });
}

/** Runs once the worker has begun the active run. */
function whenActive(action: () => void): void {
  pendingCommands.push(action);
}

function checkSoon(): void {
  if (checkTimer) clearTimeout(checkTimer);
  checkTimer = setTimeout(check, CHECK_MS);
}

async function check(): Promise<void> {
  const { experiment, file } = get();
  if (!experiment) return;
  const wanted = experiment.data.params.file;
  if (
    experiment.data.id === 'table' &&
    file?.name !== wanted &&
    typeof wanted === 'string' &&
    wanted !== ''
  ) {
    // A table named by a preset or a link: one of the examples, or a file the user still has to choose.
    await get().loadExample(wanted);
    return;
  }
  const count = ++checkCount;
  try {
    const answer = await client.ask<'checked'>({ type: 'check', experiment, file: fileOf() });
    if (count === checkCount) set({ issues: answer.issues, summary: answer.summary });
  } catch {
    // The engine died or was restarted while it looked; `onDeath` says so, and the next start checks again.
  }
}

function onEvent(event: Event): void {
  switch (event.type) {
    case 'ready': {
      set({ catalog: event.catalog });
      if (get().experiment) break;
      const { view } = readLink(location.search, get, set);
      if (view.tab) set({ tab: view.tab });
      if (view.panel) set({ view: readPanelView(view.panel) });
      break;
    }
    case 'backend':
      set({ engine: 'ready', backend: event.report });
      checkSoon();
      break;
    case 'backend-lost':
      set({ engine: 'failed', engineError: event.error });
      markInterrupted(event.error.message);
      break;
    case 'checked':
    case 'table-previewed':
    case 'request-failed':
      break;
    default:
      receive(event);
  }
}

function readPanelView(text: string) {
  try {
    return parsePanelView(JSON.parse(text));
  } catch {
    return DEFAULT_VIEW;
  }
}

function receive(event: RunEvent): void {
  if (event.type === 'steps') appendSteps(event);
  if (event.type === 'checkpoint') {
    latestCheckpoint.set(event.runId, event.checkpoint);
    saveCheckpoint(event.checkpoint).catch(noteStorage);
  }
  queue.push(event);
  if (!flushTimer) flushTimer = setTimeout(flush, FLUSH_MS);
}

/** Applies what has gathered in one update. */
function flush(): void {
  flushTimer = null;
  const events = queue;
  queue = [];
  if (events.length === 0) return;
  let { runs, shownRunId, activeRunId } = get();
  for (const event of events) {
    runs = applyToRuns(runs, event);
    if (event.type === 'run-started') {
      shownRunId = event.runId;
      if (event.runId === activeRunId) {
        for (const action of pendingCommands) action();
        pendingCommands = [];
      }
    }
    if (event.type === 'run-finished' || event.type === 'run-failed') {
      shownRunId = runs.some((r) => r.runId === event.runId) ? shownRunId : (runs.at(-1)?.runId ?? null);
      if (event.runId === activeRunId) activeRunId = null;
      pendingCommands = [];
      discardCheckpoint(event.runId).catch(noteStorage);
      if (event.type === 'run-failed') shownRunId = event.runId;
    }
  }
  set({ runs, shownRunId, activeRunId });
}

function applyToRuns(runs: RunState[], event: RunEvent): RunState[] {
  const known = runs.find((r) => r.runId === event.runId);
  if (known) {
    const base: RunState =
      event.type === 'run-started' ? { ...known, status: 'preparing', error: null, result: null } : known;
    const next = applyRunEvent(base, event);
    return next === known ? runs : runs.map((r) => (r === known ? next : r));
  }
  // Only the first event of a run may create it: late ones of a run that was reset do not bring it back.
  const number = 1 + Math.max(0, ...runs.map((r) => r.number));
  if (event.type === 'run-started') return [...runs, newRun(event.runId, number, event)];
  if (event.type !== 'run-failed') return runs;
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

function onDeath(error: ErrorReport): void {
  set({ engine: 'failed', backend: null, engineError: error });
  markInterrupted(error.message);
}

/** The run in progress cannot go on here; its curves stay. */
function markInterrupted(message: string): void {
  const { activeRunId, runs } = get();
  if (!activeRunId) return;
  flush();
  const error: ErrorReport = { kind: 'backend', message, issues: [] };
  set({
    activeRunId: null,
    runs:
      runs.length === 0
        ? runs
        : get().runs.map((r) => (r.runId === activeRunId ? { ...r, status: 'stopped', error } : r)),
  });
}

function noteStorage(error: unknown): void {
  if (get().storageNote) return;
  const reason = error instanceof Error ? error.message : String(error);
  set({ storageNote: `This browser does not keep checkpoints (${reason}), so a reload starts over.` });
}

/** A finished small run that ships with the page: something to look at before any click. */
async function showExample(): Promise<void> {
  const response = await fetch(`${import.meta.env.BASE_URL}examples/first-run.json`);
  if (!response.ok) return;
  const events = readRecording(await response.text());
  let run: RunState | null = null;
  for (const event of events) {
    const own = { ...event, runId: EXAMPLE_ID } as RunEvent;
    if (own.type === 'run-started') run = newRun(EXAMPLE_ID, 0, own);
    else if (run) run = applyRunEvent(run, own);
    if (own.type === 'steps') appendSteps(own);
  }
  const example = run;
  if (!example) return;
  set((s) => ({ runs: [example, ...s.runs], shownRunId: s.shownRunId ?? EXAMPLE_ID }));
}
