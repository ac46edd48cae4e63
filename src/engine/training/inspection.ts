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

/** Where a session stands. */
export interface InspectedSession {
  readonly experiment: Experiment;
  readonly settings: TrainingSettings;
  readonly dataset: Dataset | null;
  /** Networks of this seed that exist: those in training, and those done. */
  readonly networks: readonly NetworkInTraining[];
  readonly training: readonly NetworkInTraining[];
  readonly infos: readonly NetworkInfo[];
  readonly tested: readonly Tested[];
  readonly seed: number;
  readonly epoch: number;
  readonly isDone: boolean;
  /** On the validation split, at its best epochs so far. */
  baselineScores(): TaskScore[] | null;
  createNetwork(network: PlannedNetwork, info: NetworkInfo): NetworkInTraining;
  emit(event: EventBody, step?: number): void;
  /** Says it now, and again in the result where there is none yet. */
  note(role: Role, note: Note): void;
  yieldToMessages(): Promise<void>;
  /** The same, and throws when one of the messages was a stop. */
  yieldOrStop(): Promise<void>;
}

/** Answers questions about the networks of a session. None of them changes what is trained. */
export interface Inspection {
  /** What is to be answered between two steps: all when something was newly asked, what is watched when it is time. */
  due(): readonly Question[];
  /** The same after an epoch has been measured. */
  dueAfterEpoch(): readonly Question[];
  /** Everything open when left out. @throws StopSignal when the run is stopped meanwhile */
  answer(questions?: readonly Question[]): Promise<void>;
}

/** For sessions that nobody looks into. */
export const NOTHING_ASKED: Inspection = {
  due: () => [],
  dueAfterEpoch: () => [],
  answer: async () => {},
};
