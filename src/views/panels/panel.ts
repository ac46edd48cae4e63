// What every panel (tab) of the centre receives; what it asks of networks it asks by `useProbe`.
import type { Catalog } from '../../engine/config/catalog.ts';
import type { Role } from '../../engine/core/roles.ts';
import type { WeightsInput } from '../../engine/data/source.ts';
import type { Planning } from '../../store/hooks.ts';
import type { RunState, SeriesPoints } from '../../store/runState.ts';
import type { PanelView } from '../../store/view.ts';

export interface PanelProps {
  planning: Planning;
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
