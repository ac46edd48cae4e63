// Whether the rows of a batch change each other's predictions: one row is changed, or its companions are drawn anew.
import type { MaskTestReport } from '../../../engine/protocol/masks.ts';
import { stateOf } from '../../../store/answers.ts';
import { useBeside } from '../../../store/hooks.ts';
import { toCsv } from '../../charts/csv.ts';
import { formatCompact, formatCount, taskLabel } from '../../charts/format.ts';
import { largest } from '../../charts/heatmap/cells.ts';
import { BOTH_RUNS, sharedBy, squareRootScale } from '../../charts/heatmap/colorScale.ts';
import { HeatmapCard } from '../../charts/heatmap/HeatmapCard.tsx';
import type { HeatmapMark } from '../../charts/heatmap/mark.ts';
import { Chip } from '../../charts/parts/Chip.tsx';
import { Name } from '../../charts/parts/Name.tsx';
import classes from './maskTests.module.css';
import { REACH_CELL, reachAxes } from './reach.ts';

/**
 * Influence of the tokens of one row on the outputs of all other rows.
 * @param beside - the report of the run in the other column, which has the same scale
 */
function byToken(report: MaskTestReport, beside: MaskTestReport | null): HeatmapMark {
  const values = report.otherRowsByToken;
  const theirs = beside?.rowsCanMix ? beside.otherRowsByToken : null;
  const scale = squareRootScale(Math.max(largest(values), largest(theirs ?? [])), formatCompact);
  const axes = reachAxes(report);
  return {
    ...axes,
    label:
      'Influence of each token of one row on the predictions of the other rows. Rows are outputs, columns are tokens.',
    values,
    scale: theirs ? sharedBy(scale, BOTH_RUNS) : scale,
    show: formatCompact,
    explain: ({ row, column }) => ({
      title: `${axes.columns.labels[column]} of another row → ${taskLabel(report.tasks[row] ?? '')}`,
      pairs: [
        {
          label: 'Mean change',
          value: formatCompact(values[row * report.sources.length + column] ?? Number.NaN),
        },
      ],
    }),
  };
}

function companyCsv({ tasks, otherRows, companions, otherRowsByToken, sources }: MaskTestReport): string {
  return toCsv(
    ['task', 'other_rows_all_tokens', 'companion_sd', ...sources.map((s) => `other_rows_${s.name}`)],
    tasks.map((task, t) => [
      task,
      otherRows[t] ?? null,
      companions.spread[t] ?? null,
      ...sources.map((_, s) => otherRowsByToken[t * sources.length + s] ?? null),
    ]),
  );
}

export function BatchCompanyCard({ report }: { report: MaskTestReport }) {
  const { tasks, otherRows, companions, rowsCanMix, rows } = report;
  const beside = stateOf(useBeside()?.answers, 'mask-tests').answer?.report ?? null;
  const summary = (
    <>
      <table className={classes.company}>
        <thead>
          <tr>
            <th scope="col">Task</th>
            <th scope="col">Another row moves</th>
            <th scope="col">Other companions</th>
          </tr>
        </thead>
        <tbody>
          {tasks.map((task, i) => (
            <tr key={task}>
              <th scope="row">
                <Chip task={i} /> <Name>{taskLabel(task)}</Name>
              </th>
              <td>{formatCompact(otherRows[i] ?? Number.NaN)}</td>
              <td>{formatCompact(companions.spread[i] ?? Number.NaN)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={classes.muted}>
        In units of the output (standardised value or logit). <b>Another row moves</b>: mean absolute change
        of the other {formatCount(rows - 1)} rows when all tokens of the first row move by their own size.{' '}
        <b>Other companions</b>: standard deviation of the first row's output over {companions.batches}{' '}
        batches of random validation rows.{' '}
        {rowsCanMix
          ? 'This network attends between rows, so a prediction depends on which rows share its batch.'
          : 'No layer of this network lets rows meet: anything but 0 would be a fault.'}
      </p>
    </>
  );
  return (
    <HeatmapCard
      figure="perturbation"
      title="Row perturbation"
      subtitle="does a prediction depend on the rows that share its batch?"
      what="Row perturbation"
      fileName="row-perturbation"
      caption="Mean change of the outputs of the other rows when a token of one row moves"
      maps={rowsCanMix ? [byToken(report, beside)] : []}
      cell={REACH_CELL}
      csv={() => companyCsv(report)}
      lead={summary}
    />
  );
}
