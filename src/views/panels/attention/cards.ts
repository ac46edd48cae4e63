// The cards below the map of the Attention tab, in order: what whole heads and blocks do. A new one is a file and a line here.
import type { ComponentType } from 'react';
import type { AttentionMap } from '../../../engine/protocol/attention.ts';
import type { AttentionState } from '../../../store/answers.ts';
import { HeadsCard, RolloutCard } from './SummaryCards.tsx';
import { TaskLookCard } from './TaskLookCard.tsx';

/** What a card of the tab may read; it declares the part that it needs. */
export interface AttentionCardProps {
  attention: AttentionState;
  /** The network on screen, in models with one per task. */
  network: string | null;
  /** The maps of that network. */
  maps: readonly AttentionMap[];
  /** Those of the run in the other column, where two stand side by side; else none. */
  beside: readonly AttentionMap[];
  /** "mean of 64 validation rows" */
  rowsCaption: string;
}

export const attentionCards = {
  look: TaskLookCard,
  rollout: RolloutCard,
  heads: HeadsCard,
} satisfies Record<string, ComponentType<AttentionCardProps>>;
