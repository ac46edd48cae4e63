// The Tasks tab: how related the tasks are, and what they and the data are.
import { useCallback } from 'react';
import { useRun, useView } from '../../store/hooks.ts';
import type { PanelView } from '../../store/view.ts';
import { Card, EmptyState } from '../charts/parts/Card.tsx';
import { DataFacts, TaskFacts } from './tasks/FactsCards.tsx';
import { RelatednessCard } from './tasks/RelatednessCard.tsx';
import classes from './tasks/tasks.module.css';

export function TasksPanel() {
  const run = useRun();
  const [view, setView] = useView();
  // The matrices are drawn once; a callback that changes with every event would redraw them.
  const choosePair = useCallback((pair: PanelView['pair']) => setView({ pair }), [setView]);
  const dataset = run?.dataset;
  if (!dataset) {
    return (
      <Card title="Tasks">
        <EmptyState title={run ? 'No data yet' : 'No runs yet'} height={320}>
          {run ? 'The table of this run is being made.' : 'Press Run, or open an example.'}
        </EmptyState>
      </Card>
    );
  }
  return (
    <div className={classes.container}>
      <RelatednessCard dataset={dataset} pair={view.pair} onPair={choosePair} />
      <div className={classes.panel}>
        <TaskFacts dataset={dataset} />
        <DataFacts dataset={dataset} />
      </div>
    </div>
  );
}
