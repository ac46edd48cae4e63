// Whether a column is a target, as which type, and which class is the positive one.
import type { TargetChoice } from '../../../engine/config/params.ts';
import type { DescribedColumn } from '../../../engine/protocol/dataDescription.ts';
import { useStore } from '../../../store/store.ts';
import classes from './data.module.css';
import { withTarget } from './overrule.ts';
import { useTargets } from './useChoices.ts';

const TYPES = ['auto', 'regression', 'binary', 'multiclass'] as const;

export function TargetCell({ column, canChange }: { column: DescribedColumn; canChange: boolean }) {
  const { name, role, suggestedTask, notATask, values } = column;
  const [targets, setTargets] = useTargets();
  // The class that is positive unless another is chosen.
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
          onChange={(event) => choose({ type: event.currentTarget.value as TargetChoice['type'] })}
        >
          {TYPES.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </select>
      )}
      {chosen && type === 'binary' && usual !== undefined && (
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
