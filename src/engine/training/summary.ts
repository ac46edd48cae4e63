// The part of a dataset that the page needs: counts, names and relatedness, no columns.
import type { Dataset } from '../data/table.ts';
import type { DatasetSummary } from '../protocol.ts';

export function summariseDataset(dataset: Dataset): DatasetSummary {
  const { name, rows, features, tasks, targetScaling, relatedness, notes, split } = dataset;
  const classCounts = tasks.map((task, i) => {
    if (task.type === 'regression') return null;
    const counts = new Array<number>(task.type === 'binary' ? 2 : task.outputs).fill(0);
    const targets = dataset.targets[i] as Float32Array;
    for (const row of split.train) counts[targets[row] as number]++;
    return counts;
  });
  return {
    name,
    rows,
    split: { train: split.train.length, validation: split.validation.length, test: split.test.length },
    features,
    tasks,
    targetScaling,
    classCounts,
    relatedness,
    notes,
  };
}
