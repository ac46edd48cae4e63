// What the student has to do, whether it has been done, and buttons that set it up and run it: the text that asks is far from
// the settings and from Run, above all by keyboard.
import { IconCheck } from '@tabler/icons-react';
import { canBegin, hasActiveRun } from '../../store/engines.ts';
import { useRuns } from '../../store/hooks.ts';
import { useStore } from '../../store/store.ts';
import { SmallButton } from '../charts/parts/SmallButton.tsx';
import { type Goal, hasSettings, isMet, type LessonStep } from './lesson.ts';
import classes from './lessons.module.css';
import { setUp } from './setUp.ts';

export function useMet(goal: Goal | undefined): boolean {
  const runs = useRuns();
  const tab = useStore((s) => s.tab);
  return goal !== undefined && isMet(goal, { runs, tab });
}

export interface ToDoProps {
  goal: Goal;
  todo: string;
  /** The experiment that the goal asks for, if the step has not set it up already. */
  experiment?: LessonStep['experiment'];
  /** The button that was pressed goes away: the focus has to go somewhere. */
  onGone(): void;
}

export function ToDo({ goal, todo, experiment, onGone }: ToDoProps) {
  const met = useMet(goal);
  const canRun = useStore((s) => canBegin(s) && !hasActiveRun(s) && s.issues.length === 0);
  const isBusy = useStore(hasActiveRun);
  const isSet = useStore(
    (s) => goal.kind === 'run' && s.experiment !== null && hasSettings(s.experiment, goal.settings),
  );
  const act = (how: () => void) => {
    how();
    onGone();
  };
  return (
    <div className={classes.todoLine}>
      <p className={classes.todo} data-met={met} role="status">
        {met && <IconCheck size={15} aria-hidden="true" />}
        {met ? 'Done: ' : 'To do: '}
        {todo}
      </p>
      {goal.kind === 'run' && !met && !isSet && experiment && (
        <SmallButton onClick={() => act(() => setUp({ experiment }))}>Set it up</SmallButton>
      )}
      {isSet && !met && canRun && (
        <SmallButton onClick={() => act(() => useStore.getState().start())}>Run it</SmallButton>
      )}
      {isSet && !met && isBusy && <span>A run goes on; when it ends, or you stop it, this one can run.</span>}
    </div>
  );
}
