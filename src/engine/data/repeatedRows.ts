// Test rows that also occur among the training rows, with equal features and labels: they reward memorising. A few copies are
// normal; many are reported.
import type { Note } from '../core/notes.ts';
import { keptRows, rowHashes } from './rowHashes.ts';
import type { Dataset } from './table.ts';

/** Copies are reported from this share of the test rows on. */
const MANY = 0.1;

/** In very long tables only one row in several is compared, chosen by its hash, and the count is an estimate. */
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
