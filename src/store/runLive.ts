// What is known of a run in this visit alone: how far it is, what its networks have answered. Nothing of it is stored; the losses
// of its steps stand in `series.ts`, outside React, and are found by (runId, seed, role).
import type { Issue } from '../engine/core/errors.ts';
import type { RunEvent } from '../engine/protocol/run.ts';
import { NOTHING_PROBED, type Probed, withAnswer } from './answers.ts';

export type ProgressState = Omit<Extract<RunEvent, { type: 'progress' }>, 'type' | 'runId'>;

export interface RunLive extends Probed {
  /** How often it was begun or taken up again. */
  starts: number;
  /** While preparing: what is being made, and how much of it is done. */
  preparing: { phase: string; fraction: number } | null;
  /** GPU kernels that are compiled, while others still are. */
  compiling: { ready: number; total: number } | null;
  progress: ProgressState | null;
  /** Why the weights last asked for were not saved. */
  weightsIssue: Issue | null;
  /** Its networks are kept, so that they can be asked when no engine has them. */
  hasNetworks: boolean;
  /** Counts what came to the series, so that charts know when to read them again. */
  seriesRevision: number;
}

export const NOTHING_LIVE: RunLive = {
  ...NOTHING_PROBED,
  starts: 0,
  preparing: null,
  compiling: null,
  progress: null,
  weightsIssue: null,
  hasNetworks: false,
  seriesRevision: 0,
};

/** Pure; an event that leaves no trace here gives the same object back. */
export function reduceLive(live: RunLive, event: RunEvent): RunLive {
  switch (event.type) {
    case 'run-started': {
      const starts = live.starts + 1;
      // One that goes on from a checkpoint keeps what was seen of it.
      if (event.resumedFromStep !== null && live.starts > 0) return { ...live, starts };
      return { ...NOTHING_LIVE, starts, preparing: { phase: 'Starting', fraction: 0 } };
    }
    case 'data-progress':
      return { ...live, preparing: { phase: event.phase, fraction: event.fraction } };
    case 'compiling': {
      const { ready, total } = event;
      return { ...live, compiling: ready < total ? { ready, total } : null };
    }
    case 'seed-started':
      return { ...live, preparing: null };
    case 'steps':
      return { ...live, seriesRevision: live.seriesRevision + 1 };
    case 'progress': {
      const { type: _type, runId: _runId, ...progress } = event;
      return { ...live, progress };
    }
    case 'probe-answer':
      return { ...live, ...withAnswer(live, event, event.step) };
    case 'networks':
      return { ...live, hasNetworks: true };
    case 'weights':
      return { ...live, weightsIssue: null };
    case 'weights-refused':
      return { ...live, weightsIssue: event.issue };
    case 'run-finished':
    case 'run-failed':
      return { ...live, preparing: null, compiling: null };
    case 'dataset':
    case 'epoch':
    case 'gain':
    case 'tested':
    case 'weights-read':
    case 'note':
    case 'state':
    case 'checkpoint':
    case 'seed-finished':
      return live;
    default:
      return event satisfies never;
  }
}
