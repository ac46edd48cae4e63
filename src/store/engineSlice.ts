// The worker's life: starting, ready, gone. A run in progress is told when its engine goes.
import type { ErrorReport } from '../engine/core/errors.ts';
import type { BackendReport, BackendRequest } from '../engine/protocol/backend.ts';
import type { Event } from '../engine/protocol/messages.ts';
import { readLink } from './configSlice.ts';
import type { Context } from './context.ts';
import type { EngineSlice } from './state.ts';

/** A driver may hang without an error; nothing that works takes this long. */
const START_MS = 60_000;

export interface EngineEvents {
  onEvent(event: Event): void;
  onDeath(error: ErrorReport): void;
}

export function createEngineSlice(ctx: Context): { slice: EngineSlice; events: EngineEvents } {
  const { set, get, env, client } = ctx;
  let resumeWhenReady: { runId: string; paused?: boolean } | null = null;
  /** Devices lost in this visit. */
  let losses = 0;
  /** A start that follows a loss. */
  let recovery: { message: string } | null = null;
  let startTimer: ReturnType<typeof setTimeout> | undefined;

  const fail = (error: ErrorReport) => {
    clearTimeout(startTimer);
    set({ engine: 'failed', backend: null, engineError: error });
    get().interrupt(error);
  };

  /** After a first loss the same choice, after another one, or when it does not start, wasm. */
  const recover = (message: string, run: typeof resumeWhenReady) => {
    losses++;
    const request: BackendRequest =
      losses > 1 ? { backend: 'wasm', allowSoftwareAdapter: false } : get().backendRequest;
    slice.restartEngine({ request });
    resumeWhenReady = run;
    recovery = { message };
  };

  const activeRun = (): typeof resumeWhenReady => {
    const { activeRunId, runs } = get();
    const status = runs.find((r) => r.runId === activeRunId)?.status ?? 'preparing';
    // One that has not begun is as it was asked for.
    return activeRunId
      ? { runId: activeRunId, paused: status === 'preparing' ? undefined : status === 'paused' }
      : null;
  };

  /** Says on which backend the run goes on, and from where. */
  const noteRecovery = ({ active, adapter }: BackendReport, runId: string | undefined) => {
    if (!recovery) return;
    const { message } = recovery;
    recovery = null;
    const step = get().runs.find((r) => r.runId === runId)?.checkpointStep ?? null;
    const where = `${active === 'webgpu' ? 'WebGPU' : active} (${adapter})`;
    const onward = !runId
      ? `The engine started again on ${where}.`
      : step === null
        ? `The run had no checkpoint yet and begins again on ${where}.`
        : `The run goes on from its checkpoint at step ${step} on ${where}.`;
    set({ recoveryNote: `${message} ${onward}` });
  };

  const slice: EngineSlice = {
    engine: 'starting',
    recoveryNote: null,
    backend: null,
    backendRequest: requestOf(env.readQuery()),
    engineError: null,
    restartEngine({ request = get().backendRequest, resume } = {}) {
      get().interrupt({ kind: 'backend', message: 'The engine was restarted.', issues: [] });
      resumeWhenReady = resume ? { runId: resume, paused: false } : null;
      recovery = null;
      set({ engine: 'starting', backend: null, engineError: null, backendRequest: request });
      client.restart();
      client.send({ type: 'start', request });
      clearTimeout(startTimer);
      startTimer = setTimeout(() => {
        client.stop('it did not start');
        const message = `backend: expected ${request.backend === 'auto' ? 'one' : request.backend} to start within a minute, got no answer. Restart the engine, or choose wasm.`;
        fail({ kind: 'backend', message, issues: [] });
      }, START_MS);
    },
  };

  const onEvent = (event: Event) => {
    switch (event.type) {
      case 'ready':
        set({ catalog: event.catalog });
        if (!get().experiment) readLink(env.readQuery(), ctx);
        break;
      case 'backend':
        clearTimeout(startTimer);
        set({ engine: 'ready', backend: event.report });
        get().checkSoon();
        noteRecovery(event.report, resumeWhenReady?.runId);
        if (resumeWhenReady) get().takeUp(resumeWhenReady.runId, resumeWhenReady.paused);
        resumeWhenReady = null;
        break;
      case 'backend-lost':
        client.stop(event.error.message);
        if (event.device) recover(event.error.message, activeRun());
        else if (recovery) recover(`${recovery.message} ${event.error.message}`, resumeWhenReady);
        else fail(event.error);
        break;
      case 'checked':
      case 'table-previewed':
      case 'request-failed':
        // Answers reach who asked; see the client.
        break;
      case 'probe-answer':
        if (event.runId === null) get().receiveAnswer(event);
        else get().receive(event);
        break;
      default:
        get().receive(event);
    }
  };
  return { slice, events: { onEvent, onDeath: fail } };
}

/** A link may ask for a backend; tests ask for the software adapter, which nothing else chooses. */
function requestOf(search: string): BackendRequest {
  const query = new URLSearchParams(search);
  const backend = query.get('view.backend');
  return {
    backend: backend === 'webgpu' || backend === 'wasm' || backend === 'cpu' ? backend : 'auto',
    allowSoftwareAdapter: query.get('view.software') === 'true',
  };
}
