// The primary metric of every task over the training steps: model solid, baseline dashed, names and values at the ends of the
// lines. A name is a button that brings its two lines forward.
import { useMemo, useState } from 'react';
import { taskDash, taskLine } from '../theme/palette.ts';
import { extent, mergeSeries, type Row } from './curves.ts';
import { capitalised, formatCount, formatFixed, formatTick, UNDEFINED } from './format.ts';
import { FRAME, type FrameLine, type StepMark } from './frame.ts';
import { LineFrame } from './LineFrame.tsx';
import classes from './MetricChart.module.css';
import { Chip } from './parts/Chip.tsx';
import { HiddenTable } from './parts/DataTable.tsx';
import { inTurn } from './parts/inTurn.tsx';
import { useWidth } from './parts/useWidth.ts';
import { linearTicks, spreadLabels, stepTicks } from './scale.ts';

export interface MetricCurve {
  steps: number[];
  /** [tasks][points] */
  values: number[][];
}

export interface MetricChartProps {
  tasks: readonly string[];
  model: MetricCurve;
  /** The band around the lines of the model, at its steps. */
  band?: { low: readonly (readonly number[])[]; high: readonly (readonly number[])[] } | undefined;
  /** The seeds over which the lines are means, drawn faintly behind them. */
  each?: readonly MetricCurve[] | undefined;
  /** Drawn dashed. */
  baseline: MetricCurve | null;
  /** Its name: baseline or twin. */
  baselineName: string;
  marks: readonly StepMark[];
}

const NO_SEEDS: readonly MetricCurve[] = [];
const HEIGHT = 224;
const LABEL_GAP = 16;
const BASELINE_DASH = '2 2.5';

/** Metrics can be arbitrarily low early in training; the axis stops here so that the rest stays readable. */
const LOWEST_SHOWN = -0.25;

function yAxis(curves: readonly MetricCurve[], baseline: MetricCurve | null) {
  const values = curves.flatMap((curve) => curve.values.flat());
  const [low, high] = extent([...values, ...(baseline?.values.flat() ?? [])]) ?? [0, 1];
  const { domain, ticks, step } = linearTicks(
    Math.max(LOWEST_SHOWN, Math.min(low, high - 0.01)),
    Math.max(high, LOWEST_SHOWN + 0.1),
    4,
  );
  return { domain, ticks, format: (value: number) => formatTick(value, step), isCut: low < domain[0] };
}

/** The last value; a dash before the first measurement, "undefined" if it was measured without a value. */
function endOf(values: readonly number[]): string {
  const end = values.findLast(Number.isFinite);
  if (end !== undefined) return formatFixed(end, 3);
  return values.length === 0 ? '–' : UNDEFINED;
}

