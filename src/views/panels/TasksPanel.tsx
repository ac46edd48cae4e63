// The Tasks tab: how related the tasks are, by their labels and by their gradients, and descriptions of tasks and data.
import { useCallback } from 'react';
import { useRun, useView } from '../../store/hooks.ts';
import type { PanelView, TaskView } from '../../store/view.ts';
import { RunCards } from '../cards/RunCards.tsx';
import { Card, EmptyState } from '../charts/parts/Card.tsx';
import { Segmented } from '../charts/parts/Segmented.tsx';
import { OfRun } from '../shell/OfRun.tsx';
import { RelationsView } from './relations/RelationsView.tsx';
import { DataFacts, TaskFacts } from './tasks/FactsCards.tsx';
import { RelatednessCard } from './tasks/RelatednessCard.tsx';
import classes from './tasks/tasks.module.css';

const VIEWS: readonly { value: TaskView; label: string; title: string }[] = [
  { value: 'related', label: 'Labels', title: 'How related the tasks are by their labels' },
  { value: 'gradients', label: 'Gradients', title: 'How the tasks pull at what they share' },
];

export function TasksPanel() {
  const [{ tasks }, setView] = useView();
  return (
    <>
      <div className={classes.views}>
        <Segmented
          label="View of the tasks"
          value={tasks}
          options={VIEWS}
          onChange={(chosen) => setView({ tasks: chosen })}
        />
      </div>
      {tasks === 'gradients' ? (
        <OfRun>
          <RelationsView />
        </OfRun>
      ) : (
        <Related />
      )}
    </>
  );
}

function Related() {
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
      <RunCards place="tasks" />
    </div>
  );
}
