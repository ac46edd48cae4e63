// Whether a column is a target, its task type, its positive class, and the threshold that cuts numbers into two classes.
import type { TargetChoice } from '../../../engine/config/params.ts';
import type { DescribedColumn } from '../../../engine/protocol/dataDescription.ts';
import { useStore } from '../../../store/store.ts';
import classes from './data.module.css';
import { withTarget } from './overrule.ts';
import { useTargets } from './useChoices.ts';
import { WeightInput } from './WeightInput.tsx';

const TYPES = ['auto', 'regression', 'binary', 'multiclass'] as const;

export function TargetCell({ column, canChange }: { column: DescribedColumn; canChange: boolean }) {
  const { name, role, suggestedTask, notATask, values, mean } = column;
  const isCut = column.type === 'numeric' && column.distinct > 2;
  const [targets, setTargets] = useTargets();
  // The default positive class.
  const usual = useStore((s) => s.preview?.columns.find((c) => c.name === name)?.positive);
  if (!canChange) return <>{role}</>;
  const chosen = targets.find((t) => t.column === name);
  const type = chosen?.type === 'auto' ? suggestedTask : chosen?.type;
  const choose = (choice: Omit<TargetChoice, 'column'> | null) =>
    setTargets(withTarget(targets, name, choice));
  return (
    <>
      <label className={classes.target}>
        <input
          type="checkbox"
          aria-label={`Target ${name}`}
          checked={chosen !== undefined}
          disabled={suggestedTask === null && !chosen}
          onChange={(event) => choose(event.currentTarget.checked ? { type: suggestedTask ?? 'auto' } : null)}
        />
        {chosen
          ? 'target'
          : role === 'feature'
            ? 'feature'
            : suggestedTask === null
              ? 'no target'
              : 'predict'}
      </label>
      {!chosen && notATask && <span className={classes.reason}>{notATask}</span>}
      {chosen && (
        <select
          className={classes.select}
          aria-label={`Task type of ${name}`}
          value={chosen.type}
          onChange={(event) => {
            const next = event.currentTarget.value as TargetChoice['type'];
            // A visible initial threshold that can be changed: numbers with more than two values need one.
            choose(
              next === 'binary' && isCut
                ? { type: next, positive: `>${Number((mean ?? 0).toPrecision(4))}` }
                : { type: next },
            );
          }}
        >
          {TYPES.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </select>
      )}
      {chosen && <WeightInput name={name} task={targets.indexOf(chosen)} tasks={targets.length} />}
      {chosen && type === 'binary' && isCut && (
        <label className={classes.positive}>
          positive where
          <input
            className={classes.threshold}
            aria-label={`Threshold of ${name}`}
            defaultValue={chosen.positive}
            key={chosen.positive}
            size={8}
            onBlur={(event) => choose({ type: 'binary', positive: event.currentTarget.value.trim() })}
            onKeyDown={(event) => {
              if (event.key === 'Enter') event.currentTarget.blur();
            }}
          />
        </label>
      )}
      {chosen && type === 'binary' && !isCut && usual !== undefined && (
        <label className={classes.positive}>
          positive
          <select
            className={classes.select}
            aria-label={`Positive class of ${name}, Data tab`}
            value={chosen.positive ?? usual}
            onChange={(event) => {
              const positive = event.currentTarget.value;
              choose(positive === usual ? { type: chosen.type } : { type: chosen.type, positive });
            }}
          >
            {values.map((value) => (
              <option key={value} value={value}>
                {value}
              </option>
            ))}
          </select>
        </label>
      )}
    </>
  );
}
