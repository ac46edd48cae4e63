// Every column: how it is read and why, with controls to change that, one by one or for several at once.
import { Fragment, useMemo, useState } from 'react';
import type { Note } from '../../../engine/core/notes.ts';
import type { DataDescription, DescribedColumn } from '../../../engine/protocol/dataDescription.ts';
import { labelled } from '../../../store/labels.ts';
import { toCsv } from '../../charts/csv.ts';
import { formatCompact, formatCount, plural } from '../../charts/format.ts';
import { Card } from '../../charts/parts/Card.tsx';
import { SmallButton } from '../../charts/parts/SmallButton.tsx';
import { Hint } from '../../charts/parts/Term.tsx';
import classes from './data.module.css';
import { MiniHistogram } from './MiniHistogram.tsx';
import { CHOICES, type Choice, chosenTypes, withChoice } from './overrule.ts';
import { RareSelect } from './RareSelect.tsx';
import { TailSelect } from './TailSelect.tsx';
import { TargetCell } from './TargetCell.tsx';
import { useLists } from './useChoices.ts';

/** What becomes of a column when it is prepared; what reading it said stands with the table. */
const isOfPreparing = ({ code }: Note): boolean =>
  /categories|^missing-is-category$|^tail-/.test(code) && !/read-as/.test(code);

/** Number of columns shown before the user asks for the rest. */
const SHOWN = 100;

const share = (count: number, rows: number) => `${((100 * count) / Math.max(1, rows)).toFixed(1)} %`;

function rangeOf({ min, max, mean }: DescribedColumn): string {
  if (min === null || max === null) return '–';
  const text = (value: number | string) => (typeof value === 'number' ? formatCompact(value) : value);
  return `${text(min)} to ${text(max)}${mean === null ? '' : `, mean ${formatCompact(mean)}`}`;
}

