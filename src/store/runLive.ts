// The state of a run in this visit only: its progress and the answers of its networks. None of it is stored. Per-step losses
// stand in `series.ts`, outside React, by (runId, seed, role).
import type { Issue } from '../engine/core/errors.ts';
import type { RunEvent } from '../engine/protocol/run.ts';
import { NOTHING_PROBED, type Probed, withAnswer } from './answers.ts';

export type ProgressState = Omit<Extract<RunEvent, { type: 'progress' }>, 'type' | 'runId'>;

export interface RunLive extends Probed {
  /** How often the run was begun or resumed. */
  starts: number;
  /** While preparing: what is being prepared, and the fraction done. */
  preparing: { phase: string; fraction: number } | null;
  /** GPU kernels compiled so far, while some still compile. */
  compiling: { ready: number; total: number } | null;
  progress: ProgressState | null;
  /** Why the last export of weights failed. */
  weightsIssue: Issue | null;
  /** Its networks are stored, so that they can be probed when no engine holds them. */
  hasNetworks: boolean;
  /** Counts additions to the series; charts read the series again when it changes. */
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

/** Pure; returns the same object if the event changes nothing here. */
export function reduceLive(live: RunLive, event: RunEvent): RunLive {
  switch (event.type) {
    case 'run-started': {
      const starts = live.starts + 1;
      // A run that resumes from a checkpoint keeps what it had.
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
