// Counts classes and label values per split, and notes what a split lacks: an undefined metric, or a class that cannot be
// learned.
import type { Note } from '../core/notes.ts';
import { isLabelled, labelledOf } from './labels.ts';
import { ROWS_FOR_ALL_SPLITS } from './stratify.ts';
import type { Split, TaskMeta } from './table.ts';

export type SplitName = keyof Split;

/** Rows per class in each split. */
export type ClassCounts = Record<SplitName, number[]>;

const SPLITS: readonly SplitName[] = ['train', 'validation', 'test'];
export const SPLIT_LABELS: Record<SplitName, string> = {
  train: 'training',
  validation: 'validation',
  test: 'test',
};
/** With fewer test rows of a class, a single row decides its AUROC. */
const FEW_ROWS = 5;
/** How many classes a note names at most. */
const MAX_NAMES = 5;

/** @param codes - class of each row; negative or NaN if missing */
export function countClasses(codes: ArrayLike<number>, numClasses: number, split: Split): ClassCounts {
  const count = (rows: Uint32Array) => {
    const counts = new Array<number>(numClasses).fill(0);
    for (const row of rows) {
      const code = codes[row] as number;
      if (code >= 0) counts[code] = (counts[code] as number) + 1;
    }
    return counts;
  };
  return { train: count(split.train), validation: count(split.validation), test: count(split.test) };
}

/** One entry per task, null for regression. */
export function classCountsOf(
  tasks: readonly TaskMeta[],
  targets: readonly Float32Array[],
  split: Split,
): (ClassCounts | null)[] {
  return tasks.map(({ type, outputs }, i) =>
    type === 'regression' ? null : countClasses(targets[i] ?? [], type === 'binary' ? 2 : outputs, split),
  );
}

/** "14 training, 0 validation, 3 test" */
export const countsText = (counts: ClassCounts, code: number): string =>
  SPLITS.map((split) => `${counts[split][code]} ${SPLIT_LABELS[split]}`).join(', ');

/**
 * What may give a split the labels that it lacks, where no seed draws the rows; null where one does.
 * @param kind - `data.split`
 * @param isOfFile - the table, or files beside it, say which rows those are
 */
export function splitRemedy(kind: unknown, isOfFile: boolean): string | null {
  if (isOfFile)
    return 'Splits have files: give the file of that split rows of it, or try another data seed where the split is drawn.';
  switch (kind) {
    case 'time':
      return 'The rows are split by time: other shares of the rows may help, or data.split=stratified, which tests on rows of any time.';
    case 'group':
      return 'Groups stay together: other shares of the rows or another data seed may help, or a column of smaller groups.';
    case 'column':
      return 'The rows are split as a column says: change it, or set data.split=stratified.';
    default:
      return null;
  }
}

/**
 * Notes on classes and values that a split lacks.
 * @param remedy - where the rows are not drawn by a seed
 */
export function splitNotes(
  tasks: readonly TaskMeta[],
  targets: readonly Float32Array[],
  split: Split,
  remedy: string | null = null,
): Note[] {
  const perTask = classCountsOf(tasks, targets, split);
  return tasks.flatMap((task, i) => {
    const counts = perTask[i];
    const column = targets[i] ?? [];
    // Splits for training and validation without any label were refused earlier.
    if (!split.test.some((row) => isLabelled(column[row] as number)))
      return [unlabelledNote(task, remedy ?? MORE_ROWS)];
    return counts
      ? classNotes(task, counts, remedy ?? MORE_ROWS)
      : constantNotes(task, column, split, remedy);
  });
}

const unlabelledNote = ({ name }: TaskMeta, remedy: string): Note => ({
  code: 'no-label-in-test',
  text: `The test split has no label of ${name}, so nothing is measured for it there, and it has no gain. ${remedy}`,
});

const TOO_RARE = `No split can have a class of fewer than ${ROWS_FOR_ALL_SPLITS} rows everywhere: give more rows of it, join it with another class, or leave its rows out.`;
const MORE_ROWS = 'A stratified split, another data seed or a larger share of the rows may help.';

function classNotes({ name, type, classes = [] }: TaskMeta, counts: ClassCounts, remedy: string): Note[] {
  const notes: Note[] = [];
  const numberOf = (codes: number[]) => (codes.length === 1 ? 'a class' : `${codes.length} classes`);
  const listed = (codes: number[]) => {
    const more = codes.length > MAX_NAMES ? ` and ${codes.length - MAX_NAMES} more` : '';
    return `${codes
      .slice(0, MAX_NAMES)
      .map((code) => `${classes[code]} (${countsText(counts, code)})`)
      .join('; ')}${more}`;
  };
  const isTooRare = (code: number) =>
    SPLITS.reduce((rows, split) => rows + (counts[split][code] as number), 0) < ROWS_FOR_ALL_SPLITS;
  for (const split of SPLITS) {
    const absent = counts[split].flatMap((count, code) => (count === 0 ? [code] : []));
    if (absent.length === 0) continue;
    const lack = `The ${SPLIT_LABELS[split]} split has no row of ${numberOf(absent)} of ${name}: ${listed(absent)}.`;
    const isUndefined = counts[split].length - absent.length < 2;
    notes.push({
      code: `class-missing-in-${SPLIT_LABELS[split]}`,
      text: `${lack} ${effect(split, isUndefined, type)} ${absent.every(isTooRare) ? TOO_RARE : remedy}`,
    });
  }
  const few = counts.test.flatMap((count, code) => (count > 0 && count < FEW_ROWS ? [code] : []));
  const least = Math.min(...few.map((code) => counts.test[code] as number));
  if (few.length > 0)
    notes.push({
      code: 'few-rows-of-class-in-test',
      text: `The test split has fewer than ${FEW_ROWS} rows of ${numberOf(few)} of ${name}: ${listed(few)}. One row can move the AUROC of its class by ${(1 / least).toFixed(2)}, so differences between models may be chance: test on more rows, or compare over several data seeds.`,
    });
  return notes;
}

function effect(split: SplitName, isUndefined: boolean, type: TaskMeta['type']): string {
  if (split === 'train') return 'Nothing is learnt of it, and its rows elsewhere cannot be predicted right.';
  if (!isUndefined) return `Its AUROC is the mean over the other classes.`;
  const what = type === 'binary' ? 'AUROC is undefined there' : 'No AUROC is defined there';
  return split === 'validation'
    ? `${what}, so the best epoch cannot follow it.`
    : `${what}, and with it the gain of this task.`;
}

function constantNotes(
  { name }: TaskMeta,
  values: ArrayLike<number>,
  split: Split,
  remedy: string | null,
): Note[] {
  return SPLITS.flatMap((part) => {
    const rows = labelledOf(values, split[part]);
    const first = values[rows[0] ?? 0];
    if (rows.length === 0 || !rows.every((row) => values[row] === first)) return [];
    return [
      {
        code: `target-constant-in-${SPLIT_LABELS[part]}`,
        text: `${name} has one value in all ${rows.length} ${SPLIT_LABELS[part]} rows, so its explained variance says nothing there. ${remedy ?? 'Another data seed or a larger share of the rows may help.'}`,
      },
    ];
  });
}
