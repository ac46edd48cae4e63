// The life of engines: starting, ready, gone. When an engine goes, the run it trained is interrupted. A sweep trains unattended, so
// an engine that is lost with one of its runs is started again without a question.
import type { EngineId, EngineState, Loss } from '../client/enginePool.ts';
import type { ErrorReport } from '../engine/core/errors.ts';
import type { BackendReport, BackendRequest } from '../engine/protocol/backend.ts';
import type { Event } from '../engine/protocol/messages.ts';
import { readLink } from './configSlice.ts';
import type { Context } from './context.ts';
import { failedEngine, firstEngine, silentEngine } from './engines.ts';
import { isOver } from './runRecord.ts';
import type { EngineSlice } from './state.ts';
import { sweepOfRun } from './sweeps/runIds.ts';

/** A run of a sweep whose engine is lost so often counts as failed, so that those behind it get their turn. */
const MOST_LOSSES = 3;
/** How long an engine may go on without an answer after it counts as silent, before a sweep gives it up. */
const PATIENCE_MS = 40_000;

export interface EngineEvents {
  onChange(engines: readonly EngineState[]): void;
  onEvent(event: Event, from: EngineId): void;
  onLoss(lost: EngineState, loss: Loss): void;
}

/** What to do once a restarted engine is ready. */
interface Plan {
  resume: { runId: string; paused?: boolean } | null;
  /** What was lost, if the restart follows the loss of a device; else null. */
  recoveryFrom: string | null;
}

