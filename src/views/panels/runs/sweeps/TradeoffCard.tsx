// One task against another over the cells of a sweep: where better for one is worse for the other, and which cells no other beats in
// both.
import { useId, useState } from 'react';
import type { CellFigures, Figure } from '../../../../store/sweeps/figures.ts';
import { toCsv } from '../../../charts/csv.ts';
import { formatCompact, formatTick } from '../../../charts/format.ts';
import { Card } from '../../../charts/parts/Card.tsx';
import { DataTable } from '../../../charts/parts/DataTable.tsx';
import { TableToggle } from '../../../charts/parts/SmallButton.tsx';
import { useWidth } from '../../../charts/parts/useWidth.ts';
import { placeLabels } from '../../../charts/pointLabels.ts';
import { taskLine } from '../../../theme/palette.ts';
import { extentOf, ticksIn } from './lines.ts';
import { cellText } from './outputs.ts';
import classes from './sweeps.module.css';
import { type TradeoffPoint, tradeoffOf } from './tradeoff.ts';

const HEIGHT = 300;
const ROOM = { left: 56, right: 20, top: 18, bottom: 36 };
/** More labels than these would cover each other; then the front alone has them. */
const MOST_LABELS = 12;

export interface TradeoffCardProps {
  /** Names of the settings of a cell. */
  axes: readonly string[];
  /** Metrics of single tasks, at least two; higher is better. */
  figures: readonly Figure[];
  cellsOf(figure: Figure): readonly CellFigures[];
}

export function TradeoffCard({ axes, figures, cellsOf }: TradeoffCardProps) {
  const id = useId();
  const [ids, setIds] = useState<readonly [string, string]>(['', '']);
  const [asTable, setAsTable] = useState(false);
  const [ref, width] = useWidth<HTMLDivElement>();
  const right = figures.find((f) => f.id === ids[0]) ?? (figures[0] as Figure);
  const up =
    figures.find((f) => f.id === ids[1] && f !== right) ?? (figures.find((f) => f !== right) as Figure);
  const points = tradeoffOf(cellsOf(right), cellsOf(up));
  const onFront = points.filter((p) => p.onFront);
  const caption = `${up.label} against ${right.label}`;
  const choice = (label: string, at: 0 | 1, value: Figure, other: Figure) => (
    <span className={classes.choice}>
      <label htmlFor={`${id}${at}`}>{label}</label>
      <select
        id={`${id}${at}`}
        value={value.id}
        onChange={(event) => {
          const next = event.currentTarget.value;
          // The two change places.
          const rest = next === other.id ? value.id : other.id;
          setIds(at === 0 ? [next, rest] : [rest, next]);
        }}
      >
        {figures.map((f) => (
          <option key={f.id} value={f.id}>
            {f.label}
          </option>
        ))}
      </select>
    </span>
  );
  return (
    <Card
      figure="tradeoff"
      title="One task against another"
      subtitle="mean and 95 % interval over seeds, a point per cell"
      files={{
        what: 'One task against another',
        fileName: 'sweep-tradeoff',
        csv: () =>
          toCsv(
            [
              ...axes,
              ...[right, up].flatMap(({ label: of }) => [of, `${of}, low`, `${of}, high`]),
              'on the front',
            ],
            points.map(({ x, y, onFront: is }) => [
              ...x.cell.labels,
              x.mean,
              x.low,
              x.high,
              y.mean,
              y.low,
              y.high,
              is ? 'yes' : 'no',
            ]),
          ),
      }}
      actions={<TableToggle shown={asTable} onChange={setAsTable} what="One task against another" />}
    >
      <div className={classes.choices}>
        {choice('To the right', 0, right, up)}
        {choice('Upward', 1, up, right)}
      </div>
      <p className={classes.note}>
        {points.length < 2
          ? 'The picture fills as runs end.'
          : `No other cell beats in both: ${axes.join(', ')} ${onFront.map(({ label }) => label).join('; ')}. ${
              onFront.length === 1
                ? 'One cell is best in both: by the means there is nothing to trade.'
                : 'Along the line, better for one task is worse for the other. Where the intervals of two cells overlap, their order is undecided.'
            }`}
      </p>
      <div ref={ref}>
        {asTable ? (
          <DataTable
            data={{
              caption,
              header: [axes.join(', '), right.label, up.label, 'On the front'],
              rows: points.map((p) => [p.label, cellText(p.x), cellText(p.y), p.onFront ? 'yes' : 'no']),
            }}
            maxHeight={360}
          />
        ) : (
          width > 0 &&
          points.length > 0 && (
            <Picture points={points} right={right.label} up={up.label} width={width} label={caption} />
          )
        )}
      </div>
    </Card>
  );
}

