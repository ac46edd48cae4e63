// How the file is read: header, number notation and missing markers, with the first rows as read.
import type { ParamSpec, ParamValue } from '../../../engine/config/params.ts';
import type { DataDescription } from '../../../engine/protocol/dataDescription.ts';
import { labelled } from '../../../store/labels.ts';
import { useStore } from '../../../store/store.ts';
import { toCsv } from '../../charts/csv.ts';
import { formatCount } from '../../charts/format.ts';
import { Card } from '../../charts/parts/Card.tsx';
import { ParamRow } from '../../controls/ParamRow.tsx';
import classes from './data.module.css';
import { unnoted } from './unnoted.ts';

/** Settings that change how the first rows are read. */
const KEYS = [
  'header',
  'decimal',
  'missingMarkers',
  'delimiter',
  'skipLines',
  'unlabelled',
  'mergeSpellings',
  'sample',
  'sampleRows',
  'sampleBy',
];
/** Number of columns shown of the first rows. */
const SHOWN = 40;

function Setting({ spec }: { spec: ParamSpec }) {
  const path = `data.${spec.key}`;
  const value = useStore((s) => s.experiment?.data.params[spec.key]) ?? spec.default;
  const setValue = useStore((s) => s.setValue);
  const issue = useStore(
    (s) => s.refused[path] ?? s.checked.find((i) => i.path === `data.params.${spec.key}`) ?? null,
  );
  return (
    <ParamRow
      path={`tab.${path}`}
      spec={spec}
      value={value as ParamValue}
      changedSinceRun={false}
      suspect={false}
      issue={issue}
      onChange={(next) => setValue(path, next)}
    />
  );
}

export function ReadingCard({ description }: { description: DataDescription }) {
  const specs = useStore((s) => s.catalog?.sources.find((source) => source.id === description.source));
  const ofFormat = useStore(
    (s) => s.catalog?.formats.find(({ id }) => id === description.table.format)?.settings,
  );
  const wanted = [...(ofFormat ?? []), ...KEYS].flatMap(
    (key) => specs?.dataParams.find((spec) => spec.key === key) ?? [],
  );
  const { columns, firstRows, table } = description;
  const shown = columns.slice(0, SHOWN);
  const dropped = unnoted(table);
  const notes = table.notes.filter((note) => note.column === undefined);
  return (
    <Card
      figure="reading"
      title="How the file is read"
      subtitle={`as ${table.format}; the first ${firstRows.length} rows`}
      files={{
        what: 'First rows',
        fileName: 'first-rows',
        hasPicture: false,
        csv: () =>
          toCsv(
            columns.map(({ name }) => name),
            firstRows,
          ),
      }}
    >
      <div className={classes.reading}>
        <div>
          {wanted.map((spec) => (
            <Setting key={spec.key} spec={spec} />
          ))}
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <section className={classes.scroll} tabIndex={0} aria-label="First rows">
          <table className={classes.table}>
            <thead>
              <tr>
                {shown.map(({ name }) => (
                  <th key={name} scope="col">
                    <bdi>{name}</bdi>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {firstRows.map((row, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows are told apart by position only
                <tr key={i}>
                  {shown.map(({ name }, column) => (
                    <td key={name}>
                      {row[column] === '' ? (
                        <em className={classes.missing}>missing</em>
                      ) : (
                        <bdi>{row[column]}</bdi>
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </div>
      {(dropped.length > 0 || notes.length > 0) && (
        <ul className={classes.notes}>
          {dropped.map(({ reason, count, lines }) => (
            <li key={reason}>
              {formatCount(count)} {count === 1 ? 'line is no row' : 'lines are no rows'}: {reason}; first in{' '}
              {lines.join(', ')}.
            </li>
          ))}
          {notes.map((note) => (
            <li key={note.text}>{labelled(note.text)}</li>
          ))}
        </ul>
      )}
    </Card>
  );
}
