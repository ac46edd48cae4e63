// A small chart of the loss of every task, all on one vertical axis, and a chart of their sum on its own axis.
import { useMemo } from 'react';
import { taskDash, taskLine } from '../theme/palette.ts';
import { extent, mergeSeries, quantile, type Series, thin } from './curves.ts';
import { formatCompact, formatCount, formatLoss, formatPower, formatTick } from './format.ts';
import type { Axis, StepMark } from './frame.ts';
import { LineFrame } from './LineFrame.tsx';
import classes from './LossMultiples.module.css';
import { Chip } from './parts/Chip.tsx';
import { HiddenTable } from './parts/DataTable.tsx';
import { inTurn } from './parts/inTurn.tsx';
import { useWidth } from './parts/useWidth.ts';
import { linearTicks, logTicks, stepTicks } from './scale.ts';

export interface LossCurve {
  steps: readonly number[];
  values: readonly number[];
  /** Lower end of the band around a mean of seeds. */
  low?: readonly number[];
  high?: readonly number[];
}

export interface LossOfSeed {
  seed: number;
  training: LossCurve;
  validation: LossCurve;
}

export interface LossMultipleData {
  label: string;
  /** Position of the task, which determines the colour; null for the sum over tasks. */
  task: number | null;
  /** Every step; empty if only epochs are known. */
  raw: LossCurve;
  /** The solid line. */
  training: LossCurve;
  validation: LossCurve;
  /** The seeds over which both lines are means. */
  each?: readonly LossOfSeed[];
}

export interface LossMultiplesProps {
  multiples: readonly LossMultipleData[];
  log: boolean;
  marks: readonly StepMark[];
  /** Draw a faint line per seed instead of bands. */
  drawEach?: boolean;
}

const HEIGHT = 142;
/** Maximum points per pixel of width; recharts takes about 10 microseconds per point and line. */
const POINTS_PER_PIXEL = 0.6;
const FEWEST_POINTS = 60;
const MOST_POINTS = 240;
const VALIDATION_DASH = '4 3';

/** Linear axes start at zero and leave out single outliers of the first steps; logarithmic ones show everything. */
function lossAxis(multiples: readonly LossMultipleData[], log: boolean): Axis {
  const lines = multiples.flatMap((m) => [m.training.values, m.validation.values]);
  if (log) {
    const [low, high] = extent(lines.flat().filter((value) => value > 0)) ?? [0.1, 1];
    const { domain, ticks } = logTicks(low, high, 5);
    return {
      domain,
      ticks,
      log,
      format: formatPower,
    };
  }
  const highs = lines.map((values) => quantile(values, 0.98)).filter(Number.isFinite);
  const { domain, ticks, step } = linearTicks(0, Math.max(1e-12, ...highs) * 1.02, 3);
  return { domain, ticks, format: (value) => formatTick(value, step) };
}

const lastOf = (curve: LossCurve): number => curve.values.at(-1) ?? Number.NaN;
const atIndices = (curve: LossCurve, kept: readonly number[]) => ({
  steps: kept.map((i) => curve.steps[i] as number),
  values: kept.map((i) => curve.values[i] as number),
});

/** Series for the bands around mean lines, and for the lines of the seeds. */
function seedSeries({ training, validation, each = [] }: LossMultipleData, drawEach: boolean): Series[] {
  const curves = { training, validation };
  const parts = ['training', 'validation'] as const;
  if (drawEach)
    return each.flatMap((seed) => parts.map((part) => ({ key: `${part} ${seed.seed}`, ...seed[part] })));
  return parts.flatMap((part) =>
    (['low', 'high'] as const).map((end) => ({
      key: `${part} ${end}`,
      steps: curves[part].steps,
      values: curves[part][end] ?? [],
    })),
  );
}

interface LossMultipleProps {
  data: LossMultipleData;
  y: Axis;
  lastStep: number;
  marks: readonly StepMark[];
  drawEach: boolean;
}

