// The last recorded steps before a run failed, per task, with values that are not finite in red.

import type { NumericFault } from '../../../engine/core/errors.ts';
import type { SeriesPoints } from '../../../store/series.ts';
import { toCsv } from '../../charts/csv.ts';
import { formatCompact, formatCount, taskLabel } from '../../charts/format.ts';
import { Card } from '../../charts/parts/Card.tsx';
import { Chip } from '../../charts/parts/Chip.tsx';
import { Name } from '../../charts/parts/Name.tsx';
import { stepsPerPoint } from './losses.ts';
import classes from './train.module.css';

const SHOWN = 5;
const show = (value: number) => (Number.isNaN(value) ? 'NaN' : formatCompact(value));

export function LastSteps({
  network,
  names,
  points,
  fault,
}: {
  /** In which the number was found. */
  network: string;
  names: readonly string[];
  points: SeriesPoints;
  fault: NumericFault;
}) {
  const first = Math.max(0, points.steps.length - SHOWN);
  const perPoint = stepsPerPoint(points);
  const csv = () =>
    toCsv(
      ['step', ...names, 'gradient_norm'],
      points.steps.map((step, i) => [
        step,
        ...names.map((_, t) => points.taskLosses[t]?.[i] ?? null),
        points.gradientNorms[i] ?? null,
      ]),
    );
  return (
    <Card
      figure="last-steps"
      title="Last steps"
      subtitle={`training loss per task, ${network}${perPoint > 1 ? `, mean of ${perPoint} steps per line` : ''}`}
      files={{ what: 'Losses per step', fileName: 'losses-per-step', csv: csv }}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label="Last steps, table">
        <table className={classes.results}>
          <thead>
            <tr>
              <th scope="col">Step</th>
              {names.map((name, i) => (
                <th key={name} scope="col">
                  <Chip task={i} /> <Name>{taskLabel(name)}</Name>
                </th>
              ))}
              <th scope="col">Gradient norm</th>
            </tr>
          </thead>
          <tbody>
            {points.steps.slice(first).map((step, k) => (
              <tr key={step} className={step === fault.step ? classes.badRow : undefined}>
                <th scope="row">{formatCount(step)}</th>
                {names.map((name, t) => (
                  <Cell key={name} value={points.taskLosses[t]?.[first + k] ?? Number.NaN} />
                ))}
                <Cell value={points.gradientNorms[first + k] ?? Number.NaN} />
              </tr>
            ))}
            {(points.steps.at(-1) ?? 0) < fault.step && (
              <tr className={classes.badRow}>
                <th scope="row">{formatCount(fault.step)}</th>
                <td className={`${classes.words} ${classes.bad}`} colSpan={names.length + 1}>
                  {fault.kind === 'loss' ? fault.tensor : `${fault.kind} of ${fault.tensor}`} is not a finite
                  number
                </td>
              </tr>
            )}
          </tbody>
        </table>
      </section>
    </Card>
  );
}

function Cell({ value }: { value: number }) {
  return <td className={Number.isFinite(value) ? undefined : classes.bad}>{show(value)}</td>;
}
