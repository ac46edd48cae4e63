// One row of the table of results, with all metrics of the task folded under it.
import { Fragment, useState } from 'react';
import type { Catalog } from '../../../engine/config/catalog.ts';
import type { TaskMeta } from '../../../engine/data/table.ts';
import { FLAG_TEXTS, isDifference } from '../../../engine/protocol/gainText.ts';
import {
  formatCount,
  formatFixed,
  formatInterval,
  formatPercent,
  formatSigned,
  taskLabel,
} from '../../charts/format.ts';
import { Chip } from '../../charts/parts/Chip.tsx';
import { Name } from '../../charts/parts/Name.tsx';
import { Term } from '../../charts/parts/Term.tsx';
import { SeedStrip } from '../../charts/SeedStrip.tsx';
import { metricInfo, metricName } from '../metrics.ts';
import type { MetricRow, ResultRow, TaskGainRow } from './results.ts';
import classes from './train.module.css';

/** Signed so that positive is better, as everywhere else. */
function improvement(row: MetricRow, higherIsBetter: boolean | null): number {
  const difference = row.model - row.baseline;
  return higherIsBetter === false ? -difference : difference;
}

function GainCells({ gain }: { gain: TaskGainRow | undefined }) {
  if (!gain) return <td colSpan={2} />;
  const text = gain.flag === null ? formatPercent(gain.gain) : FLAG_TEXTS[gain.flag];
  return (
    <>
      <td
        className={classes.strong}
        title={
          isDifference(gain.flag) ? `What it is a percentage of is ${text}: see the difference.` : undefined
        }
      >
        {text}
      </td>
      <td>{(gain.flag === null && formatInterval(gain, 1)) || '–'}</td>
    </>
  );
}

export interface TaskRowProps {
  row: ResultRow;
  task: number;
  meta: TaskMeta | undefined;
  typeText: string;
  /** The total gain, or sharing if there is no baseline. */
  gain: TaskGainRow | undefined;
  /** Its parts; empty if they are unknown. */
  parts: readonly (TaskGainRow | undefined)[];
  running: number | null;
  domain: readonly [number, number];
  hasBaseline: boolean;
  hasTwin: boolean;
  catalog: Catalog | null;
}

export function TaskRow({
  row,
  task,
  meta,
  typeText,
  gain,
  parts,
  running,
  domain,
  hasBaseline,
  hasTwin,
  catalog,
}: TaskRowProps) {
  const [open, setOpen] = useState(false);
  const name = taskLabel(row.task);
  const primary = metricInfo(catalog, row.metric, meta);
  const info = { ...primary, higherIsBetter: gain?.higherIsBetter ?? primary.higherIsBetter };
  const compares = hasBaseline || hasTwin;
  const columns = 5 + Number(hasBaseline) + Number(hasTwin) + (compares ? 4 : 0) + parts.length;
  return (
    <Fragment>
      <tr>
        <th scope="row">
          <button
            type="button"
            className={classes.expand}
            aria-expanded={open}
            aria-label={`All metrics of ${name}`}
            onClick={() => setOpen(!open)}
          >
            <span aria-hidden="true">{open ? '▾' : '▸'}</span>
          </button>
          <Chip task={task} />
          <Name>{name}</Name>
        </th>
        <td className={classes.words}>{typeText}</td>
        <td className={classes.words}>
          <Term id={info.id}>{metricName(info)}</Term>
        </td>
        {hasBaseline && <td>{formatFixed(row.baseline, 4)}</td>}
        {hasTwin && <td>{formatFixed(row.twin, 4)}</td>}
        <td title={row.reason ?? undefined}>{formatFixed(row.model, 4)}</td>
        {compares && (
          <>
            <td>{gain ? formatSigned(gain.difference, 4) : ''}</td>
            <GainCells gain={gain} />
            {parts.map((part, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: architecture and sharing, always in this order
              <td key={i}>{part && part.flag === null ? formatPercent(part.gain) : '–'}</td>
            ))}
            <td>
              <SeedStrip perSeed={gain?.perSeed ?? []} running={running} domain={domain} />
            </td>
          </>
        )}
        <td>{row.bestStep === null || Number.isNaN(row.bestStep) ? '–' : formatCount(row.bestStep)}</td>
      </tr>
      {open && (
        <tr className={classes.detail}>
          <td colSpan={columns}>
            <table>
              <thead>
                <tr>
                  <th scope="col">Metric</th>
                  {hasBaseline && <th scope="col">Baseline</th>}
                  {hasTwin && <th scope="col">Twin</th>}
                  <th scope="col">Model</th>
                  {hasBaseline && <th scope="col">Improvement</th>}
                </tr>
              </thead>
              <tbody>
                {row.metrics.map((metric) => {
                  const each = metricInfo(catalog, metric.metric, meta);
                  return (
                    <tr key={metric.metric}>
                      <th scope="row">
                        <Term id={each.id}>{metricName(each)}</Term>
                      </th>
                      {hasBaseline && <td>{formatFixed(metric.baseline, 4)}</td>}
                      {hasTwin && <td>{formatFixed(metric.twin, 4)}</td>}
                      <td>{formatFixed(metric.model, 4)}</td>
                      {hasBaseline && <td>{formatSigned(improvement(metric, each.higherIsBetter), 4)}</td>}
                      <td className={classes.words}>{metric.reason}</td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </td>
        </tr>
      )}
    </Fragment>
  );
}