const LossMultiple = inTurn(function LossMultiple({ data, y, lastStep, marks, drawEach }: LossMultipleProps) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const rows = useMemo(() => {
    const limit = Math.min(MOST_POINTS, Math.max(FEWEST_POINTS, width * POINTS_PER_PIXEL));
    // Both lines share their points: the largest and smallest raw loss of every slice.
    const kept = thin(data.raw.values.length > 0 ? data.raw.values : data.training.values, limit);
    const training = atIndices(data.training, kept);
    const raw = data.raw.values.length > 0 ? atIndices(data.raw, kept) : { steps: [], values: [] };
    // Zero and negative values cannot be drawn on a logarithmic axis.
    const shown = (values: readonly number[]) =>
      y.log ? values.map((v) => (v > 0 ? v : Number.NaN)) : values;
    const lowest = y.log ? y.domain[0] : Number.NEGATIVE_INFINITY;
    return mergeSeries([
      { key: 'raw', steps: raw.steps, values: shown(raw.values) },
      { key: 'training', steps: training.steps, values: shown(training.values) },
      { key: 'validation', steps: data.validation.steps, values: shown(data.validation.values) },
      ...seedSeries(data, drawEach).map(({ key, steps, values }) => ({
        key,
        steps,
        values: drawEach ? shown(values) : values.map((v) => Math.max(lowest, v)),
      })),
    ]);
  }, [data, y.log, y.domain, width, drawEach]);
  const stroke = data.task === null ? 'var(--text-secondary)' : taskLine(data.task);
  const x = { ...stepTicks(lastStep, Math.max(1.5, width / 85)), format: formatCount };
  const hasFailed = marks.some((mark) => mark.kind === 'failure');
  const failed = hasFailed && !Number.isFinite(lastOf(data.training));
  return (
    <div className={classes.multiple}>
      <h3 className={classes.title}>
        {data.task !== null && <Chip task={data.task} />}
        <span>{data.label}</span>
        {data.task === null && <small>own axis</small>}
      </h3>
      <div ref={ref} style={{ height: HEIGHT }}>
        {width > 0 && (
          <LineFrame
            label={`Loss of ${data.label} over training steps`}
            width={width}
            height={HEIGHT}
            rows={rows}
            x={x}
            y={y}
            yWidth={34}
            marks={marks}
            areas={
              data.each && !drawEach
                ? [
                    { low: 'training low', high: 'training high', fill: stroke },
                    { low: 'validation low', high: 'validation high', fill: 'var(--text)', opacity: 0.1 },
                  ]
                : []
            }
            lines={[
              ...(drawEach ? (data.each ?? []) : []).flatMap(({ seed }) =>
                (['training', 'validation'] as const).map((part) => ({
                  key: `${part} ${seed}`,
                  name: `${part}, seed ${seed}`,
                  stroke: part === 'training' ? stroke : 'var(--text)',
                  width: 1,
                  opacity: 0.4,
                  quiet: true,
                })),
              ),
              { key: 'raw', name: 'step', stroke, width: 1, opacity: 0.3, quiet: true },
              {
                key: 'training',
                name: 'training',
                stroke,
                width: 1.75,
                dash: data.task === null ? undefined : taskDash(data.task),
              },
              {
                key: 'validation',
                name: 'validation',
                stroke: 'var(--text)',
                width: 1.5,
                dash: VALIDATION_DASH,
              },
            ]}
          />
        )}
      </div>
      <p className={classes.values}>
        <span>
          train{' '}
          <b className={failed ? classes.failed : undefined}>
            {formatLoss(lastOf(data.training), hasFailed)}
          </b>
        </span>
        <span>
          valid. <b>{formatLoss(lastOf(data.validation), hasFailed && data.validation.values.length > 0)}</b>
        </span>
      </p>
    </div>
  );
}, HEIGHT + 44);

export function LossMultiples({ multiples, log, marks, drawEach = false }: LossMultiplesProps) {
  const tasks = useMemo(() => multiples.filter((m) => m.task !== null), [multiples]);
  const shared = useMemo(() => lossAxis(tasks, log), [tasks, log]);
  const own = useMemo(
    () =>
      lossAxis(
        multiples.filter((m) => m.task === null),
        log,
      ),
    [multiples, log],
  );
  const lastStep = Math.max(
    1,
    ...marks.map((mark) => mark.step),
    ...multiples.flatMap((m) => [m.training.steps.at(-1) ?? 0, m.validation.steps.at(-1) ?? 0]),
  );
  return (
    <div className={classes.grid}>
      {multiples.map((data) => (
        <LossMultiple
          key={data.label}
          data={data}
          y={data.task === null ? own : shared}
          lastStep={lastStep}
          marks={marks}
          drawEach={drawEach}
        />
      ))}
      <HiddenTable
        data={{
          caption: 'Loss per task, last value',
          header: ['Task', 'Training', 'Validation'],
          rows: multiples.map((m) => [
            m.label,
            formatCompact(lastOf(m.training)),
            formatCompact(lastOf(m.validation)),
          ]),
        }}
      />
    </div>
  );
}
