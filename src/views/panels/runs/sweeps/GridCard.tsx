// One figure of a sweep over two settings, as a map: means over the seeds, or their spread.
import { useMemo, useState } from 'react';
import type { Figure, Grid } from '../../../../store/sweeps/figures.ts';
import { capitalised, formatCompact } from '../../../charts/format.ts';
import type { CellPosition } from '../../../charts/heatmap/cellKeys.ts';
import { divergingScale, linearScale } from '../../../charts/heatmap/colorScale.ts';
import type { AxisSpec } from '../../../charts/heatmap/drawAxis.ts';
import { HeatmapCard } from '../../../charts/heatmap/HeatmapCard.tsx';
import type { HeatmapMark } from '../../../charts/heatmap/mark.ts';
import { Segmented } from '../../../charts/parts/Segmented.tsx';
import { gridCsv } from './outputs.ts';

const CELL = { smallest: 34, largest: 92 };

export interface GridCardProps {
  figure: Figure;
  grid: Grid;
  xLabel: string;
  /** Null for a single row. */
  rowLabel: string | null;
  chosen: CellPosition | null;
  onSelect(position: CellPosition): void;
}

type Shown = 'mean' | 'sd';

const axisOf = (title: string, id: string, labels: readonly string[]): AxisSpec => ({
  title,
  id,
  labels,
  groups: [{ name: '', size: labels.length }],
});

/** @param shown - spread is the standard deviation over the seeds */
export function markOf(
  { label, unit, isSigned }: Figure,
  { rows, columns, cells }: Grid,
  xLabel: string,
  rowLabel: string | null,
  shown: Shown,
): HeatmapMark {
  const values = cells.map((cell) => cell?.[shown] ?? Number.NaN);
  const known = values.filter((value) => !Number.isNaN(value));
  const diverges = isSigned && shown === 'mean';
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const show = (value: number) =>
    Number.isNaN(value) ? '–' : `${formatCompact(value)}${unit === '' ? '' : ` ${unit}`}`;
  return {
    label: `${capitalised(label)}, ${shown === 'mean' ? 'mean' : 'standard deviation'} over seeds, by ${rowLabel === null ? '' : `${rowLabel} and `}${xLabel}`,
    rows: axisOf(rowLabel ?? '', 'row', rows),
    columns: axisOf(xLabel, 'column', columns),
    values,
    scale: diverges
      ? divergingScale(Math.max(0, ...known.map(Math.abs)), unit)
      : linearScale(known.length > 0 && low < high ? low : 0, known.length > 0 ? high : 1, formatCompact),
    blank: Uint8Array.from(values, (value) => (Number.isNaN(value) ? 1 : 0)),
    show,
    print: (value) => (Number.isNaN(value) ? '' : formatCompact(value)),
    explain: ({ row, column }) => {
      const cell = cells[row * columns.length + column];
      const seeds = cell ? [{ label: 'Seeds', value: `${cell.n} of ${cell.seeds}` }] : [];
      return {
        title: [rowLabel === null ? null : `${rowLabel} ${rows[row]}`, `${xLabel} ${columns[column]}`]
          .filter((part) => part !== null)
          .join(', '),
        pairs: cell
          ? [
              { label: 'Mean', value: show(cell.mean), strong: shown === 'mean' },
              { label: 'Standard deviation', value: show(cell.sd), strong: shown === 'sd' },
              { label: '95 % interval', value: `${show(cell.low)} to ${show(cell.high)}` },
              ...seeds,
            ]
          : [],
      };
    },
  };
}

export function GridCard({ figure, grid, xLabel, rowLabel, chosen, onSelect }: GridCardProps) {
  const [shown, setShown] = useState<Shown>('mean');
  const maps = useMemo(
    () => [markOf(figure, grid, xLabel, rowLabel, shown)],
    [figure, grid, xLabel, rowLabel, shown],
  );
  return (
    <HeatmapCard
      figure="sweep-grid"
      title={capitalised(figure.label)}
      subtitle="choose a cell to see its runs"
      what="Sweep"
      fileName="sweep-map"
      caption={maps[0]?.label ?? ''}
      maps={maps}
      cell={CELL}
      csv={() => gridCsv(figure, grid, xLabel, rowLabel)}
      chosen={chosen}
      onSelect={onSelect}
      lead={
        <Segmented<Shown>
          label="What a cell shows"
          value={shown}
          options={[
            { value: 'mean', label: 'Mean' },
            { value: 'sd', label: 'Spread' },
          ]}
          onChange={setShown}
        />
      }
    />
  );
}
