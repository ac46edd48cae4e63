// Descriptions of tasks and data: label units and scales, class counts, rows per split, and everything done to the data.
import type { DatasetSummary } from '../../../engine/protocol/data.ts';
import { labelled } from '../../../store/labels.ts';
import { toCsv } from '../../charts/csv.ts';
import { formatCompact, formatCount, plural, taskLabel } from '../../charts/format.ts';
import { Card } from '../../charts/parts/Card.tsx';
import { Chip } from '../../charts/parts/Chip.tsx';
import { Name } from '../../charts/parts/Name.tsx';
import classes from './tasks.module.css';

const TYPES = { regression: 'Regression', binary: 'Binary', multiclass: 'Multiclass' } as const;

const percent = (count: number, counts: readonly number[]) =>
  `${(
    (100 * count) /
      Math.max(
        1,
        counts.reduce((a, b) => a + b, 0),
      )
  ).toFixed(1)} %`;

/** "0: 35 + 7 + 8 (71.4 %), 1 (positive): 14 + 3 + 3 (28.6 %)": rows of training, validation and test, training share. */
export function classList(dataset: DatasetSummary, task: number): string {
  const counts = dataset.classCounts[task];
  if (!counts) return '–';
  const { classes, positive } = dataset.tasks[task] ?? {};
  const { train, validation, test } = counts;
  return train
    .map((count, i) => {
      const name = classes?.[i] ?? `class ${i}`;
      const rows = [count, validation[i] ?? 0, test[i] ?? 0].map(formatCount).join(' + ');
      return `${name}${name === positive ? ' (positive)' : ''}: ${rows} (${percent(count, train)})`;
    })
    .join(', ');
}

/**
 * "21 + 5 + 4 (25.0 %)": labelled rows of training, validation and test, and their share of all rows; "all" if none is missing.
 */
export function labelList({ labelled, split }: DatasetSummary, task: number): string {
  const own = labelled?.[task];
  if (!own) return '–';
  const [known, all] = [own, split].map(({ train, validation, test }) => [train, validation, test]);
  const total = (counts: readonly number[] = []) => counts.reduce((a, b) => a + b, 0);
  if (total(known) === total(all)) return 'all';
  return `${known?.map(formatCount).join(' + ')} (${percent(total(known), all ?? [])})`;
}

/** A line per task, or per class of a task: label scale, and rows of every split. */
export function tasksCsv(dataset: DatasetSummary): string {
  const { tasks, targetScaling, labelled, split, classCounts } = dataset;
  const rows = tasks.flatMap(({ name, type, description, classes }, t) => {
    const { mean, scale } = targetScaling[t] ?? { mean: null, scale: null };
    const of = labelled?.[t] ?? split;
    const own = [name, type, description, mean, scale, of.train, of.validation, of.test];
    const counts = classCounts[t];
    return counts
      ? counts.train.map((train, i) => [
          ...own,
          classes?.[i] ?? `class ${i}`,
          train,
          counts.validation[i] ?? 0,
          counts.test[i] ?? 0,
        ])
      : [[...own, null, null, null, null]];
  });
  const header =
    'task type label mean scale labelled_train labelled_validation labelled_test class class_train class_validation class_test';
  return toCsv(header.split(' '), rows);
}

export function TaskFacts({ dataset }: { dataset: DatasetSummary }) {
  return (
    <Card
      figure="task-facts"
      title="Tasks"
      subtitle={`${plural(dataset.tasks.length, 'task')}, labels of the training split`}
      files={{ what: 'Tasks', fileName: 'tasks', csv: () => tasksCsv(dataset) }}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label="Tasks, table">
        <table className={classes.facts}>
          <thead>
            <tr>
              <th scope="col">Task</th>
              <th scope="col">Type</th>
              <th scope="col">Label</th>
              <th scope="col" className={classes.number}>
                Mean
              </th>
              <th scope="col" className={classes.number}>
                Scale
              </th>
              <th scope="col">Labelled rows</th>
              <th scope="col">Classes</th>
            </tr>
          </thead>
          <tbody>
            {dataset.tasks.map((task, i) => {
              const scaling = dataset.targetScaling[i];
              const isRaw = scaling?.mean === 0 && scaling.scale === 1;
              return (
                <tr key={task.name}>
                  <th scope="row">
                    <Chip task={i} /> <Name>{taskLabel(task.name)}</Name>
                  </th>
                  <td>{TYPES[task.type]}</td>
                  <td>{task.description ? <Name>{task.description}</Name> : '–'}</td>
                  <td className={classes.number}>{scaling && !isRaw ? formatCompact(scaling.mean) : '–'}</td>
                  <td className={classes.number}>
                    {isRaw ? 'raw' : scaling ? formatCompact(scaling.scale) : '–'}
                  </td>
                  <td>{labelList(dataset, i)}</td>
                  <td className={classes.wrap}>{classList(dataset, i)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      <p className={classes.note}>
        Mean and standard deviation in label units, fitted on the training split and taken off before
        training. Raw: not standardised. Labelled rows and classes: rows in training + validation + test; the
        share is that of all rows, and of the training rows that have a label.
      </p>
    </Card>
  );
}

export function DataFacts({ dataset }: { dataset: DatasetSummary }) {
  const { train, validation, test } = dataset.split;
  const categorical = dataset.features.filter((feature) => feature.kind === 'categorical').length;
  const facts = [
    ['Name', dataset.name],
    ['Rows', dataset.rows],
    ['Training', train],
    ['Validation', validation],
    ['Test', test],
    ['Numeric features', dataset.features.length - categorical],
    ['Categorical features', categorical],
  ] as const;
  return (
    <Card
      figure="table-facts"
      title="Data"
      files={{
        what: 'Data',
        fileName: 'data',
        csv: () => toCsv(['fact', 'value'], [...facts, ...dataset.notes.map(({ text }) => ['Note', text])]),
      }}
    >
      <dl className={classes.pairs}>
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{typeof value === 'number' ? formatCount(value) : value}</dd>
          </div>
        ))}
      </dl>
      {dataset.notes.length > 0 && (
        <ul className={classes.notes}>
          {dataset.notes.map((note) => (
            <li key={note.text}>{labelled(note.text)}</li>
          ))}
        </ul>
      )}
    </Card>
  );
}
