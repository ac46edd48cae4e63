// What every panel (tab) of the centre receives. Panels have no access to the store: what they show comes in here
// and what they want goes out through the callbacks.
import type { Catalog } from '../../engine/config/catalog.ts';
import type { Experiment } from '../../engine/config/experiment.ts';
import type { ErrorReport } from '../../engine/core/errors.ts';
import type { Role } from '../../engine/core/roles.ts';
import type { WeightsInput } from '../../engine/data/source.ts';
import type { AttentionRequest } from '../../engine/protocol/attention.ts';
import type { CostRow, MeasuredCost } from '../../engine/protocol/cost.ts';
import type { ExperimentSummary } from '../../engine/protocol/experiment.ts';
import type { StepProfile } from '../../engine/protocol/profile.ts';
import type { NeighbourRequest } from '../../engine/protocol/rows.ts';
import type { RunState, SeriesPoints } from '../../store/runState.ts';
import type { PanelView } from './view.ts';

/** The experiment on the left and what it would cost. */
export interface PlanningProps {
  /** Changes whenever a setting does. */
  experiment: Experiment | null;
  /** Ids of the further models, in order. */
  compared: readonly string[];
  costs: { rows: CostRow[]; batchSize: number } | null;
  costError: ErrorReport | null;
  measuring: { label: string; done: number; total: number } | null;
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
  measuredOf(row: CostRow): MeasuredCost | undefined;
  estimate(): void;
  measure(): void;
  stopMeasuring(): void;
  setCompared(ids: readonly string[]): void;
}

/** Where the time of a training step goes. */
export interface ProfilingProps {
  /** Those trained by gradients; the baseline comes last. */
  networks: readonly { role: Role; label: string }[];
  /** Of the run on screen, or of the experiment on the left while there is none. */
  profiles: readonly StepProfile[];
  profiling: { label: string; done: number; total: number } | null;
  error: ErrorReport | null;
  isReady: boolean;
  profile(networks: readonly { role: Role; label: string }[]): void;
}

export interface PanelProps {
  profiling: ProfilingProps;
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
  /** Asks the run to record attention for these rows from now on; null stops it. */
  watchAttention(request: AttentionRequest | null): void;
  /** Asks the run to measure expert use from now on, or to stop. */
  watchExperts(on: boolean, role?: Role): void;
  /** Asks the run to prove its masks from now on, or to stop. */
  watchProof(on: boolean, role?: Role): void;
  /** Asks once what the model of the run would do under another mask. */
  askWhatIf(text: string): void;
  /** Asks once which predictions of a batch move when one value of one row is changed. */
  askNeighbours(request: NeighbourRequest): void;
  /** Saves the weights of a network of the shown run as a file. */
  exportWeights(role: Role): void;
  /** Measures the model of the experiment with these weights instead of training it. */
  measureWeights(file: WeightsInput): void;
}
