// Associations on the training rows: labels with labels, and the features most associated with each label.
import type { DataDescription, NamedAssociation } from '../../../engine/protocol/dataDescription.ts';
import { toCsv } from '../../charts/csv.ts';
import { formatCount, formatFixed, taskLabel } from '../../charts/format.ts';
import { Card } from '../../charts/parts/Card.tsx';
import { Chip } from '../../charts/parts/Chip.tsx';
import classes from './data.module.css';

const MEASURES = {
  pearson: 'Pearson',
  'correlation-ratio': 'correlation ratio',
  'cramers-v': "Cramér's V",
} as const;

export function AssociationsCard({ description }: { description: DataDescription }) {
  const { associations, dataset, columns } = description;
  if (!associations || !dataset) return null;
  const features = columns.filter((c) => c.role === 'feature').length;
  const some =
    associations.comparedFeatures < dataset.features.length
      ? `; the first ${formatCount(associations.comparedFeatures)} of ${formatCount(features)} features`
      : '';
  return (
    <Card
      figure="associations"
      title="What goes with what"
      subtitle={`${formatCount(associations.rows)} training rows${some}`}
      files={{
        what: 'Associations',
        fileName: 'associations',
        csv: () => csvOf([...associations.labels, ...associations.features.flat()]),
      }}
    >
      <div className={classes.associations}>
        {associations.labels.length > 0 && (
          <List
            caption="Labels with labels"
            rows={associations.labels.map((pair) => ({
              name: `${taskLabel(pair.a)} and ${taskLabel(pair.b)}`,
              pair,
            }))}
          />
        )}
        {associations.features.map((strongest, task) => (
          <List
            key={dataset.tasks[task]?.name}
            caption={taskLabel(dataset.tasks[task]?.name ?? '')}
            task={task}
            rows={strongest.map((pair) => ({ name: pair.a, pair }))}
          />
        ))}
      </div>
      <p className={classes.note}>
        Pearson for two numbers, with Spearman below it; the correlation ratio for a number and a class;
        Cramér's V for two classes. A feature that goes almost wholly with a label may give it away.
      </p>
    </Card>
  );
}

const measureOf = ({ measure, spearman, rows }: NamedAssociation): string =>
  `${MEASURES[measure]}${spearman === undefined ? '' : `, Spearman ${formatFixed(spearman, 3)}`}; ${formatCount(rows)} rows`;

function List({
  caption,
  task,
  rows,
}: {
  caption: string;
  task?: number;
  rows: readonly { name: string; pair: NamedAssociation }[];
}) {
  return (
    <table className={classes.association}>
      <caption>
        {task !== undefined && <Chip task={task} />} {caption}
        {task === undefined ? '' : ', strongest features'}
      </caption>
      <tbody>
        {rows.map(({ name, pair }) => (
          <tr key={name}>
            <th scope="row">
              <bdi>{name}</bdi>
              <span className={classes.reason}>{measureOf(pair)}</span>
            </th>
            <td className={classes.bar}>
              <span style={{ width: `${100 * Math.abs(Number.isNaN(pair.value) ? 0 : pair.value)}%` }} />
            </td>
            <td className={classes.number}>{formatFixed(pair.value, 3)}</td>
          </tr>
        ))}
        {rows.length === 0 && (
          <tr>
            <td>No feature varies with it.</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

const csvOf = (pairs: readonly NamedAssociation[]): string =>
  toCsv(
    ['a', 'b', 'measure', 'value', 'spearman', 'rows'],
    pairs.map(({ a, b, measure, value, spearman, rows }) => [a, b, measure, value, spearman ?? null, rows]),
  );
