// Rows, labels and classes per split, and what a split lacks, before training.
import { formatIssue } from '../../../engine/core/errors.ts';
import type { DataDescription } from '../../../engine/protocol/dataDescription.ts';
import { labelled } from '../../../store/labels.ts';
import { formatCount, taskLabel } from '../../charts/format.ts';
import { Card } from '../../charts/parts/Card.tsx';
import { Chip } from '../../charts/parts/Chip.tsx';
import { Name } from '../../charts/parts/Name.tsx';
import classes from './data.module.css';
import { splitRows, splitsCsv, splitWarnings } from './splits.ts';

export function SplitsCard({ description }: { description: DataDescription }) {
  const { dataset, issues } = description;
  if (!dataset) {
    return (
      <Card title="Splits" subtitle="none yet">
        <ul className={classes.notes}>
          {issues.map((issue) => (
            <li key={`${issue.path} ${issue.got}`}>{labelled(formatIssue(issue))}</li>
          ))}
        </ul>
      </Card>
    );
  }
  const { train, validation, test } = dataset.split;
  const warnings = splitWarnings(dataset);
  return (
    <Card
      figure="splits"
      title="Splits"
      subtitle={`${formatCount(train)} training, ${formatCount(validation)} validation and ${formatCount(test)} test rows`}
      files={{ what: 'Splits', fileName: 'splits', csv: () => splitsCsv(dataset) }}
    >
      {warnings.length > 0 && (
        <ul className={classes.warnings} aria-label="Before training">
          {warnings.map((text) => (
            <li key={text}>{labelled(text)}</li>
          ))}
        </ul>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label="Splits, table">
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Task</th>
              <th scope="col">Rows with</th>
              <th scope="col" className={classes.number}>
                Training
              </th>
              <th scope="col" className={classes.number}>
                Validation
              </th>
              <th scope="col" className={classes.number}>
                Test
              </th>
            </tr>
          </thead>
          <tbody>
            {splitRows(dataset).map(({ task, what, cells }) => (
              <tr key={`${task} ${what}`}>
                <th scope="row">
                  <Chip task={task} /> <Name>{taskLabel(dataset.tasks[task]?.name ?? '')}</Name>
                </th>
                <td>
                  <bdi>{what}</bdi>
                </td>
                {cells.map((cell, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: splits are told apart by position only
                  <td key={i} className={`${classes.number} ${cell.isEmpty ? classes.empty : ''}`}>
                    {cell.text}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Card>
  );
}
