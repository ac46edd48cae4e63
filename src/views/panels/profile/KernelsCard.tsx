// The kernels of a step, sortable by every column, with their share as a bar; above them the parts of the step.
import { useState } from 'react';
import type { KernelTime, StepProfile } from '../../../engine/protocol/profile.ts';
import { formatFixed, formatShort } from '../../charts/format.ts';
import { Card } from '../../charts/parts/Card.tsx';
import { About } from '../../charts/parts/Term.tsx';
import { formatBytes } from '../models/costs.ts';
import classes from './profile.module.css';
import {
  bytesOf,
  clockNote,
  outsideMs,
  phaseTimes,
  profilesCsv,
  shareBase,
  type TimeUnit,
  throughput,
  timeUnit,
  UNSURE,
} from './profiles.ts';

interface Column {
  label: string;
  help: string;
  value(kernel: KernelTime): string | number;
}

const columnsFor = (unit: TimeUnit): readonly Column[] => [
  { label: 'Kernel', help: 'What is launched', value: (k) => k.kernel },
  {
    label: 'Part',
    help: 'Taking the batch, forward pass, backward pass, or update of the parameters',
    value: (k) => k.phase,
  },
  { label: 'Launches', help: 'Per step', value: (k) => k.launches },
  { label: `Time, ${unit.label}`, help: 'Per step, with its standard error', value: (k) => k.ms ?? -1 },
  { label: 'Share', help: 'Of the time of the step', value: (k) => k.ms ?? -1 },
  { label: 'Bytes', help: 'Of tensors read and written per step, each once per launch', value: bytesOf },
  {
    label: 'GB/s',
    help: 'These bytes over the time: what reaches memory is less where a cache serves, more where tensors are read twice',
    value: (k) => throughput(k) ?? -1,
  },
];

const percent = (share: number) => `${formatFixed(100 * share, 1)} %`;

function PhaseBar({ profile }: { profile: StepProfile }) {
  const outside = outsideMs(profile);
  const parts: { phase: string; ms: number }[] = phaseTimes(profile);
  if (outside !== null) parts.push({ phase: 'outside', ms: outside });
  const total = parts.reduce((sum, p) => sum + p.ms, 0);
  if (total <= 0) return null;
  return (
    <div className={classes.phases}>
      <div className={classes.phaseBar} aria-hidden="true">
        {parts.map(({ phase, ms }) => (
          <span key={phase} data-phase={phase} style={{ width: `${(100 * ms) / total}%` }} />
        ))}
      </div>
      <ul>
        {parts.map(({ phase, ms }) => (
          <li key={phase}>
            <span className={classes.chip} data-phase={phase} aria-hidden="true" />
            {phase === 'outside' ? 'outside kernels' : phase} <strong>{percent(ms / total)}</strong>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Line({
  kernel,
  base,
  largest,
  unit,
}: {
  kernel: KernelTime;
  base: number | null;
  largest: number;
  unit: TimeUnit;
}) {
  const { ms, msError } = kernel;
  const rate = throughput(kernel);
  const isUnsure = ms !== null && msError !== null && !(msError <= UNSURE * ms);
  return (
    <tr>
      <th scope="row">{kernel.kernel}</th>
      <td className={classes.part}>
        <span className={classes.chip} data-phase={kernel.phase} aria-hidden="true" />
        {kernel.phase}
      </td>
      <td>{formatFixed(kernel.launches, Number.isInteger(kernel.launches) ? 0 : 1)}</td>
      <td>
        {ms === null ? '–' : unit.format(ms)}
        {msError !== null && Number.isFinite(msError) && (
          <span className={isUnsure ? classes.unsure : classes.error}> ± {unit.format(msError)}</span>
        )}
      </td>
      <td>
        {ms === null || base === null || base <= 0 ? (
          '–'
        ) : (
          <>
            {percent(ms / base)}
            <span className={classes.share} aria-hidden="true">
              <span
                data-phase={kernel.phase}
                style={{ width: `${largest > 0 ? (100 * ms) / largest : 0}%` }}
              />
            </span>
          </>
        )}
      </td>
      <td>{formatBytes(bytesOf(kernel))}</td>
      <td>{rate === null ? '–' : formatShort(rate)}</td>
    </tr>
  );
}

export function KernelsCard({ profile, label }: { profile: StepProfile; label: string }) {
  const [sort, setSort] = useState({ column: 3, descending: true });
  const { kernels } = profile;
  const largest = Math.max(0, ...kernels.map((k) => k.ms ?? 0));
  const unit = timeUnit(largest);
  const columns = columnsFor(unit);
  const base = shareBase(profile);
  const outside = outsideMs(profile);
  const { value } = columns[sort.column] as Column;
  const sign = sort.descending ? -1 : 1;
  const sorted = [...kernels].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    return sign * (typeof x === 'string' ? x.localeCompare(String(y)) : x - Number(y));
  });
  const sortBy = (column: number) =>
    setSort((s) => ({ column, descending: s.column === column ? !s.descending : column > 1 }));
  return (
    <Card
      figure="kernels"
      title="Kernels"
      subtitle={`of a training step of ${label}`}
      files={{ what: 'Kernels', fileName: `kernels-${profile.role}`, csv: () => profilesCsv([profile]) }}
    >
      <PhaseBar profile={profile} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label="Kernels of a step, table">
        <table className={`${classes.table} ${classes.kernels}`}>
          <thead>
            <tr>
              {columns.map(({ label: name, help }, i) => (
                <th
                  key={name}
                  scope="col"
                  aria-sort={sort.column === i ? (sort.descending ? 'descending' : 'ascending') : 'none'}
                >
                  <About text={`${help}.`}>
                    <button type="button" onClick={() => sortBy(i)}>
                      {name}
                      <span aria-hidden="true">
                        {sort.column === i ? (sort.descending ? ' ↓' : ' ↑') : ''}
                      </span>
                    </button>
                  </About>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.map((kernel) => (
              <Line
                key={`${kernel.phase} ${kernel.kernel}`}
                kernel={kernel}
                base={base}
                largest={largest}
                unit={unit}
              />
            ))}
          </tbody>
          {outside !== null && base !== null && (
            <tfoot>
              <tr>
                <th scope="row">Outside kernels</th>
                <td className={classes.part}>JavaScript</td>
                <td />
                <td>{unit.format(outside)}</td>
                <td>
                  {percent(outside / base)}
                  <span className={classes.share} />
                </td>
                <td />
                <td />
              </tr>
            </tfoot>
          )}
        </table>
      </section>
      <p className={classes.note}>{clockNote(profile)}</p>
    </Card>
  );
}
