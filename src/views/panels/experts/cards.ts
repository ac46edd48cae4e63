// The cards of the Experts tab, in order: all of them show the layer, gate and expert that are chosen on screen. A new one is a
// file and a line here.
import type { ComponentType } from 'react';
import type { ExpertLayer, GateUse } from '../../../engine/protocol/experts.ts';
import type { ExpertsState } from '../../../store/answers.ts';
import type { PanelView } from '../../../store/view.ts';
import type { CellPosition } from '../../charts/heatmap/cellKeys.ts';
import { AnomaliesCard } from './AnomaliesCard.tsx';
import { EvennessCard } from './EvennessCard.tsx';
import { ExpertUseCard } from './ExpertUseCard.tsx';
import type { Grid } from './grid.ts';
import { SimilarityCard } from './SimilarityCard.tsx';
import { SpreadCard } from './SpreadCard.tsx';
import { WeightsCard } from './WeightsCard.tsx';

/** What a card of the tab may read; it declares the part that it needs. */
export interface ExpertsCardProps {
  state: ExpertsState;
  /** Names of the tasks with a gate of their own, by task index. */
  names: readonly string[];
  layer: ExpertLayer;
  grid: Grid;
  /** The chosen cell of the grid: gate and column. */
  chosen: CellPosition;
  onChoose(position: CellPosition): void;
  gate: GateUse;
  /** The chosen expert, as an index into the layer's experts. */
  expert: number;
  pair: PanelView['pair'];
  onPair(pair: PanelView['pair']): void;
}

export const expertsCards = {
  weights: WeightsCard,
  spread: SpreadCard,
  use: ExpertUseCard,
  evenness: EvennessCard,
  similarity: SimilarityCard,
  anomalies: AnomaliesCard,
} satisfies Record<string, ComponentType<ExpertsCardProps>>;
