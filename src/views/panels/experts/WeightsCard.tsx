// Mean weight of each expert in each gate: gates down, experts across.
import { useMemo } from 'react';
import type { ExpertLayer } from '../../../engine/protocol/experts.ts';
import { type ExpertsState, stateOf } from '../../../store/answers.ts';
import { useBeside } from '../../../store/hooks.ts';
import { formatFixed } from '../../charts/format.ts';
import type { CellPosition } from '../../charts/heatmap/cellKeys.ts';
import { HeatmapCard } from '../../charts/heatmap/HeatmapCard.tsx';
import classes from './experts.module.css';
import { blockedOf, explainCell, type Grid, isWide, scaleOf, showWeight } from './grid.ts';
import { NOT_WEIGHTED, weightsCsv } from './tables.ts';

/** Cells fit every gate's name; a wider map scrolls in its card. */
const CELL = { smallest: 12, largest: 52 };

export interface WeightsCardProps {
  state: Pick<ExpertsState, 'layers' | 'rows'>;
  layer: ExpertLayer;
  grid: Grid;
  chosen: CellPosition;
  onChoose(position: CellPosition): void;
}

export function WeightsCard({ state: { layers, rows }, layer, grid, chosen, onChoose }: WeightsCardProps) {
  const blocked = useMemo(() => blockedOf(grid), [grid]);
  const beside = stateOf(useBeside()?.answers, 'expert-use').answer?.layers;
  const size = `${grid.gateLabels.length} gates × ${grid.experts.length} experts`;
  return (
    <HeatmapCard
      figure="gate-weights"
      title="Gate weights"
      subtitle={size}
      className={isWide(layer) ? classes.wide : undefined}
      what="Gate weights"
      fileName="gate-weights"
      caption={`${layer.label}, mean gate weights: rows are gates, columns are experts; – where a gate does not weight the expert, or never chooses it`}
      maps={[
        {
          label: `Mean gate weights of ${layer.label}, ${size}, over ${rows} validation rows. Rows are gates, columns are experts.`,
          rows: {
            title: 'gate (rows)',
            id: 'gate',
            labels: grid.gateLabels,
            groups: grid.rowGroups,
            tasks: grid.gateTasks,
            strong: grid.gateTasks.map((task) => task !== null),
          },
          columns: {
            title: 'expert (columns)',
            id: 'expert',
            labels: grid.expertLabels,
            groups: grid.columnGroups,
          },
          values: grid.means,
          scale: scaleOf(layers, beside),
          blocked,
          blockedText: NOT_WEIGHTED,
          blockedLegend: 'not weighted by this gate',
          show: showWeight,
          print: (mean) => (Number.isNaN(mean) ? '' : formatFixed(mean, 2)),
          explain: ({ row, column }) => explainCell(layer, grid, row, column),
        },
      ]}
      cell={CELL}
      markRow
      csv={() => weightsCsv(layers)}
      chosen={chosen}
      onSelect={onChoose}
    />
  );
}
