// The Data tab: how every column is read and why, how the rows are split, and which columns are associated, before training.
// Everything detected can be overridden here.
import { useEffect } from 'react';
import { labelled } from '../../store/labels.ts';
import { useStore } from '../../store/store.ts';
import { Card, EmptyState } from '../charts/parts/Card.tsx';
import { FigureNote } from '../charts/save/figures.ts';
import { AssociationsCard } from './data/AssociationsCard.tsx';
import { ColumnsCard } from './data/ColumnsCard.tsx';
import classes from './data/data.module.css';
import { KeptCard } from './data/KeptCard.tsx';
import { ReadingCard } from './data/ReadingCard.tsx';
import { SplitsCard } from './data/SplitsCard.tsx';

/** Milliseconds without a change before the description is updated: settings change in bursts while words are typed. */
const SETTLE_MS = 250;

function useDescription() {
  const data = useStore((s) => s.experiment?.data);
  const tasks = useStore((s) => s.experiment?.tasks);
  const file = useStore((s) => s.file);
  const isReady = useStore((s) => s.engines[0]?.status === 'ready');
  const describe = useStore((s) => s.describeData);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew whenever one of these changes
  useEffect(() => {
    if (!isReady) return;
    const timer = setTimeout(() => void describe(), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [data, tasks, file, isReady, describe]);
  return useStore((s) => s.description);
}

export function DataPanel() {
  const description = useDescription();
  const error = useStore((s) => s.descriptionError);
  const isDescribing = useStore((s) => s.isDescribing);
  const source = useStore((s) => s.experiment?.data.id);
  if (error || !description || description.source !== source) {
    return (
      <Card title="Data">
        {error && !isDescribing ? (
          <p role="alert" className={classes.error}>
            {labelled(error.message)}
          </p>
        ) : (
          <EmptyState title={isDescribing ? 'Reading the table' : 'No data yet'} height={320}>
            {isDescribing ? 'Columns are being looked at.' : 'Choose a table at the left, under Data.'}
          </EmptyState>
        )}
      </Card>
    );
  }
  return (
    <FigureNote value="The table of the current experiment, not of a run.">
      <div className={classes.container} aria-busy={isDescribing}>
        <ColumnsCard description={description} />
        {description.source === 'table' && <ReadingCard description={description} />}
        <SplitsCard description={description} />
        <AssociationsCard description={description} />
        {description.source === 'table' && <KeptCard />}
      </div>
    </FigureNote>
  );
}
