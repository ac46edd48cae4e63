// Which tasks to train together: proposed from a measure; trained on a click beside all tasks together and every task apart;
// and the outcome. The same click trains every pair, or all tasks but each one, as the truth for cheap measures.
import { useId, useState } from 'react';
import { TRUTHS, type TruthId, whyNoTruth, withGroups } from '../../../engine/config/together.ts';
import type { RelationMeasure } from '../../../engine/core/relationSummary.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import { useStore } from '../../../store/store.ts';
import { formatCompact, inSentence } from '../../charts/format.ts';
import { Card } from '../../charts/parts/Card.tsx';
import { DataTable } from '../../charts/parts/DataTable.tsx';
import { SmallButton } from '../../charts/parts/SmallButton.tsx';
import { focusRun } from '../../shell/focusRun.ts';
import { metricInfo } from '../metrics.ts';
import { affinitiesOf, outcomeCsv, outcomeTable, proposal, proposalCsv, proposalTable } from './groups.ts';
import classes from './relations.module.css';

const BEST = 'best';

export interface GroupsCardProps {
  run: RunRecord;
  measures: readonly RelationMeasure[];
  names: readonly string[];
}

export function GroupsCard({ run, measures, names }: GroupsCardProps) {
  const id = useId();
  const catalog = useStore((s) => s.catalog);
  const setExperiment = useStore((s) => s.setExperiment);
  const start = useStore((s) => s.start);
  const [by, setBy] = useState('cosine');
  const [count, setCount] = useState('2');
  const affinities = affinitiesOf(measures);
  const measure = affinities.find((m) => m.id === by) ?? affinities[0];
  const n = names.length;
  if (!measure) return null;
  const counts = Array.from({ length: Math.max(n - 2, 1) }, (_, i) => i + 2);
  const isActive = run.status === 'running' || run.status === 'paused';
  const proposed = proposal(measure, n, count === BEST ? null : Math.min(Number(count), n));
  const model = catalog?.models.find((m) => m.id === run.experiment.model.id);
  const canGroup = model?.params.some(({ key }) => key === 'together') ?? false;
  const { weighting, sharpness } = run.experiment.training;
  const isEqual = (weighting === 'equal' || weighting === 'fixed') && sharpness === 'off';
  const train = (groupings: Parameters<typeof withGroups>[1]) => {
    const together = withGroups(run.experiment, groupings);
    const { training } = together;
    const experiment = isEqual
      ? together
      : { ...together, training: { ...training, weighting: 'equal', sharpness: 'off' } };
    setExperiment(experiment);
    start({ experiment });
    // The new run has nothing to show here yet, so that the button goes away.
    focusRun();
  };
  const whyNot =
    proposed.groups.length === 1
      ? 'One group: that is all tasks together.'
      : proposed.groups.length === n
        ? 'Every task alone: that is the twin.'
        : canGroup
          ? null
          : `${model?.label ?? run.experiment.model.id} does not train tasks together by gradients.`;
  const outcome = outcomeTable(run, names, (metric) => inSentence(metricInfo(catalog, metric).label));
  const truths = (Object.keys(TRUTHS) as TruthId[]).map((truth) => ({
    truth,
    why: whyNoTruth(truth, n, canGroup),
  }));
  const reasons = [...new Set([whyNot, ...truths.map(({ why }) => why && `${why}.`)])].filter(
    (r) => r !== null,
  );
  return (
    <Card
      figure="groups"
      title="Which tasks to train together"
      subtitle={`by the newest look of run ${run.number}`}
      files={{
        what: 'Which tasks to train together',
        fileName: 'groups',
        csv: () => proposalCsv(proposed, measure, names),
        more: outcome
          ? [
              {
                label: 'CSV, what training brought',
                fileName: 'groups-trained.csv',
                type: 'text/csv;charset=utf-8',
                content: () => outcomeCsv(run, names),
              },
            ]
          : [],
      }}
    >
      <div className={classes.bar}>
        <span className={classes.field}>
          <label htmlFor={`${id}b`}>By</label>
          <select id={`${id}b`} value={measure.id} onChange={(event) => setBy(event.currentTarget.value)}>
            {affinities.map((m) => (
              <option key={m.id} value={m.id}>
                {m.label}
              </option>
            ))}
          </select>
        </span>
        <span className={classes.field}>
          <label htmlFor={`${id}c`}>Groups</label>
          <select id={`${id}c`} value={count} onChange={(event) => setCount(event.currentTarget.value)}>
            {counts.map((k) => (
              <option key={k} value={k}>
                {k}
              </option>
            ))}
            <option value={BEST}>as many as score best</option>
          </select>
        </span>
      </div>
      <DataTable data={proposalTable(proposed, measure, names)} />
      <p className={classes.note}>
        Score {formatCompact(proposed.score)}: what a task gets from its group, mean over tasks, 0 for a task
        on its own. {proposed.isExact ? 'Every partition was looked at.' : 'Groups were joined one by one.'}
      </p>
      <p className={classes.ahead}>
        <SmallButton disabled={isActive || whyNot !== null} onClick={() => train([proposed.groups])}>
          Train these groups
        </SmallButton>
        {truths.map(({ truth, why }) => (
          <SmallButton
            key={truth}
            disabled={isActive || why !== null}
            onClick={() => train(TRUTHS[truth].groupings(n))}
          >
            Train {TRUTHS[truth].label.toLowerCase()}
          </SmallButton>
        ))}
        <span>
          {isActive ? 'When this run has ended: a' : 'A'} run of the same settings, rows and seeds, with all
          tasks together and every task apart beside the groups
          {isEqual ? '.' : ', with equal weights, because groups are balanced apart.'} {reasons.join(' ')}
        </span>
      </p>
      {outcome && (
        <div className={classes.outcome}>
          <DataTable data={outcome} />
        </div>
      )}
    </Card>
  );
}
