// One figure along an axis of a sweep, one line per value of another axis: means with their 95 % intervals over the seeds.
import { useState } from 'react';
import { FEW_PAIRS } from '../../../../engine/sweeps/aggregate.ts';
import { tablesNote } from '../../../../engine/sweeps/sweep.ts';
import type { Figure, Grid } from '../../../../store/sweeps/figures.ts';
import { capitalised, formatCompact, formatTick } from '../../../charts/format.ts';
import { Card } from '../../../charts/parts/Card.tsx';
import { DataTable } from '../../../charts/parts/DataTable.tsx';
import { TableToggle } from '../../../charts/parts/SmallButton.tsx';
import { useWidth } from '../../../charts/parts/useWidth.ts';
import { labelsApart } from '../../../charts/scale.ts';
import { taskDash, taskLine } from '../../../theme/palette.ts';
import { extentOf, linesOf, positionsOf, type SweepLine, ticksIn } from './lines.ts';
import { gridCsv, gridTable } from './outputs.ts';
import classes from './sweeps.module.css';

const HEIGHT = 260;
const ROOM = { left: 56, right: 16, top: 10, bottom: 34 };

export interface LinesCardProps {
  figure: Figure;
  grid: Grid;
  xLabel: string;
  /** What the lines stand for; null for a single one. */
  rowLabel: string | null;
  isTablePerSeed: boolean;
}

export function LinesCard({ figure, grid, xLabel, rowLabel, isTablePerSeed }: LinesCardProps) {
  const [asTable, setAsTable] = useState(false);
  const [ref, width] = useWidth<HTMLDivElement>();
  const lines = linesOf(grid);
  const isFew = grid.cells.some((cell) => cell !== null && cell.seeds < FEW_PAIRS);
  const table = gridTable(figure, grid, xLabel, rowLabel);
  return (
    <Card
      figure="sweep-lines"
      title={`${capitalised(figure.label)} along ${xLabel}`}
      subtitle="mean and 95 % interval over seeds"
      files={{ what: 'Lines', fileName: 'sweep-lines', csv: () => gridCsv(figure, grid, xLabel, rowLabel) }}
      actions={<TableToggle shown={asTable} onChange={setAsTable} what="Lines" />}
    >
      {rowLabel !== null && (
        <ul className={classes.legend} aria-label={rowLabel}>
          {lines.map(({ name }, i) => (
            <li key={name}>
              <svg width="26" height="8" aria-hidden="true">
                <path d="M1 4H25" stroke={taskLine(i)} strokeWidth="2" strokeDasharray={taskDash(i)} />
              </svg>
              {rowLabel} {name}
            </li>
          ))}
        </ul>
      )}
      <p className={classes.note}>{tablesNote(isTablePerSeed)}</p>
      {isFew && (
        <p className={classes.note}>
          Fewer than {FEW_PAIRS} seeds: where intervals overlap, a difference is undecided rather than absent.
        </p>
      )}
      <div ref={ref}>
        {asTable ? (
          <DataTable data={table} maxHeight={360} />
        ) : (
          width > 0 && (
            <Picture
              lines={lines}
              figure={figure}
              grid={grid}
              width={width}
              label={table.caption}
              xLabel={xLabel}
            />
          )
        )}
      </div>
    </Card>
  );
}

interface PictureProps {
  lines: readonly SweepLine[];
  figure: Figure;
  grid: Grid;
  width: number;
  label: string;
  xLabel: string;
}

function Picture({ lines, figure, grid, width, label, xLabel }: PictureProps) {
  const places = positionsOf(grid.columns);
  const [left, right] = [Math.min(...places), Math.max(...places)];
  const y = extentOf(
    lines.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high])),
    figure.isSigned,
  );
  const inner = width - ROOM.left - ROOM.right;
  const across = (x: number) =>
    ROOM.left + (right === left ? 0.5 : (x - left) / (right - left)) * Math.max(0, inner);
  const down = (v: number) => ROOM.top + ((y[1] - v) / (y[1] - y[0])) * (HEIGHT - ROOM.top - ROOM.bottom);
  const ticks = ticksIn(y, 5);
  const step = (ticks[1] ?? 1) - (ticks[0] ?? 0);
  // In the order of their places, which for numbers need not be that of the columns.
  const order = places.map((_, i) => i).sort((a, b) => (places[a] as number) - (places[b] as number));
  const apart = labelsApart(
    order.map((i) => grid.columns[i] as string),
    order.map((i) => across(places[i] as number)),
  );
  const shown = new Set(order.filter((_, at) => apart[at]));
  return (
    <svg width={width} height={HEIGHT} role="img" aria-label={label}>
      {ticks.map((tick) => (
        <g key={tick}>
          <path
            d={`M${ROOM.left} ${down(tick)}H${width - ROOM.right}`}
            stroke={tick === 0 ? 'var(--axis)' : 'var(--grid)'}
          />
          <text x={ROOM.left - 6} y={down(tick)} dy="0.32em" textAnchor="end" className={classes.tick}>
            {formatTick(tick, step)}
          </text>
        </g>
      ))}
      {grid.columns.map((place, i) =>
        shown.has(i) ? (
          <text
            key={place}
            x={across(places[i] as number)}
            y={HEIGHT - 18}
            textAnchor="middle"
            className={classes.tick}
          >
            {place}
          </text>
        ) : null,
      )}
      <text x={ROOM.left + inner / 2} y={HEIGHT - 3} textAnchor="middle" className={classes.axisName}>
        {xLabel}
      </text>
      {lines.map(({ name, points }, i) => (
        <g key={name}>
          {points.length > 1 && (
            <path
              d={`M${points.map((p) => `${across(p.x)} ${down(p.high)}`).join('L')}L${[...points]
                .reverse()
                .map((p) => `${across(p.x)} ${down(p.low)}`)
                .join('L')}Z`}
              fill={taskLine(i)}
              opacity="0.14"
            />
          )}
          {points.length > 0 && (
            <path
              d={`M${points.map((p) => `${across(p.x)} ${down(p.y)}`).join('L')}`}
              fill="none"
              stroke={taskLine(i)}
              strokeWidth="2"
              strokeDasharray={taskDash(i)}
            />
          )}
          {points.map((p) => (
            <g key={p.column}>
              <path d={`M${across(p.x)} ${down(p.low)}V${down(p.high)}`} stroke={taskLine(i)} />
              <circle cx={across(p.x)} cy={down(p.y)} r="3.5" fill={taskLine(i)}>
                <title>
                  {`${name === '' ? '' : `${name}, `}${xLabel} ${grid.columns[p.column]}: ${formatCompact(p.y)}${figure.unit} [${formatCompact(p.low)}, ${formatCompact(p.high)}]`}
                </title>
              </circle>
            </g>
          ))}
        </g>
      ))}
    </svg>
  );
}
