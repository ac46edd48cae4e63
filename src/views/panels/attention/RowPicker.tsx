// Chooses the validation rows of the maps: the mean over all recorded ones, or rows by position.
import { useMemo, useState } from 'react';
import { ATTENTION_ROWS, type RowFact, type RowSelection } from '../../../engine/protocol/attention.ts';
import { formatRowList, parseRowList } from '../../../store/rowList.ts';
import { plural, taskLabel } from '../../charts/format.ts';
import classes from './attention.module.css';

const KINDS = [
  { kind: 'label', title: 'Groups by label' },
  { kind: 'feature', title: 'Groups by feature' },
] as const;

export interface RowPickerProps {
  label?: string;
  rows: RowSelection;
  /** Groups of rows to offer, by feature and by label. */
  facts: readonly RowFact[];
  /** Number of rows to choose from. */
  count: number;
  onChange(rows: RowSelection): void;
}

/** Keys of the list's options: groups by their position. */
const groupKey = (fact: RowFact, group: number) => `${fact.kind}:${fact.column}:${group}`;

export function RowPicker({ label = 'Rows shown', rows, count, facts, onChange }: RowPickerProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const groups = useMemo(
    () =>
      facts.flatMap((fact) =>
        fact.groups.map((group, i) => ({
          key: groupKey(fact, i),
          kind: fact.kind,
          rows: group.rows,
          text: `${taskLabel(fact.column)}: ${group.label} (${plural(group.rows.length, 'row')})`,
        })),
      ),
    [facts],
  );
  const chosenGroup =
    rows.kind === 'rows' && rows.rows.length > 1
      ? groups.find((g) => g.rows.join() === rows.rows.join())?.key
      : undefined;
  const shown = draft ?? (rows.kind === 'rows' ? formatRowList(rows.rows) : '');
  const parsed = draft === null ? undefined : parseRowList(draft);
  const isBad = draft !== null && (parsed === undefined || parsed.some((row) => row >= count));
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
        aria-label={label}
        value={chosenGroup ?? rows.kind}
        onChange={(event) => {
          setDraft(null);
          const group = groups.find((g) => g.key === event.target.value);
          if (group) onChange({ kind: 'rows', rows: group.rows });
          else onChange(event.target.value === 'mean' ? { kind: 'mean' } : { kind: 'rows', rows: [0] });
        }}
      >
        <option value="mean">Mean of {count} validation rows</option>
        <option value="rows">Chosen validation rows</option>
        {KINDS.map(
          ({ kind, title }) =>
            groups.some((g) => g.kind === kind) && (
              <optgroup key={kind} label={title}>
                {groups
                  .filter((g) => g.kind === kind)
                  .map((g) => (
                    <option key={g.key} value={g.key}>
                      {g.text}
                    </option>
                  ))}
              </optgroup>
            ),
        )}
      </select>
      {rows.kind === 'rows' && !chosenGroup && (
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
