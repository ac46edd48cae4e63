// The weight of a task in the sum of losses: fixed weights, one per target in order.
import { useState } from 'react';
import { cycled } from '../../../engine/config/params.ts';
import { clip } from '../../../engine/core/errors.ts';
import { useStore } from '../../../store/store.ts';
import { TextBox } from '../../controls/TextBox.tsx';
import { readNumber, writeNumber } from '../../controls/values.ts';
import classes from './data.module.css';

/** As the setting of the weights allows. */
const [LEAST, MOST] = [0, 1000];

export function WeightInput({ name, task, tasks }: { name: string; task: number; tasks: number }) {
  const training = useStore((s) => s.experiment?.training);
  const setValue = useStore((s) => s.setValue);
  /** What was typed and is no weight. */
  const [refused, setRefused] = useState<string | null>(null);
  const isFixed = training?.weighting === 'fixed';
  const given = (isFixed ? (training?.taskWeights as number[] | undefined) : undefined) ?? [1];
  const weights = Array.from({ length: tasks }, (_, i) => cycled(given, i));
  const change = (text: string) => {
    const weight = readNumber(text);
    const isWeight = weight !== null && weight >= LEAST && weight <= MOST;
    setRefused(isWeight ? null : text);
    if (!isWeight || weight === weights[task]) return;
    if (!isFixed) setValue('training.weighting', 'fixed');
    setValue(
      'training.taskWeights',
      weights.map((other, i) => (i === task ? weight : other)),
    );
  };
  return (
    <>
      <span
        className={classes.positive}
        title={
          isFixed || training?.weighting === 'equal'
            ? undefined
            : 'Takes the place of the balancing method that is chosen'
        }
      >
        weight
        <TextBox
          label={`Weight of ${name}`}
          className={classes.threshold ?? ''}
          value={writeNumber(weights[task] ?? 1)}
          invalid={refused !== null}
          onCommit={change}
        />
      </span>
      {refused !== null && (
        <span className={classes.refused} role="alert">
          Expected a number from {LEAST} to {MOST}, got &quot;{clip(refused)}&quot;. Escape puts the weight
          back.
        </span>
      )}
    </>
  );
}
