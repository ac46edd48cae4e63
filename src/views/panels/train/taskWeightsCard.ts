// The weights that a gradient method gives the tasks, as a card of the Train tab.
import type { ChartCard } from '../../cards/card.ts';
import { WeightsCard } from '../relations/WeightsCard.tsx';

export const taskWeightsCard: ChartCard = { place: 'train', Component: WeightsCard, explainsFault: true };
