// Chooses the target columns of a table, the type of each task, and the positive class of binary ones.
import type { ParamValue, TargetChoice } from '../../engine/config/params.ts';
import type { ColumnPreview } from '../../engine/data/preview.ts';
import { useStore } from '../../store/store.ts';
import classes from './controls.module.css';

interface TargetsControlProps {
  value: TargetChoice[];
  onChange(value: ParamValue): void;
}

const TYPES = ['auto', 'regression', 'binary', 'multiclass'] as const;

const isBinary = ({ type }: TargetChoice, { suggestedTask }: ColumnPreview) =>
  (type === 'auto' ? suggestedTask : type) === 'binary';

export function TargetsControl({ value, onChange }: TargetsControlProps) {
  const preview = useStore((s) => s.preview);
  if (!preview)
    return (
      <span className={classes.caption}>{value.map((t) => t.column).join(', ') || 'choose a file'}</span>
    );
  const replace = (old: TargetChoice, by: TargetChoice) => onChange(value.map((t) => (t === old ? by : t)));
  const toggle = (column: ColumnPreview, on: boolean) => {
    const rest = value.filter((t) => t.column !== column.name);
    onChange(on ? [...rest, { column: column.name, type: column.suggestedTask ?? 'auto' }] : rest);
  };
  return (
    <div className={classes.targets}>
      {preview.columns.map((column) => {
        const chosen = value.find((t) => t.column === column.name);
        const about = `${column.distinct} values, ${column.missing} missing, such as ${column.examples.join(', ')}`;
        return (
          <div key={column.name} className={classes.target}>
            <input
              type="checkbox"
              aria-label={`Predict ${column.name}`}
              checked={chosen !== undefined}
              disabled={column.suggestedTask === null && !chosen}
              onChange={(event) => toggle(column, event.currentTarget.checked)}
            />
            <span title={column.reason ? `${about}. Not a target: ${column.reason}.` : about}>
              {column.name}
            </span>
            {chosen && (
              <select
                className={classes.select}
                aria-label={`Type of task ${column.name}`}
                value={chosen.type}
                onChange={(event) => {
                  const type = event.currentTarget.value as TargetChoice['type'];
                  replace(chosen, { column: chosen.column, type });
                }}
              >
                {TYPES.map((type) => (
                  <option key={type} value={type}>
                    {type}
                  </option>
                ))}
              </select>
            )}
            {chosen && column.positive !== undefined && isBinary(chosen, column) && (
              <label className={classes.positive}>
                positive class
                <select
                  className={classes.select}
                  aria-label={`Positive class of ${column.name}`}
                  value={chosen.positive ?? column.positive}
                  onChange={(event) => {
                    const { column: name, type } = chosen;
                    const positive = event.currentTarget.value;
                    replace(
                      chosen,
                      positive === column.positive
                        ? { column: name, type }
                        : { column: name, type, positive },
                    );
                  }}
                >
                  {column.examples.map((name) => (
                    <option key={name} value={name}>
                      {name}
                    </option>
                  ))}
                </select>
              </label>
            )}
          </div>
        );
      })}
    </div>
  );
}
