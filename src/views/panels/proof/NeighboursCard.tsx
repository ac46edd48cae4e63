// Whether the rows of a batch change each other's predictions: one row moves, or its companions are drawn anew.
import { useMemo, useState } from 'react';
import type { ProofReport } from '../../../engine/protocol/masks.ts';
import { ColorBar } from '../../charts/ColorBar.tsx';
import { toCsv } from '../../charts/csv.ts';
import { formatCompact, formatCount, taskLabel } from '../../charts/format.ts';
import { fitCell } from '../../charts/heatmap/bands.ts';
import { largest, sqrtIndices } from '../../charts/heatmap/cells.ts';
import { type CellPosition, Heatmap } from '../../charts/heatmap/Heatmap.tsx';
import { Card } from '../../charts/parts/Card.tsx';
import { Chip } from '../../charts/parts/Chip.tsx';
import { CsvButton } from '../../charts/parts/SmallButton.tsx';
import { useWidth } from '../../charts/parts/useWidth.ts';
import { VIRIDIS } from '../../theme/palette.ts';
import classes from './proof.module.css';
import { useAxes } from './ReachCard.tsx';
import { sourceLabels } from './reach.ts';

const CELL = 40;
const SMALLEST = 12;

/** Tokens of one row against the outputs of all other rows. */
function ByToken({ report }: { report: ProofReport }) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const [chosen, setChosen] = useState<CellPosition>({ row: 0, column: 0 });
  const axes = useAxes(report);
  const values = report.otherRowsByToken;
  const most = largest(values);
  const cells = useMemo(
    () => ({ indices: sqrtIndices(values, most), table: VIRIDIS, blocked: null }),
    [values, most],
  );
  const sources = sourceLabels(report);
  const valueAt = ({ row, column }: CellPosition) =>
    formatCompact(values[row * sources.length + column] ?? Number.NaN);
  return (
    <div ref={ref}>
      {width > 0 && (
        <Heatmap
          label="Influence of each token of one row on the predictions of the other rows. Rows are outputs, columns are tokens."
          {...axes}
          cells={cells}
          scale={{ low: '0', high: formatCompact(most), note: 'square-root scale' }}
          cell={fitCell(
            axes.columns.groups.map((g) => g.size),
            width - 120,
            SMALLEST,
            CELL,
          )}
          explain={(position) => ({
            title: `${sources[position.column]} of another row → ${taskLabel(report.tasks[position.row] ?? '')}`,
            pairs: [{ label: 'Mean change', value: valueAt(position) }],
          })}
          chosen={chosen}
          onChoose={setChosen}
        />
      )}
      <p className={classes.legend}>
        <ColorBar table={VIRIDIS} low="0" high={formatCompact(most)} note="square-root scale" />
      </p>
    </div>
  );
}

function neighboursCsv({ tasks, otherRows, companions, otherRowsByToken, sources }: ProofReport): string {
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

export function NeighboursCard({ report }: { report: ProofReport }) {
  const { tasks, otherRows, companions, rowsCanMix, rows } = report;
  return (
    <Card
      title="Neighbours in the batch"
      subtitle="does a prediction depend on the rows that share its batch?"
      actions={
        <CsvButton
          fileName="neighbours.csv"
          content={() => neighboursCsv(report)}
          label="Neighbours as CSV"
        />
      }
    >
      <table className={classes.neighbours}>
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
                <Chip task={i} /> {taskLabel(task)}
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
      {rowsCanMix && <ByToken report={report} />}
    </Card>
  );
}