interface PictureProps {
  points: readonly TradeoffPoint[];
  right: string;
  up: string;
  width: number;
  label: string;
}

const ends = ({ mean, low, high }: CellFigures) => [
  Number.isNaN(low) ? mean : low,
  Number.isNaN(high) ? mean : high,
];

function Picture({ points, right, up, width, label }: PictureProps) {
  const x = extentOf(
    points.flatMap((p) => ends(p.x)),
    false,
  );
  const y = extentOf(
    points.flatMap((p) => ends(p.y)),
    false,
  );
  const plot = {
    width: Math.max(1, width - ROOM.left - ROOM.right),
    height: HEIGHT - ROOM.top - ROOM.bottom,
  };
  const across = (v: number) => ROOM.left + (plot.width * (v - x[0])) / (x[1] - x[0]);
  const down = (v: number) => ROOM.top + plot.height * (1 - (v - y[0]) / (y[1] - y[0]));
  const xTicks = ticksIn(x, Math.max(2, plot.width / 90));
  const yTicks = ticksIn(y, 5);
  const stepOf = (ticks: readonly number[]) => (ticks[1] ?? 1) - (ticks[0] ?? 0);
  const front = points.filter((p) => p.onFront);
  // The front is named first: where there is no room for all, as on a phone, others go without.
  const labelled = [...front, ...(points.length <= MOST_LABELS ? points.filter((p) => !p.onFront) : [])];
  const places = placeLabels(
    labelled.map((p) => ({ name: p.label, x: across(p.x.mean), y: down(p.y.mean) })),
    { left: ROOM.left, right: width, top: ROOM.top - 4, bottom: HEIGHT - ROOM.bottom },
  );
  return (
    <svg width={width} height={HEIGHT} role="img" aria-label={label}>
      {yTicks.map((tick) => (
        <g key={tick}>
          <path d={`M${ROOM.left} ${down(tick)}H${width - ROOM.right}`} stroke="var(--grid)" />
          <text x={ROOM.left - 6} y={down(tick)} dy="0.32em" textAnchor="end" className={classes.tick}>
            {formatTick(tick, stepOf(yTicks))}
          </text>
        </g>
      ))}
      {xTicks.map((tick) => (
        <text key={tick} x={across(tick)} y={HEIGHT - 20} textAnchor="middle" className={classes.tick}>
          {formatTick(tick, stepOf(xTicks))}
        </text>
      ))}
      <text x={width - ROOM.right} y={HEIGHT - 4} textAnchor="end" className={classes.axisName}>
        {right}
      </text>
      <text x={4} y={11} className={classes.axisName}>
        {up}
      </text>
      <polyline
        points={front.map((p) => `${across(p.x.mean)},${down(p.y.mean)}`).join(' ')}
        fill="none"
        stroke="var(--axis)"
        strokeDasharray="4 3"
      />
      {points.map((p) => {
        const [left, farRight] = ends(p.x).map(across) as [number, number];
        const [low, high] = ends(p.y).map(down) as [number, number];
        const at = { x: across(p.x.mean), y: down(p.y.mean) };
        const name = places[labelled.indexOf(p)];
        return (
          <g key={p.label}>
            <path
              d={`M${left} ${at.y}H${farRight}M${at.x} ${low}V${high}`}
              stroke={taskLine(0)}
              opacity="0.4"
            />
            <circle
              cx={at.x}
              cy={at.y}
              r="4.5"
              fill={p.onFront ? taskLine(0) : 'var(--surface)'}
              stroke={taskLine(0)}
              strokeWidth="1.5"
            >
              <title>{`${p.label}: ${right} ${formatCompact(p.x.mean)}, ${up} ${formatCompact(p.y.mean)}`}</title>
            </circle>
            {name && (
              <text x={name.x} y={name.y} textAnchor={name.anchor} className={classes.tick}>
                {p.label}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}
