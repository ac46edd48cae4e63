// The text alternative of a chart: a plain table, shown instead of it or for screen readers only.
import type { ReactNode } from 'react';
import { Name } from './Name.tsx';
import classes from './parts.module.css';
import { Hint } from './Term.tsx';

export interface TableData {
  caption: string;
  header: string[];
  /** What a head means, by its text; shown on hover and focus. */
  help?: Readonly<Record<string, string>>;
  /** The first cell of a row is its heading. */
  rows: (string | number)[][];
}

function Table({
  data,
  className,
  help = {},
}: {
  data: TableData;
  className?: string;
  help?: TableData['help'];
}) {
  return (
    <table className={className}>
      <caption>{data.caption}</caption>
      <thead>
        <tr>
          {data.header.map((text, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns are told apart by position only
            <th key={i} scope="col">
              {help[text] ? <Hint text={help[text]}>{text}</Hint> : <Name>{text}</Name>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {data.rows.map(([heading, ...cells], i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows are told apart by position only
          <tr key={i}>
            <th scope="row">
              <Name>{String(heading)}</Name>
            </th>
            {cells.map((cell, j) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: cells are told apart by position only
              <td key={j}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Scrolls within its card. */
export function DataTable({ data, maxHeight }: { data: TableData; maxHeight?: number }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={classes.tableScroll} style={{ maxHeight }} tabIndex={0} aria-label={data.caption}>
      <Table data={data} className={classes.table} help={data.help} />
    </section>
  );
}

/** For screen readers only. */
export function HiddenTable({ data }: { data: TableData }): ReactNode {
  return (
    <div className="visually-hidden">
      <Table data={data} />
    </div>
  );
}
