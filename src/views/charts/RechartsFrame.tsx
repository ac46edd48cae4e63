// Draws LineFrame.tsx with recharts, in a chunk of its own: a third of the page's code, which nothing waits for.
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  LineChart,
  ReferenceLine,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { isLone, type Row } from './curves.ts';
import { formatCompact, formatCount } from './format.ts';
import { FRAME, type FrameArea, type LineFrameProps } from './frame.ts';
import classes from './LineFrame.module.css';
import { ChartTooltip, type TooltipPair } from './parts/ChartTooltip.tsx';

/** Both ends of a band at a row; undefined if one is missing. */
const betweenOf =
  ({ low, high }: FrameArea) =>
  (row: Row): [number, number] | null => {
    const [from, to] = [row[low], row[high]];
    return typeof from === 'number' && typeof to === 'number' ? [from, to] : null;
  };

/** A single value has no line. On the axis, the dot is drawn whole. */
const LONE = { r: 3, stroke: 'none', clipDot: false } as const;
/** Otherwise it measures the labels of the step axis, each with a layout of the page, for lines that are not drawn. */
const NO_LINES = () => [];
const TICK = { fontSize: 11, fill: 'var(--text-muted)' };

export function RechartsFrame(props: LineFrameProps) {
  const {
    label,
    width,
    height,
    rows,
    x,
    y,
    yWidth,
    lines,
    areas = [],
    marks = [],
    formatValue = formatCompact,
    explain,
  } = props;
  const byLine = (row: Row) => ({
    title: `step ${formatCount(row.step)}`,
    pairs: lines.flatMap((line): TooltipPair[] => {
      const value = row[line.key];
      return line.quiet || typeof value !== 'number'
        ? []
        : [{ label: line.name, value: formatValue(value), color: line.stroke }];
    }),
  });
  const Chart = areas.length > 0 ? ComposedChart : LineChart;
  return (
    <Chart
      className={classes.frame}
      width={width}
      height={height}
      data={rows as Row[]}
      title={label}
      margin={{ top: marks.length > 0 ? FRAME.markTop : FRAME.top, right: FRAME.right, bottom: 0, left: 0 }}
    >
      <CartesianGrid vertical={false} verticalCoordinatesGenerator={NO_LINES} stroke="var(--grid)" />
      <XAxis
        dataKey="step"
        type="number"
        domain={x.domain}
        ticks={x.ticks}
        tickFormatter={x.format}
        height={FRAME.xHeight}
        axisLine={{ stroke: 'var(--axis)' }}
        tickLine={false}
        tick={TICK}
        interval="preserveStart"
        minTickGap={6}
        allowDataOverflow
      />
      <YAxis
        type="number"
        scale={y.log ? 'log' : 'linear'}
        domain={y.domain}
        ticks={y.ticks}
        tickFormatter={y.format}
        width={yWidth}
        axisLine={false}
        tickLine={false}
        tick={TICK}
        interval={0}
        allowDataOverflow
      />
      <Tooltip
        isAnimationActive={false}
        cursor={{ stroke: 'var(--axis)' }}
        allowEscapeViewBox={{ x: false, y: true }}
        wrapperStyle={{ zIndex: 5 }}
        content={({ active, payload }) => {
          const row = active ? (payload?.[0]?.payload as Row | undefined) : undefined;
          return row ? <ChartTooltip {...(explain ?? byLine)(row)} /> : null;
        }}
      />
      {marks.map((mark) => (
        <ReferenceLine
          key={mark.kind}
          x={mark.step}
          stroke={mark.kind === 'failure' ? 'var(--error)' : 'var(--axis)'}
          strokeWidth={1.5}
          strokeDasharray={mark.kind === 'failure' ? undefined : '2 2'}
          ifOverflow="visible"
          label={{
            value: mark.label,
            position: 'top',
            fontSize: 11,
            fontWeight: mark.kind === 'failure' ? 600 : 400,
            fill: mark.kind === 'failure' ? 'var(--error)' : 'var(--text-secondary)',
          }}
        />
      ))}
      {areas.map((area) => (
        <Area
          key={area.low}
          dataKey={betweenOf(area)}
          type="linear"
          stroke="none"
          fill={area.fill}
          fillOpacity={area.opacity ?? 0.15}
          activeDot={false}
          connectNulls
          isAnimationActive={false}
        />
      ))}
      {lines.map((line) => (
        <Line
          key={line.key}
          dataKey={line.key}
          type="linear"
          stroke={line.stroke}
          strokeWidth={line.width}
          strokeDasharray={line.dash}
          strokeOpacity={line.opacity}
          dot={!line.quiet && isLone(rows, line.key) ? { ...LONE, fill: line.stroke } : false}
          activeDot={line.quiet ? false : { r: 3, stroke: 'var(--surface)' }}
          connectNulls
          isAnimationActive={false}
        />
      ))}
    </Chart>
  );
}
