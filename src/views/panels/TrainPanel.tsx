// The Train tab: gain, metric per task, loss per task, results. Everything is kept when a run fails or stops; then a
// red line marks the failing step, and what led there comes first.
import { useCatalog, useRun } from '../../store/hooks.ts';
import type { RunRecord } from '../../store/runRecord.ts';
import { Card, EmptyState } from '../charts/parts/Card.tsx';
import { TaskControlCard } from './relations/TaskControlCard.tsx';
import { WeightsCard } from './relations/WeightsCard.tsx';
import { ComparisonCard } from './train/ComparisonCard.tsx';
import { FailureCards } from './train/FailureCards.tsx';
import { GainCard } from './train/GainCard.tsx';
import { LossCard } from './train/LossCard.tsx';
import { MetricCard } from './train/MetricCard.tsx';
import { ResultsCard } from './train/ResultsCard.tsx';
import classes from './train/train.module.css';

const hasNumericFault = (run: RunRecord): boolean =>
  run.status === 'failed' && run.error?.fault !== undefined;

export function TrainPanel() {
  const run = useRun();
  const catalog = useCatalog();
  if (!run) {
    return (
      <Card title="Train">
        <EmptyState title="No runs yet" height={280}>
          Press Run, or open an example.
        </EmptyState>
      </Card>
    );
  }
  const gains = [
    <GainCard key="gain" run={run} catalog={catalog} />,
    <MetricCard key="metric" run={run} catalog={catalog} />,
    <ComparisonCard key="comparison" run={run} catalog={catalog} />,
  ];
  const losses = [
    <LossCard key={`loss ${run.runId}`} run={run} />,
    <WeightsCard key="weights" run={run} />,
    <TaskControlCard key="task-control" run={run} />,
    <FailureCards key="failure" run={run} />,
  ];
  return (
    <div className={classes.container}>
      <div className={classes.panel}>
        {hasNumericFault(run) ? [...losses, ...gains] : [...gains, ...losses]}
        <ResultsCard run={run} catalog={catalog} />
      </div>
    </div>
  );
}
