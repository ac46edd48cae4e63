// What probes and exports may read of a session. Questions are answered between steps and after the end (probes/prober.ts);
// exportWeights.ts saves weights.
import type { Experiment } from '../config/experiment.ts';
import type { Note } from '../core/notes.ts';
import type { Role } from '../core/roles.ts';
import type { Dataset } from '../data/table.ts';
import type { NetworkInfo, TaskScore } from '../protocol/result.ts';
import type { RunEvent } from '../protocol/run.ts';
import type { Tested } from './comparison.ts';
import type { NetworkInTraining } from './networkInTraining.ts';
import type { TrainingSettings } from './params.ts';
import type { PlannedNetwork } from './plan.ts';
import type { Question } from './questions.ts';

export type EventBody = RunEvent extends infer E
  ? E extends RunEvent
    ? Omit<E, 'runId' | 'step'>
    : never
  : never;

/** The position of a session. */
export interface InspectedSession {
  readonly experiment: Experiment;
  readonly settings: TrainingSettings;
  readonly dataset: Dataset | null;
  /** Existing networks of this seed: those in training, and finished ones. */
  readonly networks: readonly NetworkInTraining[];
  readonly training: readonly NetworkInTraining[];
  readonly infos: readonly NetworkInfo[];
  readonly tested: readonly Tested[];
  readonly seed: number;
  readonly epoch: number;
  readonly isDone: boolean;
  /** Baseline scores on the validation split, at its best epochs so far. */
  baselineScores(): TaskScore[] | null;
  createNetwork(network: PlannedNetwork, info: NetworkInfo): NetworkInTraining;
  emit(event: EventBody, step?: number): void;
  /** Emits the note now; it is also part of the result if there is none yet. */
  note(role: Role, note: Note): void;
  yieldToMessages(): Promise<void>;
  /** Lets messages in, and throws if one of them was a stop. */
  yieldOrStop(): Promise<void>;
}

/** Answers questions about the networks of a session. No answer changes what is trained. */
export interface Inspection {
  /** The questions to answer between two steps: all if something new was asked, watches when they are due. */
  due(): readonly Question[];
  /** The same after an epoch has been measured. */
  dueAfterEpoch(): readonly Question[];
  /** Answers the given questions, or all open ones. @throws StopSignal if the run is stopped meanwhile */
  answer(questions?: readonly Question[]): Promise<void>;
}

/** For sessions without questions. */
export const NOTHING_ASKED: Inspection = {
  due: () => [],
  dueAfterEpoch: () => [],
  answer: async () => {},
};
