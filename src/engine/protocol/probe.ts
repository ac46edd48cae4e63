// Questions to the networks of a run, and to an experiment before it runs. A probe's id fixes the types of its request and
// answer (probes/registry.ts); here both are plain data.
import type { ErrorReport } from '../core/errors.ts';
import type { Role } from '../core/roles.ts';

/** `watch`: answered again and again until it is withdrawn; `once`: answered once. */
export type ProbeMode = 'watch' | 'once';

export interface ProbeQuestion {
  probe: string;
  request: unknown;
  /** Which network is asked; when left out the one in training, and the model when all are done. */
  role?: Role;
  /** Answered at the end of every epoch and no oftener, for a memory of the run while nobody looks. */
  everyEpochOnly?: boolean;
  /** Answered at the end of every epoch as well, however short the time since the last answer: a memory has every epoch. */
  everyEpoch?: boolean;
}

/** How far a measurement is: "token 3 of 40". */
export interface ProbeProgress {
  label: string;
  done: number;
  total: number;
}

/** Which network was measured, and where it stood; null where the answer is of no single network. */
export interface MeasuredAt {
  role: Role;
  seed: number;
  epoch: number;
}

export type ProbeReply =
  /** `answer`: what is known so far, without typed arrays (they move with an event, and would be gone for the next). */
  | { state: 'measuring'; progress: ProbeProgress; answer?: unknown }
  | { state: 'answered'; answer: unknown }
  | { state: 'refused'; error: ErrorReport }
  /** The question was withdrawn, or another took its place, while it was measured. */
  | { state: 'stopped' };

export type ProbeAnswer = {
  type: 'probe-answer';
  probe: string;
  request: unknown;
  at: MeasuredAt | null;
} & ProbeReply;