export function ColumnsCard({ description }: { description: DataDescription }) {
  const { columns, table, name } = description;
  const canChange = description.source === 'table';
  const [{ types, ignore }, setLists] = useLists();
  const [selected, setSelected] = useState<readonly string[]>([]);
  const [isLong, setLong] = useState(false);
  const shown = isLong ? columns : columns.slice(0, SHOWN);
  const known = useMemo(() => new Set(columns.map((column) => column.name)), [columns]);
  const chosen = selected.filter((name) => known.has(name));
  const asked = useMemo(() => chosenTypes({ types, ignore }), [types, ignore]);
  const overrule = (names: readonly string[], choice: Choice) => {
    const changed = withChoice({ types, ignore }, names, choice);
    if (changed) setLists(changed);
  };
  const notes = [...table.notes, ...(description.dataset?.notes ?? []).filter(isOfPreparing)];
  const ofColumn = (column: string) => notes.filter((note) => note.column === column);
  return (
    <Card
      figure="columns"
      title="Columns"
      subtitle={`${name}: ${formatCount(table.rows)} rows, ${plural(columns.length, 'column')}`}
      files={{ what: 'Columns', fileName: 'columns', csv: () => csvOf(description) }}
    >
      {canChange && (
        <div className={classes.bulk} data-control="">
          <label>
            <input
              type="checkbox"
              checked={chosen.length === columns.length}
              onChange={(event) => setSelected(event.currentTarget.checked ? columns.map((c) => c.name) : [])}
            />{' '}
            Select all
          </label>
          <span>{chosen.length > 0 ? `Read ${plural(chosen.length, 'column')} as` : 'None selected'}</span>
          {chosen.length > 0 &&
            CHOICES.map((choice) => (
              <SmallButton
                key={choice}
                label={`Read the selected columns as ${choice}`}
                onClick={() => overrule(chosen, choice)}
              >
                {choice}
              </SmallButton>
            ))}
        </div>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label="Columns, table">
        <table className={classes.table}>
          <thead>
            <tr>
              {canChange && (
                <th scope="col">
                  <span className="visually-hidden">Select</span>
                </th>
              )}
              <th scope="col">Column</th>
              <th scope="col">
                <Hint text="What the column was taken for: a number, a category, a date, an identifier, or left out. Your choice comes before the guess.">
                  Read as
                </Hint>
              </th>
              <th scope="col">
                <Hint text="Whether the column is predicted; all others that are read are features.">
                  Task
                </Hint>
              </th>
              <th scope="col">
                <Hint text="How the values are distributed: a histogram of numbers, the most frequent categories.">
                  Values
                </Hint>
              </th>
              <th scope="col" className={classes.number}>
                <Hint text="How many different values there are. Few of them make a category likely, one for each row an identifier.">
                  Distinct
                </Hint>
              </th>
              <th scope="col" className={classes.number}>
                <Hint text="Cells without a value. Those of features are filled or have a category of their own; those of a label leave the row out for that task alone.">
                  Missing
                </Hint>
              </th>
              <th scope="col">
                <Hint text="Smallest and largest value, and the mean of numbers.">Range</Hint>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((column) => (
              <Fragment key={column.name}>
                <tr
                  data-column={column.name}
                  className={ofColumn(column.name).length > 0 ? classes.flagged : ''}
                >
                  {canChange && (
                    <td>
                      <input
                        type="checkbox"
                        aria-label={`Select ${column.name}`}
                        checked={selected.includes(column.name)}
                        onChange={(event) =>
                          setSelected(
                            event.currentTarget.checked
                              ? [...selected, column.name]
                              : selected.filter((other) => other !== column.name),
                          )
                        }
                      />
                    </td>
                  )}
                  <th scope="row" className={classes.name}>
                    <bdi>{column.name}</bdi>
                  </th>
                  <td className={classes.type}>
                    {canChange ? (
                      <TypeSelect
                        column={column}
                        asked={asked(column.name)}
                        onChange={(choice) => overrule([column.name], choice)}
                      />
                    ) : (
                      column.type
                    )}
                    <span className={classes.reason}>{column.reason}</span>
                    {canChange && column.type === 'numeric' && column.role === 'feature' && (
                      <TailSelect name={column.name} />
                    )}
                    {canChange && column.type === 'categorical' && column.role === 'feature' && (
                      <RareSelect name={column.name} />
                    )}
                  </td>
                  <td>
                    <TargetCell column={column} canChange={canChange} />
                  </td>
                  <td>
                    <MiniHistogram column={column} />
                  </td>
                  <td className={classes.number}>{formatCount(column.distinct)}</td>
                  <td className={classes.number}>
                    {column.missing === 0
                      ? '–'
                      : `${formatCount(column.missing)} (${share(column.missing, table.rows)})`}
                    {column.markers.length > 0 && (
                      <span className={classes.reason}>{column.markers.map((m) => `"${m}"`).join(', ')}</span>
                    )}
                  </td>
                  <td>{rangeOf(column)}</td>
                </tr>
                <Flags of={column.name} notes={ofColumn(column.name)} width={canChange ? 8 : 7} />
              </Fragment>
            ))}
          </tbody>
        </table>
      </section>
      {shown.length < columns.length && (
        <SmallButton onClick={() => setLong(true)}>
          Show all {formatCount(columns.length)} columns
        </SmallButton>
      )}
    </Card>
  );
}

/** What a person should look at, below the column and as wide as the table. */
function Flags({ of, notes, width }: { of: string; notes: readonly Note[]; width: number }) {
  if (notes.length === 0) return null;
  return (
    <tr className={classes.flags}>
      <td colSpan={width}>
        <ul aria-label={`Notes on ${of}`}>
          {notes.map((note) => (
            <li key={`${note.code} ${note.text}`} className={classes.flag} title={note.code}>
              {labelled(note.text)}
            </li>
          ))}
        </ul>
      </td>
    </tr>
  );
}

function TypeSelect({
  column,
  asked,
  onChange,
}: {
  column: DescribedColumn;
  asked: string;
  onChange(choice: Choice): void;
}) {
  const isOther = !CHOICES.some((choice) => choice === asked);
  return (
    <select
      className={classes.select}
      aria-label={`Read ${column.name} as`}
      value={asked}
      onChange={(event) => onChange(event.currentTarget.value as Choice)}
    >
      {CHOICES.map((choice) => (
        <option key={choice} value={choice}>
          {choice === 'auto' && asked === 'auto' ? `auto: ${column.type}` : choice}
        </option>
      ))}
      {isOther && <option value={asked}>{asked}</option>}
    </select>
  );
}

const csvOf = ({ columns, table }: DataDescription): string =>
  toCsv(
    ['column', 'type', 'reason', 'role', 'distinct', 'missing', 'rows', 'markers', 'min', 'max', 'mean'],
    columns.map((c) => [
      c.name,
      c.type,
      c.reason,
      c.role,
      c.distinct,
      c.missing,
      table.rows,
      c.markers.join(' '),
      c.min,
      c.max,
      c.mean,
    ]),
  );
