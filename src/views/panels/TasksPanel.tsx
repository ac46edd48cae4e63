// The Tasks tab: how related the tasks are, and what they and the data are.
import { useCallback, useRef } from 'react';
import type { PanelView } from '../../store/view.ts';
import { Card, EmptyState } from '../charts/parts/Card.tsx';
import type { PanelProps } from './panel.ts';
import { DataFacts, TaskFacts } from './tasks/FactsCards.tsx';
import { RelatednessCard } from './tasks/RelatednessCard.tsx';
import classes from './tasks/tasks.module.css';

export function TasksPanel({ run, view, setView }: PanelProps) {
  // The matrices are drawn once; a callback that changes with every event would redraw them.
  const latest = useRef(setView);
  latest.current = setView;
  const choosePair = useCallback((pair: PanelView['pair']) => latest.current({ pair }), []);
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
