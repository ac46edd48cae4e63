// Which validation rows the maps are for: the mean over all recorded ones, or rows chosen by position.
import { useState } from 'react';
import { ATTENTION_ROWS, type RowSelection } from '../../../engine/protocol.ts';
import { formatRowList, parseRowList } from '../view.ts';
import classes from './attention.module.css';

export interface RowPickerProps {
  rows: RowSelection;
  /** Rows there are to choose from. */
  count: number;
  onChange(rows: RowSelection): void;
}

export function RowPicker({ rows, count, onChange }: RowPickerProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const shown = draft ?? (rows.kind === 'rows' ? formatRowList(rows.rows) : '');
  const parsed = draft === null ? null : parseRowList(draft);
  const isBad = draft !== null && (parsed === null || parsed.some((row) => row >= count));
  const commit = () => {
    if (parsed && !isBad) {
      onChange({ kind: 'rows', rows: parsed });
      setDraft(null);
    }
  };
  return (
    <span className={classes.rows}>
      <select
        className={classes.control}
        aria-label="Rows shown"
        value={rows.kind}
        onChange={(event) => {
          setDraft(null);
          onChange(event.target.value === 'mean' ? { kind: 'mean' } : { kind: 'rows', rows: [0] });
        }}
      >
        <option value="mean">Mean of {count} validation rows</option>
        <option value="rows">Chosen validation rows</option>
      </select>
      {rows.kind === 'rows' && (
        <input
          className={classes.control}
          aria-label={`Positions of validation rows, 0 to ${Math.min(count, ATTENTION_ROWS) - 1}`}
          aria-invalid={isBad}
          title={`Positions from 0 to ${Math.min(count, ATTENTION_ROWS) - 1}, such as 3 or 0-4, 9; several are averaged.`}
          value={shown}
          size={9}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={commit}
          onKeyDown={(event) => event.key === 'Enter' && commit()}
        />
      )}
      {isBad && (
        <span className={classes.problem} role="alert">
          Write positions from 0 to {count - 1}, such as 0-4, 9.
        </span>
      )}
    </span>
  );
}
