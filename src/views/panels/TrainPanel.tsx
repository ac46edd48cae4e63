// The Train tab: gain, metric per task, loss per task, results. Everything is kept when a run fails or stops; then a red line
// marks the failing step, and the cards that explain it come first.
import { useRun } from '../../store/hooks.ts';
import { RunCards } from '../cards/RunCards.tsx';
import { Card, EmptyState } from '../charts/parts/Card.tsx';
import classes from './train/train.module.css';

export function TrainPanel() {
  const run = useRun();
  if (!run) {
    return (
      <Card title="Train">
        <EmptyState title="No runs yet" height={280}>
          Press Run, or open an example.
        </EmptyState>
      </Card>
    );
  }
  return (
    <div className={classes.container}>
      <div className={classes.panel}>
        <RunCards place="train" />
      </div>
    </div>
  );
}
