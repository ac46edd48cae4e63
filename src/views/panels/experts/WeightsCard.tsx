// Which gate weights which expert, and how much: gates down, experts across.
import { useMemo, useState } from 'react';
import type { ExpertLayer } from '../../../engine/protocol/experts.ts';
import { ColorBar } from '../../charts/ColorBar.tsx';
import { formatFixed } from '../../charts/format.ts';
import { fitCell } from '../../charts/heatmap/bands.ts';
import type { AxisSpec } from '../../charts/heatmap/drawAxis.ts';
import { type CellPosition, Heatmap } from '../../charts/heatmap/Heatmap.tsx';
import { Card, LegendItem } from '../../charts/parts/Card.tsx';
import { DataTable } from '../../charts/parts/DataTable.tsx';
import { CsvButton, NpyButton, TableToggle } from '../../charts/parts/SmallButton.tsx';
import { useScheme } from '../../charts/parts/useScheme.ts';
import { useWidth } from '../../charts/parts/useWidth.ts';
import { taskFill, VIRIDIS } from '../../theme/palette.ts';
import classes from './experts.module.css';
import { cellsOf, explainCell, type Grid, isWide, scaleOf } from './grid.ts';
import { weightsCsv, weightsTable } from './tables.ts';

const CELL = 52;
/** Every name of a gate has room; what is wider than the card scrolls in it. */
const SMALLEST = 12;
const MAX_HEIGHT = 420;

export interface WeightsCardProps {
  layers: readonly ExpertLayer[];
  layer: ExpertLayer;
  grid: Grid;
  chosen: CellPosition;
  /** Validation rows measured. */
  rows: number;
  onChoose(position: CellPosition): void;
}

/** Names along both edges; they change with the layer and the choice, not with every measurement. */
function useAxes(grid: Grid, chosenRow: number): { gates: AxisSpec; experts: AxisSpec } {
  const scheme = useScheme();
  const key = JSON.stringify([
    grid.gateLabels,
    grid.gateTasks,
    grid.rowGroups,
    grid.expertLabels,
    grid.columnGroups,
  ]);
  return useMemo(() => {
    const [gateLabels, gateTasks, rowGroups, expertLabels, columnGroups] = JSON.parse(key) as [
      string[],
      (number | null)[],
      Grid['rowGroups'],
      string[],
      Grid['columnGroups'],
    ];
    const style = scheme && getComputedStyle(document.documentElement);
    const colors = gateTasks.map((task) =>
      task === null || !style ? 'transparent' : style.getPropertyValue(taskFill(task).slice(4, -1)),
    );
    return {
      gates: {
        title: 'gate (rows)',
        labels: gateLabels,
        groups: rowGroups,
        // The mark of the chosen row stands where its chip would be.
        chip: (i) => (i === chosenRow ? 'transparent' : (colors[i] ?? 'transparent')),
        strong: (i) => gateTasks[i] !== null,
      },
      experts: { title: 'expert (columns)', labels: expertLabels, groups: columnGroups },
    };
  }, [key, scheme, chosenRow]);
}

/** Room that title, brackets, chips and names of gates take at the left, about. */
const axisRoom = (labels: readonly string[]): number =>
  68 + Math.min(90, 7 * Math.max(2, ...labels.map((label) => label.length)));

export function WeightsCard({ layers, layer, grid, chosen, rows, onChoose }: WeightsCardProps) {
  const [asTable, setAsTable] = useState(false);
  const [ref, width] = useWidth<HTMLDivElement>();
  const axes = useAxes(grid, chosen.row);
  const scale = useMemo(() => scaleOf(layers), [layers]);
  const cells = useMemo(() => cellsOf(grid, scale), [grid, scale]);
  const print = useMemo(
    () =>
      ({ row, column }: CellPosition) => {
        const mean = grid.means[row * grid.experts.length + column] ?? Number.NaN;
        return Number.isNaN(mean) ? '' : formatFixed(mean, 2);
      },
    [grid],
  );
  const cell = fitCell(
    grid.columnGroups.map((group) => group.size),
    width - axisRoom(grid.gateLabels),
    SMALLEST,
    CELL,
  );
  const size = `${grid.gateLabels.length} gates × ${grid.experts.length} experts`;
  return (
    <Card
      title="Gate weights"
      subtitle={size}
      className={isWide(layer) ? classes.wide : undefined}
      actions={
        <>
          <TableToggle shown={asTable} onChange={setAsTable} what="Gate weights" />
          <CsvButton
            fileName="gate-weights.csv"
            content={() => weightsCsv(layers)}
            label="Gate weights as CSV"
          />
          <NpyButton
            fileName="gate-weights.npy"
            content={() => ({ values: grid.means, shape: [grid.gateLabels.length, grid.experts.length] })}
            label="Gate weights as NPY"
          />
        </>
      }
    >
      <div ref={ref} className={classes.figure}>
        {asTable ? (
          <DataTable maxHeight={MAX_HEIGHT} data={weightsTable(layer, grid)} />
        ) : (
          width > 0 && (
            <Heatmap
              label={`Mean gate weights of ${layer.label}, ${size}, over ${rows} validation rows. Rows are gates, columns are experts.`}
              rows={axes.gates}
              columns={axes.experts}
              cells={cells}
              scale={{
                low: '0',
                high: formatFixed(scale.high, 2),
                note: scale.isSquareRoot ? 'square-root scale' : 'linear scale',
              }}
              cell={cell}
              print={print}
              explain={({ row, column }) => explainCell(layer, grid, row, column)}
              chosen={chosen}
              onChoose={onChoose}
              markRow
            />
          )
        )}
      </div>
      {!asTable && (
        <div className={classes.legend}>
          <ColorBar
            table={VIRIDIS}
            low="0"
            high={formatFixed(scale.high, 2)}
            note={scale.isSquareRoot ? 'square-root scale' : 'linear scale'}
          />
          {cells.blocked && <LegendItem mark="hatch">not weighted by this gate</LegendItem>}
        </div>
      )}
    </Card>
  );
}
