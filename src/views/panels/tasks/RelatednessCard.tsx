// How related the tasks are: the requested cosine, the label correlation that it implies, and the realised one.
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useMemo } from 'react';
import type { DatasetSummary } from '../../../engine/protocol/data.ts';
import type { PanelView } from '../../../store/view.ts';
import { HeatmapCard } from '../../charts/heatmap/HeatmapCard.tsx';
import { stackOf } from '../../charts/heatmap/outputs.ts';
import {
  cellOfPair,
  MATRIX_CELL,
  pairOfCell,
  taskMatrices,
  UNIT_SCALE,
} from '../../charts/heatmap/taskMatrix.ts';
import { missingReason, type RelatednessMatrix, relatednessMatrices } from './relatedness.ts';
import classes from './tasks.module.css';

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
  const count = dataset.tasks.length;
  const maps = useMemo(
    () =>
      taskMatrices(
        relatednessMatrices(dataset).map((matrix) => ({
          id: matrix.id.replace('-', '_'),
          title: matrix.title,
          subtitle: matrix.subtitle,
          label: `${matrix.title}, ${count} by ${count} tasks. ${matrix.caption}`,
          names: dataset.tasks.map((task) => task.name),
          values: matrix.values,
          remark: <Caption matrix={matrix} />,
        })),
      ),
    [dataset, count],
  );
  return (
    <HeatmapCard
      figure="relatedness"
      title="How related are the tasks?"
      subtitle={
        maps.length === 3
          ? 'the weight vectors, the labels they imply, and the labels drawn'
          : missingReason(dataset)
      }
      what="Relatedness"
      fileName="task-relatedness"
      caption="Relatedness of every pair of tasks"
      maps={maps}
      mapsClassName={classes.matrices}
      sharedScale={UNIT_SCALE}
      cell={MATRIX_CELL}
      npy={() => stackOf(maps)}
      chosen={cellOfPair(pair, count)}
      onSelect={(cell) => onPair(pairOfCell(cell))}
    />
  );
}
