// What views ask about the engines and the runs that they train.
import { canTakeRun, type EngineState } from '../client/enginePool.ts';
import type { AppState } from './state.ts';

type Engines = Pick<AppState, 'engines'>;

const STARTING: EngineState = {
  id: 0,
  status: 'starting',
  backend: null,
  error: null,
  runId: null,
  silence: null,
};

/** The one that checks, counts and measures what no run has. */
export const firstEngine = ({ engines }: Engines): EngineState => engines[0] ?? STARTING;

/** One that has not said what it should have by now, or null. It may still. */
export const silentEngine = ({ engines }: Engines): EngineState | null =>
  engines.find((e) => e.silence !== null) ?? null;

/** The one to restart, or null. */
export const failedEngine = ({ engines }: Engines): EngineState | null =>
  engines.find((e) => e.status === 'failed') ?? null;

/** Whether a run is trained, paused ones included. */
export const hasActiveRun = ({ engines }: Engines): boolean => engines.some((e) => e.runId !== null);

export const isActive = ({ engines }: Engines, runId: string | null): boolean =>
  runId !== null && engines.some((e) => e.runId === runId);

/** Whether a further run can begin now. */
export const canBegin = ({ engines, engineLimit }: Pick<AppState, 'engines' | 'engineLimit'>): boolean =>
  canTakeRun(engines, engineLimit);

/** The run that Pause, Step and Stop are of: the one on screen where it is active, or else another that is. */
export function controlledRunId(state: Engines & Pick<AppState, 'shownRunId'>): string | null {
  if (isActive(state, state.shownRunId)) return state.shownRunId;
  return state.engines.find((e) => e.runId !== null)?.runId ?? null;
}
