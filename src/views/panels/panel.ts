// What every panel (tab) of the centre receives. Panels have no access to the store: what they show comes in here
// and what they want goes out through the callbacks.
import type { Catalog } from '../../engine/config/catalog.ts';
import type { RowSelection } from '../../engine/protocol.ts';
import type { RunState, SeriesPoints } from '../../store/runState.ts';
import type { PanelView } from './view.ts';

export interface PanelProps {
  run: RunState | null;
  /** Labels and directions of metrics; null until the engine has started. */
  catalog: Catalog | null;
  /** Per-step losses of the seed that runs, thinned. */
  modelPoints: SeriesPoints | null;
  baselinePoints: SeriesPoints | null;
  view: PanelView;
  setView(patch: Partial<PanelView>): void;
  /** Asks the run to record attention for these rows from now on; null stops it. */
  watchAttention(rows: RowSelection | null): void;
  /** Asks the run to measure expert use from now on, or to stop. */
  watchExperts(on: boolean): void;
}
