// Chooses the columns of a table to predict and the type of each task.
import type { ParamValue, TargetChoice } from '../../engine/config/params.ts';
import type { ColumnPreview } from '../../engine/protocol.ts';
import { useStore } from '../../store/store.ts';
import classes from './controls.module.css';

interface TargetsControlProps {
  value: TargetChoice[];
  onChange(value: ParamValue): void;
}

const TYPES = ['auto', 'regression', 'binary', 'multiclass'] as const;

export function TargetsControl({ value, onChange }: TargetsControlProps) {
  const preview = useStore((s) => s.preview);
  if (!preview)
    return (
      <span className={classes.caption}>{value.map((t) => t.column).join(', ') || 'choose a file'}</span>
    );
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
                  onChange(value.map((t) => (t === chosen ? { ...t, type } : t)));
                }}
              >
                {TYPES.map((type) => (
                  <option key={type} value={type}>
                    {type}
                  </option>
                ))}
              </select>
            )}
          </div>
        );
      })}
    </div>
  );
}
