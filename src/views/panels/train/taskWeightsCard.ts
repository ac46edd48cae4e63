// Cards of the Train tab: how a gradient method weights the tasks, and the weights set by hand.
import type { ChartCard } from '../../cards/card.ts';
import { TaskControlCard } from '../relations/TaskControlCard.tsx';
import { WeightsCard } from '../relations/WeightsCard.tsx';

export const taskWeightsCard: ChartCard = { place: 'train', Component: WeightsCard, explainsFault: true };

export const taskControlCard: ChartCard = {
  place: 'train',
  Component: TaskControlCard,
  explainsFault: true,
};