export const MetricChart = inTurn(function MetricChart({
  tasks,
  model,
  band,
  each = NO_SEEDS,
  baseline,
  baselineName,
  marks,
}: MetricChartProps) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const [chosen, setChosen] = useState<number | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const emphasis = pointed ?? chosen;
  const y = useMemo(() => yAxis([model, ...each], baseline), [model, each, baseline]);
  const rows = useMemo(
    () =>
      mergeSeries([
        ...(baseline?.values ?? []).map((values, i) => ({
          key: `b${i}`,
          steps: baseline?.steps ?? [],
          values,
        })),
        ...model.values.map((values, i) => ({ key: `m${i}`, steps: model.steps, values })),
        ...each.flatMap((seed, s) =>
          seed.values.map((values, i) => ({ key: `s${s} ${i}`, steps: seed.steps, values })),
        ),
        ...(['low', 'high'] as const).flatMap((end) =>
          (band?.[end] ?? []).map((values, i) => ({ key: `${end}${i}`, steps: model.steps, values })),
        ),
      ]),
    [model, baseline, each, band],
  );
  const longest = Math.max(0, ...tasks.map((name) => name.length));
  const labelWidth = Math.min(168, Math.max(112, 72 + 6.5 * longest));
  const beside = width >= 420;
  const height = Math.max(HEIGHT, beside ? tasks.length * LABEL_GAP + 40 : 0);
  const plotWidth = beside ? width - labelWidth : width;
  const last = Math.max(rows.at(-1)?.step ?? 1, ...marks.map((mark) => mark.step));
  const x = { ...stepTicks(last, Math.max(2, plotWidth / 90)), format: formatCount };

  const opacity = (task: number) => (emphasis === null || emphasis === task ? 1 : 0.18);
  const areas = band
    ? tasks.map((_, i) => ({
        low: `low${i}`,
        high: `high${i}`,
        fill: taskLine(i),
        opacity: 0.16 * opacity(i),
      }))
    : [];
  const lines = tasks.flatMap((name, i): FrameLine[] => [
    ...each.map((_, s) => ({
      key: `s${s} ${i}`,
      name,
      stroke: taskLine(i),
      width: 1,
      opacity: 0.4 * opacity(i),
      quiet: true,
    })),
    ...(baseline
      ? [
          {
            key: `b${i}`,
            name: `${name} ${baselineName}`,
            stroke: taskLine(i),
            width: 1.25,
            dash: BASELINE_DASH,
            opacity: opacity(i),
          },
        ]
      : []),
    { key: `m${i}`, name, stroke: taskLine(i), width: 2, dash: taskDash(i), opacity: opacity(i) },
  ]);

  const explain = (row: Row) => ({
    title: `step ${formatCount(row.step)}${baseline ? ` · model, ${baselineName}` : ''}`,
    pairs: tasks.map((label, i) => {
      const [ours, theirs] = [row[`m${i}`], row[`b${i}`]].map((v) =>
        typeof v === 'number' ? formatFixed(v, 3) : '–',
      );
      return { label, value: baseline ? `${ours}\u2002${theirs}` : `${ours}`, color: taskLine(i) };
    }),
  });

  const ends = model.values.map((values) => values.findLast(Number.isFinite) ?? Number.NaN);
  const top = marks.length > 0 ? FRAME.markTop : FRAME.top;
  const plotHeight = height - top - FRAME.xHeight;
  const yPixel = (value: number) =>
    top + plotHeight * (1 - (Math.max(value, y.domain[0]) - y.domain[0]) / (y.domain[1] - y.domain[0]));
  const places = spreadLabels(
    ends.map((value) => yPixel(Number.isFinite(value) ? value : y.domain[0])),
    LABEL_GAP,
    top,
    height - FRAME.xHeight,
  );
  return (
    <div ref={ref} className={classes.chart}>
      <div className={classes.plot} style={{ height, width: plotWidth }}>
        {width > 0 && (
          <LineFrame
            label={`Primary metric per task over training steps, validation split. ${tasks.length} tasks.`}
            width={plotWidth}
            height={height}
            rows={rows}
            x={x}
            y={y}
            yWidth={42}
            lines={lines}
            areas={areas}
            marks={marks}
            explain={explain}
          />
        )}
      </div>
      <ul className={beside ? classes.ends : classes.below} style={beside ? { height } : undefined}>
        {tasks.map((name, i) => (
          <li key={name} style={beside ? { top: places[i] } : undefined}>
            <button
              type="button"
              className={classes.end}
              aria-pressed={chosen === i}
              onClick={() => setChosen(chosen === i ? null : i)}
              onPointerEnter={() => setPointed(i)}
              onPointerLeave={() => setPointed(null)}
              title={`Bring ${name} forward`}
            >
              <Chip task={i} />
              <span className={classes.name}>{name}</span>
              <span className={classes.value}>{endOf(model.values[i] ?? [])}</span>
            </button>
          </li>
        ))}
      </ul>
      {y.isCut && <p className={classes.note}>Values below {y.format(y.domain[0])} are not shown.</p>}
      <HiddenTable
        data={{
          caption: `Primary metric per task, last value of model and ${baselineName}`,
          header: ['Task', 'Model', capitalised(baselineName)],
          rows: tasks.map((name, i) => [
            name,
            formatFixed(ends[i] ?? Number.NaN, 4),
            baseline ? formatFixed(baseline.values[i]?.findLast(Number.isFinite) ?? Number.NaN, 4) : 'none',
          ]),
        }}
      />
    </div>
  );
}, HEIGHT);
