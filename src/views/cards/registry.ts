// The chart cards, in the order of their tabs. A new one is a file and a line here. Cards of tabs other than Train are loaded
// with `lazy`, so that the first load is smaller.
import { comparisonCard } from '../panels/train/ComparisonCard.tsx';
import { failureCards } from '../panels/train/FailureCards.tsx';
import { gainCard } from '../panels/train/GainCard.tsx';
import { lossCard } from '../panels/train/LossCard.tsx';
import { metricCard } from '../panels/train/MetricCard.tsx';
import { resultsCard } from '../panels/train/ResultsCard.tsx';
import { taskControlCard, taskWeightsCard } from '../panels/train/taskWeightsCard.ts';
import type { ChartCard } from './card.ts';

export const cards = {
  gain: gainCard,
  metric: metricCard,
  comparison: comparisonCard,
  loss: lossCard,
  'task-weights': taskWeightsCard,
  'task-control': taskControlCard,
  failure: failureCards,
  results: resultsCard,
} satisfies Record<string, ChartCard>;
