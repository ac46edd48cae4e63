// The trained model under the editor's mask: metrics, gain and attention before and after, without training.
import { useMemo, useState } from 'react';
import type { Catalog } from '../../../engine/config/catalog.ts';
import type { TaskGain } from '../../../engine/protocol/gain.ts';
import { DIFFERENCE_TEXT, isDifference } from '../../../engine/protocol/gainText.ts';
import type { WhatIfReport } from '../../../engine/protocol/masks.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import { useProbe } from '../../../store/useProbe.ts';
import { toCsv } from '../../charts/csv.ts';
import {
  arrow,
  formatCompact,
  formatFixed,
  formatPercent,
  formatSigned,
  inSentence,
  taskLabel,
} from '../../charts/format.ts';
import { Card, EmptyState } from '../../charts/parts/Card.tsx';
import { Chip } from '../../charts/parts/Chip.tsx';
import { Name } from '../../charts/parts/Name.tsx';
import { SmallButton } from '../../charts/parts/SmallButton.tsx';
import { metricInfo } from '../metrics.ts';
import { ProbeStatus } from '../ProbeStatus.tsx';
import classes from './mask.module.css';
import { attentionFiles, attentionSpec, WhatIfAttention } from './WhatIfAttention.tsx';

/** The percentage, or the difference if a percentage means nothing. */
function gainText(gain: TaskGain | undefined): string {
  if (!gain) return '';
  return isDifference(gain.flag)
    ? `${formatSigned(gain.difference, 4)} (${DIFFERENCE_TEXT})`
    : formatPercent(gain.gain);
}

/** A line per task: metric, outputs and gain before and after; a gain is in percent, and empty where it means nothing. */
function whatIfCsv(report: WhatIfReport): string {
  const gainOf = (gain: TaskGain | undefined) => (gain && !isDifference(gain.flag) ? gain.gain : null);
  return toCsv(
    ['task', 'metric', 'before', 'after', 'outputs_moved_by', 'gain_before', 'gain_after'],
    report.before.map(({ task, primary, metrics }, i) => [
      task,
      primary,
      metrics[primary]?.value ?? null,
      report.after[i]?.metrics[primary]?.value ?? null,
      report.outputChange[i] ?? null,
      gainOf(report.gainBefore?.perTask[i]),
      gainOf(report.gainAfter?.perTask[i]),
    ]),
  );
}

export interface WhatIfCardProps {
  run: RunRecord | null;
  catalog: Catalog | null;
  /** The editor's mask, as text. */
  mask: string;
  /** Whether the run's model has the mask's size. */
  fits: boolean;
  /** Name of a mask given as text: its preset, or that it is painted. */
  nameOf(mask: string): string;
  /** Why the model of this run cannot be probed; null if it can. */
  gone: string | null;
}

export function WhatIfCard({ run, catalog, mask, fits, nameOf, gone }: WhatIfCardProps) {
  const probe = useProbe('what-if', null, { role: 'model' });
  const { answer } = probe;
  const report = answer?.report;
  const [head, setHead] = useState('');
  const applied = report ? nameOf(report.text) : '';
  const when = answer ? `seed ${answer.seed}, epoch ${answer.epoch}` : '';
  const maps = useMemo(
    () => (report ? attentionSpec(report.attention, head, applied, when) : null),
    [report, head, applied, when],
  );
  const canAsk = run !== null && gone === null && fits && run.status !== 'preparing';
  return (
    <Card
      figure="what-if"
      title="What if the trained model read like this?"
      subtitle="applied at once, without training"
      files={
        report && {
          what: 'What if',
          fileName: 'what-if',
          csv: () => whatIfCsv(report),
          more: maps ? attentionFiles(maps) : [],
        }
      }
      actions={
        canAsk && (
          <SmallButton onClick={() => probe.ask({ text: mask })}>Apply to the trained model</SmallButton>
        )
      }
    >
      {!report && (
        <EmptyState title={canAsk ? 'Not applied yet' : 'No trained model to ask'} height={280}>
          {canAsk
            ? 'Apply the mask of the Paint view: metrics, gain and attention before and after stand here, on the same validation rows.'
            : (gone ??
              'Run this experiment first: then a painted mask can be tried on the trained model before training with it.')}
        </EmptyState>
      )}
      <ProbeStatus probe={probe} what="Measuring under this mask" />
      {answer?.issue && (
        <p className={classes.warn} role="alert">
          Expected {answer.issue.expected}, got {answer.issue.got}. {answer.issue.remedy}
        </p>
      )}
      {report && (
        <>
          {report.text !== mask && <p className={classes.note}>Shown for an earlier mask; apply again.</p>}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
          <section className={classes.scroll} tabIndex={0} aria-label="Before and after, table">
            <table className={classes.table}>
              <thead>
                <tr>
                  <th scope="col">Task</th>
                  <th scope="col">Metric</th>
                  <th scope="col">Before</th>
                  <th scope="col">After</th>
                  <th scope="col">Difference</th>
                  <th scope="col">Outputs moved by</th>
                  {report.gainBefore && <th scope="col">Gain before</th>}
                  {report.gainAfter && <th scope="col">Gain after</th>}
                </tr>
              </thead>
              <tbody>
                {report.before.map(({ task, primary, metrics }, i) => {
                  const before = metrics[primary]?.value ?? Number.NaN;
                  const after = report.after[i]?.metrics[primary]?.value ?? Number.NaN;
                  const info = metricInfo(catalog, primary, run?.dataset?.tasks[i]);
                  return (
                    <tr key={task}>
                      <th scope="row">
                        <Chip task={i} /> <Name>{taskLabel(task)}</Name>
                      </th>
                      <td>
                        {inSentence(info.label)} {arrow(info.higherIsBetter)}
                      </td>
                      <td>{formatFixed(before, 4)}</td>
                      <td>{formatFixed(after, 4)}</td>
                      <td>{formatSigned(after - before, 4)}</td>
                      <td>{formatCompact(report.outputChange[i] ?? Number.NaN)}</td>
                      {report.gainBefore && <td>{gainText(report.gainBefore.perTask[i])}</td>}
                      {report.gainAfter && <td>{gainText(report.gainAfter.perTask[i])}</td>}
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </section>
          {maps && <WhatIfAttention attention={report.attention} spec={maps} head={head} onHead={setHead} />}
          <p className={classes.note}>
            Validation rows, seed {answer.seed}, epoch {answer.epoch}. Under Paint, train with this mask from
            the same seed.
          </p>
        </>
      )}
    </Card>
  );
}
