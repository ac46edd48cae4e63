// Which epoch the results belong to, in words; the rule is part of every network's result.
import type { RunRecord } from '../../../store/runRecord.ts';
import { listNames, taskLabel } from '../../charts/format.ts';
import { finishedSeeds } from './results.ts';

const RULE =
  'Best step: the epoch with the highest mean of the primary validation metrics of the tasks that share the network; of equal ones that with the lower validation loss.';

/** The rule, and the tasks for which the loss alone decided in a finished seed. */
export function selectionCaption(run: RunRecord): string {
  const byLoss = new Set(
    finishedSeeds(run).flatMap(({ model }) =>
      model.test.flatMap(({ task }, i) => (model.selection?.[i] === 'loss' ? [taskLabel(task)] : [])),
    ),
  );
  if (byLoss.size === 0) return RULE;
  return `${RULE} For ${listNames([...byLoss])} the lowest validation loss alone, because one of these metrics is undefined there.`;
}
