// The weight of a task in the sum of losses: fixed weights, one per target in order.
import { cycled } from '../../../engine/config/params.ts';
import { useStore } from '../../../store/store.ts';
import classes from './data.module.css';

export function WeightInput({ name, task, tasks }: { name: string; task: number; tasks: number }) {
  const training = useStore((s) => s.experiment?.training);
  const setValue = useStore((s) => s.setValue);
  const isFixed = training?.weighting === 'fixed';
  const given = (isFixed ? (training?.taskWeights as number[] | undefined) : undefined) ?? [1];
  const weights = Array.from({ length: tasks }, (_, i) => cycled(given, i));
  const change = (text: string) => {
    const weight = Number(text);
    if (text.trim() === '' || !(weight >= 0) || weight === weights[task]) return;
    if (!isFixed) setValue('training.weighting', 'fixed');
    setValue(
      'training.taskWeights',
      weights.map((other, i) => (i === task ? weight : other)),
    );
  };
  return (
    <label className={classes.positive}>
      weight
      <input
        type="number"
        min={0}
        max={1000}
        step="any"
        className={classes.threshold}
        aria-label={`Weight of ${name}`}
        title={
          isFixed || training?.weighting === 'equal'
            ? undefined
            : 'Takes the place of the balancing method that is chosen'
        }
        defaultValue={weights[task]}
        key={weights[task]}
        onBlur={(event) => change(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur();
        }}
      />
    </label>
  );
}
