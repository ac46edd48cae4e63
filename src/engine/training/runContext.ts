// What a run gives its seeds and stages.
import type { Experiment } from '../config/experiment.ts';
import type { Note } from '../core/notes.ts';
import type { Role } from '../core/roles.ts';
import type { GivenWeights } from './givenWeights.ts';
import type { EventBody, Inspection } from './inspection.ts';
import type { TrainingSettings } from './params.ts';
import type { RateSearch } from './rateSearch.ts';
import type { RunControl } from './runControl.ts';
import type { RunResources } from './runResources.ts';
import type { Turns } from './turns.ts';

export interface RunContext extends RunResources {
  readonly experiment: Experiment;
  readonly settings: TrainingSettings;
  readonly seeds: readonly number[];
  readonly control: RunControl;
  readonly turns: Turns;
  readonly rates: RateSearch;
  readonly inspection: Inspection;
  /** Weights of the model, which is then measured instead of trained. */
  readonly given: GivenWeights | null;
  emit(event: EventBody): void;
  /** Emits a note now, and keeps it for the result. */
  note(role: Role, note: Note): void;
  /** Keeps notes that another event has already emitted. */
  keepNotes(notes: readonly Note[]): void;
  /** Waits while the run is paused. @throws StopSignal */
  pass(place: string, flush: () => void): Promise<void>;
  /** Writes a checkpoint if one is due. */
  maybeCheckpoint(): Promise<void>;
}
