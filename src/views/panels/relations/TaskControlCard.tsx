// Weights of the tasks of a run in training, set by hand: a slider per task, and a button that pauses it. Noted in the run,
// because its settings alone do not reproduce it.
import { useId } from 'react';
import type { Note } from '../../../engine/core/notes.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import { useStore } from '../../../store/store.ts';
import { formatFixed, plural, taskLabel } from '../../charts/format.ts';
import { Card } from '../../charts/parts/Card.tsx';
import { SmallButton } from '../../charts/parts/SmallButton.tsx';
import { settingWeights, weightsNow } from './handWeights.ts';
import classes from './relations.module.css';

const MOST = 3;
/** A slider that is dragged makes a change at many steps: the newest are shown. */
const SHOWN = 3;

const isByHand = ({ code }: Note) => code === 'task-weights';

export function TaskControlCard({ run }: { run: RunRecord }) {
  const id = useId();
  const setTaskWeights = useStore((s) => s.setTaskWeights);
  const asked = useStore((s) => s.askedWeights);
  const names = run.dataset?.tasks.map((t) => t.name) ?? [];
  const given = settingWeights(run, names.length);
  const isActive = run.status === 'running' || run.status === 'paused';
  const shared = run.seedStates.at(-1)?.parts.find((part) => part.role !== 'baseline' && !part.singleTask);
  const told = run.notes.filter(({ code }) => code === 'task-weights' || code === 'task-paused');
  const earlier = told.length - SHOWN;
  const done = (
    <>
      {earlier > 0 && (
        <p className={classes.note}>{plural(earlier, 'earlier change')}, in the notes of the result.</p>
      )}
      {told.slice(-SHOWN).map(({ code, text }) => (
        <p key={`${code} ${text}`} className={classes.note}>
          {text}
        </p>
      ))}
    </>
  );
  if (!isActive || !given || !shared || names.length < 2) {
    if (told.some(isByHand)) return <Card title="Weights by hand">{done}</Card>;
    return told.length > 0 ? <Card title="Tasks paused">{done}</Card> : null;
  }
  const weights = weightsNow(run, shared.role, given, asked);
  const change = (task: number, weight: number) =>
    setTaskWeights(weights.map((w, t) => (t === task ? weight : w)));
  return (
    <Card title="Weights by hand" subtitle="from the next step on">
      <div className={classes.sliders}>
        {names.map((name, t) => {
          const weight = weights[t] ?? 1;
          return (
            <div key={name} className={classes.slider}>
              <label htmlFor={`${id}${t}`}>{taskLabel(name)}</label>
              <input
                id={`${id}${t}`}
                type="range"
                min={0}
                max={Math.max(MOST, given[t] ?? 1)}
                step={0.1}
                value={weight}
                onChange={(event) => change(t, Number(event.currentTarget.value))}
              />
              <output htmlFor={`${id}${t}`}>{formatFixed(weight, 1)}</output>
              <SmallButton
                pressed={weight === 0}
                label={`Pause ${taskLabel(name)}`}
                onClick={() => change(t, weight === 0 ? given[t] || 1 : 0)}
              >
                Pause
              </SmallButton>
            </div>
          );
        })}
      </div>
      <p className={classes.note}>
        In networks that share. Weight 0 pauses a task: its loss trains nothing, while weight decay and
        momentum still move its tower. The notes of the run say what was set and when; its settings alone do
        not repeat it.
      </p>
      {done}
    </Card>
  );
}
