// What can reach what by masks and layers, beside what is measured to reach it: tasks down, tokens across.
import { useMemo, useState } from 'react';
import type { ProofReport } from '../../../engine/protocol/masks.ts';
import { ColorBar } from '../../charts/ColorBar.tsx';
import { formatCompact, formatFixed, shortTaskLabel } from '../../charts/format.ts';
import { fitCell } from '../../charts/heatmap/bands.ts';
import { largest, linearIndices, sqrtIndices } from '../../charts/heatmap/cells.ts';
import type { AxisSpec } from '../../charts/heatmap/drawAxis.ts';
import { type CellPosition, Heatmap } from '../../charts/heatmap/Heatmap.tsx';
import { Card, LegendItem } from '../../charts/parts/Card.tsx';
import { DataTable } from '../../charts/parts/DataTable.tsx';
import { CsvButton, NpyButton, TableToggle } from '../../charts/parts/SmallButton.tsx';
import { useScheme } from '../../charts/parts/useScheme.ts';
import { useWidth } from '../../charts/parts/useWidth.ts';
import { taskFill, VIRIDIS } from '../../theme/palette.ts';
import { LeaksCard } from './LeaksCard.tsx';
import classes from './proof.module.css';
import {
  explainReach,
  leaksOf,
  NO_WAY,
  pathOf,
  reachCsv,
  reachTable,
  sourceGroups,
  sourceLabels,
} from './reach.ts';

const CELL = 40;
const SMALLEST = 12;

interface MapProps {
  report: ProofReport;
  chosen: CellPosition;
  onChoose(cell: CellPosition): void;
}

/** Tasks down, tokens across. */
export function useAxes(report: ProofReport): { rows: AxisSpec; columns: AxisSpec } {
  const scheme = useScheme();
  return useMemo(() => {
    const style = scheme && getComputedStyle(document.documentElement);
    const colors = report.tasks.map((_, task) =>
      style ? style.getPropertyValue(taskFill(task).slice(4, -1)) : '',
    );
    return {
      rows: {
        title: 'output of task (rows)',
        labels: report.tasks.map(shortTaskLabel),
        groups: [{ name: '', size: report.tasks.length }],
        chip: (i) => colors[i] ?? 'transparent',
      },
      columns: { title: 'token (columns)', labels: sourceLabels(report), groups: sourceGroups(report) },
    };
  }, [report, scheme]);
}

function Maps({ report, chosen, onChoose }: MapProps) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const axes = useAxes(report);
  const blocked = useMemo(() => Uint8Array.from(report.hops, (h) => (h === NO_WAY ? 1 : 0)), [report]);
  const most = Math.max(1, ...report.hops);
  const strongest = largest(report.influence);
  const hops = useMemo(
    // Fewer hops are brighter.
    () => ({
      indices: linearIndices(
        report.hops.map((h) => (h === NO_WAY ? 0 : most + 1 - h)),
        0,
        most + 1,
      ),
      table: VIRIDIS,
      blocked,
    }),
    [report, most, blocked],
  );
  const influence = useMemo(
    () => ({ indices: sqrtIndices(report.influence, strongest), table: VIRIDIS, blocked: null }),
    [report, strongest],
  );
  const at = ({ row, column }: CellPosition) => row * report.sources.length + column;
  const cell = fitCell(
    axes.columns.groups.map((g) => g.size),
    width - 120,
    SMALLEST,
    CELL,
  );
  const common = {
    rows: axes.rows,
    columns: axes.columns,
    cell,
    explain: (position: CellPosition) => explainReach(report, position),
    chosen,
    onChoose,
  };
  return (
    <div ref={ref} className={classes.maps}>
      {width > 0 && (
        <>
          <section>
            <h3>
              Reach <span>fewest hops through masks and layers</span>
            </h3>
            <Heatmap
              {...common}
              label="Fewest hops from each token to the output of each task. Rows are outputs, columns are tokens."
              cells={hops}
              print={(position) => {
                const value = report.hops[at(position)] ?? NO_WAY;
                return value === NO_WAY ? '' : String(value);
              }}
            />
            <p className={classes.legend}>
              <LegendItem mark="hatch">no way</LegendItem> 0: the tower reads the token itself
            </p>
          </section>
          <section>
            <h3>
              Measured <span>change of the output when the token moves</span>
            </h3>
            <Heatmap
              {...common}
              label="Measured influence of each token on the output of each task. Rows are outputs, columns are tokens."
              cells={influence}
              scale={{ low: '0', high: formatCompact(strongest), note: 'square-root scale' }}
              print={(position) => formatFixed(report.influence[at(position)] ?? Number.NaN, 2)}
            />
            <p className={classes.legend}>
              <ColorBar table={VIRIDIS} low="0" high={formatCompact(strongest)} note="square-root scale" />
            </p>
          </section>
        </>
      )}
    </div>
  );
}

/** What leaks, and everything that reaches anything; both show the same chosen cell, at first the strongest leak. */
export function ReachCards({ report }: { report: ProofReport }) {
  const [wanted, setWanted] = useState<CellPosition | null>(null);
  const [worst] = leaksOf(report).leaks;
  const first = worst ? { row: worst.task, column: worst.token } : { row: 0, column: 1 };
  const { row, column } = wanted ?? first;
  const chosen = {
    row: Math.min(row, report.tasks.length - 1),
    column: Math.min(column, report.sources.length - 1),
  };
  return (
    <>
      <LeaksCard report={report} chosen={chosen} onChoose={setWanted} />
      <ReachCard report={report} chosen={chosen} onChoose={setWanted} />
    </>
  );
}

function ReachCard({ report, chosen, onChoose }: MapProps) {
  const [asTable, setAsTable] = useState(false);
  const { title } = explainReach(report, chosen);
  return (
    <Card
      title="What reaches what"
      subtitle="through the whole network: a mask blocks one hop"
      actions={
        <>
          <TableToggle shown={asTable} onChange={setAsTable} what="Reach" />
          <CsvButton fileName="reach.csv" content={() => reachCsv(report)} label="Reach as CSV" />
          <NpyButton
            fileName="influence.npy"
            content={() => ({
              values: report.influence,
              shape: [report.tasks.length, report.sources.length],
            })}
            label="Measured influence as NPY"
          />
        </>
      }
    >
      {asTable ? (
        <DataTable maxHeight={420} data={reachTable(report)} />
      ) : (
        <Maps report={report} chosen={chosen} onChoose={onChoose} />
      )}
      <p className={classes.path} aria-live="polite">
        <strong>{title}</strong> {pathOf(report, chosen)}
      </p>
    </Card>
  );
}
