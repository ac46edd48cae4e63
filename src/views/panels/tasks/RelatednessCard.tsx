// How related are the tasks: the cosine asked for, the label correlation it implies, and the one the labels have.
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useCallback, useMemo, useState } from 'react';
import type { DatasetSummary } from '../../../engine/protocol/data.ts';
import { ColorBar } from '../../charts/ColorBar.tsx';
import { type CsvValue, toCsv } from '../../charts/csv.ts';
import { formatFixed, shortTaskLabel, taskLabel } from '../../charts/format.ts';
import { MatrixHeatmap } from '../../charts/MatrixHeatmap.tsx';
import { Card } from '../../charts/parts/Card.tsx';
import { DataTable } from '../../charts/parts/DataTable.tsx';
import { CsvButton, NpyButton, TableToggle } from '../../charts/parts/SmallButton.tsx';
import { useScheme } from '../../charts/parts/useScheme.ts';
import { DIVERGING } from '../../theme/palette.ts';
import type { PanelView } from '../view.ts';
import { missingReason, type RelatednessMatrix, relatednessMatrices, taskPairs } from './relatedness.ts';
import classes from './tasks.module.css';

function pairsCsv(dataset: DatasetSummary, matrices: readonly RelatednessMatrix[]): string {
  const count = dataset.tasks.length;
  const rows = taskPairs(count).map(([i, j]): CsvValue[] => [
    dataset.tasks[i]?.name ?? '',
    dataset.tasks[j]?.name ?? '',
    ...matrices.map((m) => m.values[i * count + j] ?? null),
  ]);
  return toCsv(['task_a', 'task_b', ...matrices.map((m) => m.id.replace('-', '_'))], rows);
}

function Caption({ matrix }: { matrix: RelatednessMatrix }) {
  const Icon = matrix.state === 'error' ? IconAlertTriangle : IconCircleCheck;
  return (
    <p className={classes.matrixCaption} data-state={matrix.state}>
      {matrix.state && <Icon size={14} stroke={1.75} aria-hidden="true" />}
      {matrix.caption}
    </p>
  );
}

export interface RelatednessCardProps {
  dataset: DatasetSummary;
  pair: PanelView['pair'];
  onPair(pair: PanelView['pair']): void;
}

export function RelatednessCard({ dataset, pair, onPair }: RelatednessCardProps) {
  const [asTable, setAsTable] = useState(false);
  const scheme = useScheme();
  const count = dataset.tasks.length;
  const matrices = useMemo(() => relatednessMatrices(dataset), [dataset]);
  const names = useMemo(() => dataset.tasks.map((task) => shortTaskLabel(task.name)), [dataset]);
  const values = useMemo(() => matrices.map((m) => ({ label: m.title, values: m.values })), [matrices]);
  const shown = pair && pair[0] < count && pair[1] < count ? pair : null;
  // The diagonal stands for no pair.
  const choose = useCallback((next: [number, number]) => onPair(next[0] === next[1] ? null : next), [onPair]);
  const reason = missingReason(dataset);
  const subtitle =
    matrices.length === 3 ? 'the weight vectors, the labels they imply, and the labels drawn' : reason;
  return (
    <Card
      title="How related are the tasks?"
      subtitle={subtitle}
      actions={
        <>
          <ColorBar table={DIVERGING[scheme]} low="−1" high="+1" />
          <TableToggle shown={asTable} onChange={setAsTable} what="Relatedness" />
          <CsvButton
            fileName="task-relatedness.csv"
            content={() => pairsCsv(dataset, matrices)}
            label="Relatedness as CSV"
          />
          <NpyButton
            fileName="task-relatedness.npy"
            content={() => ({
              values: matrices.flatMap((m) => Array.from(m.values)),
              shape: [matrices.length, count, count],
            })}
            label="Relatedness as NPY"
          />
        </>
      }
    >
      {asTable ? (
        <DataTable
          maxHeight={420}
          data={{
            caption: 'Relatedness of every pair of tasks',
            header: ['Pair', ...matrices.map((m) => m.title)],
            rows: taskPairs(count).map(([i, j]) => [
              `${taskLabel(dataset.tasks[i]?.name ?? '')} · ${taskLabel(dataset.tasks[j]?.name ?? '')}`,
              ...matrices.map((m) => formatFixed(m.values[i * count + j] ?? Number.NaN, 4)),
            ]),
          }}
        />
      ) : (
        <div className={classes.matrices}>
          {matrices.map((matrix) => (
            <div key={matrix.id} className={classes.matrix}>
              <h3>
                {matrix.title} <span>{matrix.subtitle}</span>
              </h3>
              <MatrixHeatmap
                label={`${matrix.title}, ${count} by ${count} tasks. ${matrix.caption}`}
                names={names}
                values={matrix.values}
                limit={1}
                pair={shown}
                onPair={choose}
                others={values}
              />
              <Caption matrix={matrix} />
            </div>
          ))}
        </div>
      )}
    </Card>
  );
}
