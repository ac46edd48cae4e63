// What every panel (tab) of the centre receives; what it asks of networks it asks by `useProbe`.
import type { Catalog } from '../../engine/config/catalog.ts';
import type { Experiment } from '../../engine/config/experiment.ts';
import type { Role } from '../../engine/core/roles.ts';
import type { WeightsInput } from '../../engine/data/source.ts';
import type { ExperimentSummary } from '../../engine/protocol/experiment.ts';
import type { RunState, SeriesPoints } from '../../store/runState.ts';
import type { PanelView } from './view.ts';

/** The experiment on the left. */
export interface PlanningProps {
  /** Changes whenever a setting does. */
  experiment: Experiment | null;
  /** Ids of the further models, in order. */
  compared: readonly string[];
  /** What the masks of the model act on; null for models without masks, and until the engine has answered. */
  masking: ExperimentSummary['masking'];
  /** Takes a painted mask, as text. */
  setMask(text: string): void;
  /** Takes one of the masks of the registry. */
  chooseMask(id: string): void;
  /** Runs the experiment as it is. */
  train(): void;
  /** A run is active, which measurements would disturb. */
  isBusy: boolean;
  /** On a phone the experiment is shown, not edited. */
  isReadOnly: boolean;
  setCompared(ids: readonly string[]): void;
}

export interface PanelProps {
  planning: PlanningProps;
  run: RunState | null;
  /** All runs of this visit, to compare with. */
  otherRuns: readonly RunState[];
  /** Labels and directions of metrics; null until the engine has started. */
  catalog: Catalog | null;
  /** Per-step losses of the seed that runs, thinned. */
  modelPoints: SeriesPoints | null;
  /** Of the network that failed; of the model when none did. */
  faultPoints: SeriesPoints | null;
  view: PanelView;
  setView(patch: Partial<PanelView>): void;
  /** Saves the weights of a network of the shown run as a file. */
  exportWeights(role: Role): void;
  /** Measures the model of the experiment with these weights instead of training it. */
  measureWeights(file: WeightsInput): void;
}
