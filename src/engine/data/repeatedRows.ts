// Test rows that stand among the training rows as well, with the same features and labels: a network that learned them by
// heart is measured as one that understood. A few copies are usual; said is where they are many.
import type { Note } from '../core/notes.ts';
import { keptRows, rowHashes } from './rowHashes.ts';
import type { Dataset } from './table.ts';

/** Share of the test rows from which on copies are said. */
const MANY = 0.1;

/** Of very long tables one row in so many is compared, chosen by what the row holds, and the count is an estimate. */
export function repeatedRowNotes(
  dataset: Pick<Dataset, 'rows' | 'categorical' | 'numeric' | 'targets' | 'split'>,
): Note[] {
  const { train, test } = dataset.split;
  const hashes = rowHashes(dataset);
  const trained = keptRows(hashes, train);
  const known = new Set(trained.hashes);
  const compared = keptRows(hashes, test, trained.every);
  const copies = compared.hashes.filter((hash) => known.has(hash)).length;
  if (copies === 0 || copies < MANY * compared.hashes.length) return [];
  const count = trained.every === 1 ? String(copies) : `about ${copies * trained.every}`;
  return [
    {
      code: 'test-rows-repeat-training',
      text: `${count} of ${test.length} test rows are equal to a training row in all features and labels, so that the test says little of new rows. Leave the copies out, or keep them on one side with data.split=group.`,
    },
  ];
}
