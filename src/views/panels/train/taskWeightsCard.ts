// How a gradient method weighs the tasks, and the weights that the user sets by hand, as cards of the Train tab.
import type { ChartCard } from '../../cards/card.ts';
import { TaskControlCard } from '../relations/TaskControlCard.tsx';
import { WeightsCard } from '../relations/WeightsCard.tsx';

export const taskWeightsCard: ChartCard = { place: 'train', Component: WeightsCard, explainsFault: true };

export const taskControlCard: ChartCard = {
  place: 'train',
  Component: TaskControlCard,
  explainsFault: true,
};
