// The part of a dataset that the page needs: counts, names and relatedness, no columns.
import { labelCountsOf } from '../data/labels.ts';
import { fingerprint, rowHashes } from '../data/rowHashes.ts';
import { classCountsOf } from '../data/splitNotes.ts';
import type { Dataset } from '../data/table.ts';
import type { DatasetSummary } from '../protocol/data.ts';

/** @param isFromFile - rows of a generator follow from the experiment, and need no fingerprint */
export function summariseDataset(dataset: Dataset, isFromFile: boolean): DatasetSummary {
  const { name, rows, features, tasks, targetScaling, relatedness, notes, split } = dataset;
  const classCounts = classCountsOf(tasks, dataset.targets, split);
  return {
    name,
    rows,
    ...(isFromFile ? { fingerprint: fingerprint(rowHashes(dataset)) } : {}),
    split: { train: split.train.length, validation: split.validation.length, test: split.test.length },
    features,
    tasks,
    targetScaling,
    labelled: labelCountsOf(dataset),
    classCounts,
    relatedness,
    notes,
  };
}
