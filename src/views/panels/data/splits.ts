// Counts and shares of labels and classes per split, as rows of a table.
import type { DatasetSummary } from '../../../engine/protocol/data.ts';
import { toCsv } from '../../charts/csv.ts';
import { formatCount } from '../../charts/format.ts';

const SPLITS = ['train', 'validation', 'test'] as const;

export interface SplitLine {
  task: number;
  /** "a label", or a class. */
  what: string;
  /** Training, validation, test. */
  cells: { text: string; count: number; isEmpty: boolean }[];
}

const cellOf = (count: number, of: number) => ({
  text: `${formatCount(count)} (${of === 0 ? '–' : `${((100 * count) / of).toFixed(1)} %`})`,
  count,
  isEmpty: count === 0,
});

/** Per task its labelled rows among all rows, then its classes among the labelled rows. */
export function splitRows({ tasks, split, labelled, classCounts }: DatasetSummary): SplitLine[] {
  return tasks.flatMap(({ classes = [] }, task) => {
    const labels = labelled?.[task] ?? split;
    const counts = classCounts[task];
    const line = (what: string, cell: (name: (typeof SPLITS)[number]) => SplitLine['cells'][number]) => ({
      task,
      what,
      cells: SPLITS.map(cell),
    });
    return [
      line('a label', (name) => cellOf(labels[name], split[name])),
      ...(counts?.train ?? []).map((_, code) =>
        line(classes[code] ?? `class ${code}`, (name) => cellOf(counts?.[name][code] ?? 0, labels[name])),
      ),
    ];
  });
}

/** The same as numbers of rows. */
export const splitsCsv = (dataset: DatasetSummary): string =>
  toCsv(
    ['task', 'rows_with', 'training', 'validation', 'test'],
    splitRows(dataset).map(({ task, what, cells }) => [
      dataset.tasks[task]?.name ?? '',
      what,
      ...cells.map(({ count }) => count),
    ]),
  );

const BEFORE_TRAINING =
  /^(class-missing-in-|few-rows-of-class-|target-constant-in-|no-label-in-|feature-gives-target-away)/;

/** The engine's notes on what a split lacks, and on features that leak a target. */
export const splitWarnings = ({ notes }: DatasetSummary): string[] =>
  notes.filter(({ code }) => BEFORE_TRAINING.test(code)).map(({ text }) => text);
