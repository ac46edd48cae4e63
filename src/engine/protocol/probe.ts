// Questions to the networks of a run, and about an experiment before it runs. A probe's id determines the types of its request
// and answer (probes/registry.ts); here both are plain data.
import type { ErrorReport } from '../core/errors.ts';
import type { Role } from '../core/roles.ts';

/** `watch`: answered again and again until it is withdrawn; `once`: answered once. */
export type ProbeMode = 'watch' | 'once';

export interface ProbeQuestion {
  probe: string;
  request: unknown;
  /** The network asked; default: the one in training, or the model when all are done. */
  role?: Role;
  /** Answered only at the end of every epoch, for a history while no panel shows the probe. */
  everyEpochOnly?: boolean;
  /** Also answered at the end of every epoch, however recent the last answer: the history has every epoch. */
  everyEpoch?: boolean;
}

/** Progress of a measurement: "token 3 of 40". */
export interface ProbeProgress {
  label: string;
  done: number;
  total: number;
}

/** The measured network, and its point of training; null if the answer concerns no single network. */
export interface MeasuredAt {
  role: Role;
  seed: number;
  epoch: number;
}

export type ProbeReply =
  /**
   * `answer`: the partial answer, without typed arrays (they are transferred with an event, and would be missing in the next).
   */
  | { state: 'measuring'; progress: ProbeProgress; answer?: unknown }
  | { state: 'answered'; answer: unknown }
  | { state: 'refused'; error: ErrorReport }
  /** The question was withdrawn or replaced during the measurement. */
  | { state: 'stopped' };

export type ProbeAnswer = {
  type: 'probe-answer';
  probe: string;
  request: unknown;
  at: MeasuredAt | null;
} & ProbeReply;