export function createEngineSlice(ctx: Context): { slice: EngineSlice; events: EngineEvents } {
  const { set, get, env, pool } = ctx;
  const plans = new Map<EngineId, Plan>();
  /** Devices lost since the page was opened. */
  let losses = 0;
  /** Engines lost by run of a sweep. */
  const lostWith = new Map<string, number>();
  const impatience = new Map<EngineId, ReturnType<typeof setTimeout>>();

  const fail = ({ id }: EngineState, error: ErrorReport) => {
    plans.delete(id);
    get().interrupt(id, error);
  };

  const restart = (
    id: EngineId,
    request: BackendRequest,
    plan: Plan,
    reason: ErrorReport = { kind: 'backend', message: 'The engine was restarted.', issues: [] },
    isRunFailed = false,
  ) => {
    get().interrupt(id, reason, isRunFailed);
    plans.set(id, plan);
    set({ backendRequest: request });
    pool.restart(id, request);
  };

  /** Restarts on the same backend after the first loss; on wasm after another one, or when the engine does not start. */
  const recover = ({ id }: EngineState, message: string, resume: Plan['resume']) => {
    losses++;
    const request: BackendRequest =
      losses > 1 ? { backend: 'wasm', allowSoftwareAdapter: false } : get().backendRequest;
    restart(id, request, { resume, recoveryFrom: message });
  };

  /** Whether the engine is lost with a run of a sweep that had begun: another one may do better. */
  const trainsSweep = ({ id, runId }: EngineState): boolean => {
    if (runId === null || sweepOfRun(runId) === null || plans.has(id)) return false;
    const status = get().runs.find((run) => run.runId === runId)?.status;
    return status !== undefined && !isOver(status);
  };

  /** Starts the engine of a sweep again; the queue goes on with the run from its checkpoint, or with the next one. */
  const revive = ({ id, runId }: EngineState, error: ErrorReport) => {
    const times = (lostWith.get(runId ?? '') ?? 0) + 1;
    lostWith.set(runId ?? '', times);
    const isRunFailed = times >= MOST_LOSSES;
    const message = isRunFailed
      ? `${error.message} ${times} engines were lost with this run.`
      : error.message;
    const plan = { resume: null, recoveryFrom: message };
    restart(id, get().backendRequest, plan, { ...error, message }, isRunFailed);
  };

  /** Watches for engines of sweeps that stay silent. */
  const onChange = (engines: readonly EngineState[]) => {
    for (const [id, timer] of impatience) {
      if (engines.some((e) => e.id === id && e.silence === 'no-answer')) continue;
      clearTimeout(timer);
      impatience.delete(id);
    }
    for (const { id, silence } of engines) {
      if (silence !== 'no-answer' || impatience.has(id)) continue;
      const giveUp = () => {
        impatience.delete(id);
        const silent = get().engines.find((e) => e.id === id);
        if (silent?.silence !== 'no-answer' || !trainsSweep(silent)) return;
        const message = 'engine: expected an answer within a minute, got none.';
        revive(silent, { kind: 'backend', message, issues: [] });
      };
      impatience.set(id, setTimeout(giveUp, PATIENCE_MS));
    }
  };

  /** The run of a lost engine, to be resumed in the state it was in. */
  const resumeOf = ({ runId }: EngineState): Plan['resume'] => {
    if (runId === null) return null;
    const status = get().runs.find((r) => r.runId === runId)?.status ?? 'preparing';
    // A run that has not begun starts as it was requested.
    return { runId, paused: status === 'preparing' ? undefined : status === 'paused' };
  };

  /** Reports on which backend the run continues, and from which step. */
  const noteRecovery = ({ active, adapter }: BackendReport, { resume, recoveryFrom }: Plan) => {
    if (recoveryFrom === null) return;
    const step = get().runs.find((r) => r.runId === resume?.runId)?.checkpointStep ?? null;
    const where = `${active === 'webgpu' ? 'WebGPU' : active} (${adapter})`;
    const onward = !resume
      ? `The engine started again on ${where}.`
      : step === null
        ? `The run had no checkpoint yet and begins again on ${where}.`
        : `The run goes on from its checkpoint at step ${step} on ${where}.`;
    set({ recoveryNote: `${recoveryFrom} ${onward}` });
  };

  const slice: EngineSlice = {
    engines: pool.states,
    engineLimit: env.engineLimit,
    recoveryNote: null,
    backendRequest: requestOf(env.readQuery()),
    restartEngine({ request, resume } = {}) {
      const { id } = failedEngine(get()) ?? silentEngine(get()) ?? firstEngine(get());
      // A change of backend applies to all engines; the others restart when they are next needed.
      for (const { id: other } of request ? get().engines : []) {
        if (other === id || other === firstEngine(get()).id) continue;
        get().interrupt(other, { kind: 'backend', message: 'The engine was restarted.', issues: [] });
        plans.delete(other);
        pool.close(other);
      }
      restart(id, request ?? get().backendRequest, {
        resume: resume ? { runId: resume, paused: false } : null,
        recoveryFrom: null,
      });
    },
  };

  const onEvent = (event: Event, from: EngineId) => {
    switch (event.type) {
      case 'ready':
        set({ catalog: event.catalog });
        if (!get().experiment) readLink(env.readQuery(), ctx);
        break;
      case 'backend': {
        const plan = plans.get(from);
        plans.delete(from);
        get().checkSoon();
        void get().loadSweeps();
        if (!plan) break;
        noteRecovery(event.report, plan);
        if (plan.resume) get().takeUp(plan.resume.runId, plan.resume.paused);
        break;
      }
      case 'backend-lost':
      case 'pong':
        // Handled by the pool.
        break;
      case 'reading':
        set({ reading: event.reading });
        return;
      case 'checked':
      case 'table-previewed':
      case 'table-prepared':
      case 'data-described':
      case 'request-failed':
        // The client returns answers to the caller that asked.
        break;
      case 'opened':
        break;
      case 'open-failed':
        get().refuseOpened(event.runId, event.error);
        break;
      case 'probe-answer':
        if (event.runId === null) get().receiveAnswer(event);
        else get().receive(event);
        break;
      default:
        get().receive(event);
    }
  };

  const onLoss = (lost: EngineState, { error, cause }: Loss) => {
    const plan = plans.get(lost.id);
    if (cause === 'device') recover(lost, error.message, resumeOf(lost));
    else if (cause === 'backend' && plan && plan.recoveryFrom !== null)
      recover(lost, `${plan.recoveryFrom} ${error.message}`, plan.resume);
    else if (cause === 'engine' && trainsSweep(lost)) revive(lost, error);
    else fail(lost, error);
  };
  return { slice, events: { onChange, onEvent, onLoss } };
}

/** A link may request a backend; tests request the software adapter, which is never chosen otherwise. */
function requestOf(search: string): BackendRequest {
  const query = new URLSearchParams(search);
  // A repeated key: the last one, as everywhere in a link.
  const backend = query.getAll('view.backend').at(-1);
  return {
    backend: backend === 'webgpu' || backend === 'wasm' || backend === 'cpu' ? backend : 'auto',
    allowSoftwareAdapter: query.getAll('view.software').at(-1) === 'true',
  };
}
