// How similarly two tasks use the experts of a layer.
import { useMemo } from 'react';
import type { ExpertLayer } from '../../../engine/protocol/experts.ts';
import type { ExpertsState } from '../../../store/answers.ts';
import type { PanelView } from '../../../store/view.ts';
import { HeatmapCard } from '../../charts/heatmap/HeatmapCard.tsx';
import { cellOfPair, MATRIX_CELL, pairOfCell, taskMatrices } from '../../charts/heatmap/taskMatrix.ts';
import classes from './experts.module.css';
import { similarityCsv } from './tables.ts';

export interface SimilarityCardProps {
  state: Pick<ExpertsState, 'layers'>;
  layer: ExpertLayer;
  names: readonly string[];
  pair: PanelView['pair'];
  onPair(pair: PanelView['pair']): void;
}

export function SimilarityCard({ state: { layers }, layer, names, pair, onPair }: SimilarityCardProps) {
  const { similarity: values, label } = layer;
  const count = values ? Math.round(Math.sqrt(values.length)) : 0;
  const maps = useMemo(() => {
    if (!values) return [];
    const title = 'Cosine of gate use';
    const tasks = Array.from({ length: count }, (_, task) => names[task] ?? `task${task + 1}`);
    const [map] = taskMatrices([
      {
        id: 'cosine',
        title,
        label: `${title} of ${label}, ${count} by ${count} tasks`,
        names: tasks,
        values,
      },
    ]);
    const legendText =
      'Of mean gate weights. 1: the same experts in the same proportions; 0: none in common.';
    return map ? [{ ...map, legendText }] : [];
  }, [values, label, count, names]);
  return (
    <HeatmapCard
      figure="similarity"
      title="Similarity of gate use"
      subtitle={values ? 'cosine, task × task' : undefined}
      what="Similarity of gate use"
      fileName="gate-similarity"
      caption={`${label}, cosine of the mean gate weights of every pair of tasks`}
      maps={maps}
      cell={MATRIX_CELL}
      {...(values ? { csv: () => similarityCsv(layers, names) } : {})}
      chosen={cellOfPair(pair, count)}
      onSelect={(cell) => onPair(pairOfCell(cell))}
    >
      {!values && (
        <p className={classes.muted}>
          {label} has gates of fewer than two tasks, so there is no pair of tasks to compare.
        </p>
      )}
    </HeatmapCard>
  );
}
