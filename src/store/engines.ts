// Selectors for views: the engines and the runs that they train.
import { canTakeRun, type EngineState } from '../client/enginePool.ts';
import type { AppState } from './state.ts';
import { sweepOfRun } from './sweeps/runIds.ts';

type Engines = Pick<AppState, 'engines'>;

const STARTING: EngineState = {
  id: 0,
  status: 'starting',
  backend: null,
  error: null,
  runId: null,
  silence: null,
};

/** The first engine: it checks, counts and measures what belongs to no run. */
export const firstEngine = ({ engines }: Engines): EngineState => engines[0] ?? STARTING;

/** An engine whose answer is overdue, or null. The answer may still come. */
export const silentEngine = ({ engines }: Engines): EngineState | null =>
  engines.find((e) => e.silence !== null) ?? null;

/** The engine to restart, or null. */
export const failedEngine = ({ engines }: Engines): EngineState | null =>
  engines.find((e) => e.status === 'failed') ?? null;

/** Whether a run is in training, paused runs included. */
export const hasActiveRun = ({ engines }: Engines): boolean => engines.some((e) => e.runId !== null);

export const isActive = ({ engines }: Engines, runId: string | null): boolean =>
  runId !== null && engines.some((e) => e.runId === runId);

/**
 * The runs that engines have begun since `before`. Only engines show each of them in training: the events of a quick run, its end
 * among them, change the records in one update.
 */
export function begunSince({ engines }: Engines, before: Engines): string[] {
  if (engines === before.engines) return [];
  const had = new Set(before.engines.map(({ runId }) => runId));
  return engines.flatMap(({ runId }) => (runId === null || had.has(runId) ? [] : [runId]));
}

/** Whether another run can begin now. */
export const canBegin = ({ engines, engineLimit }: Pick<AppState, 'engines' | 'engineLimit'>): boolean =>
  canTakeRun(engines, engineLimit);

/** The run that Pause, Step and Stop control: the one on screen if it is active, otherwise another active one. */
export function controlledRunId(state: Engines & Pick<AppState, 'shownRunId'>): string | null {
  if (isActive(state, state.shownRunId)) return state.shownRunId;
  return state.engines.find((e) => e.runId !== null)?.runId ?? null;
}

/** Whether a run in progress waits; two in lock-step are paused between all of their steps. */
export const isHeld = (
  { runs, lockstep }: Pick<AppState, 'runs' | 'lockstep'>,
  runId: string | null,
): boolean =>
  runId !== null && lockstep?.runIds.includes(runId)
    ? !lockstep.isPlaying
    : runs.find((r) => r.runId === runId)?.status === 'paused';

/** Whether this tab trains the queue, and no run of it has an engine because one of the user has. */
export const waitsForOwnRun = ({
  engines,
  sweepDriver,
}: Pick<AppState, 'engines' | 'sweepDriver'>): boolean =>
  sweepDriver === 'here' &&
  engines.some(({ runId }) => runId !== null) &&
  engines.every(({ runId }) => runId === null || sweepOfRun(runId) === null);
