// Labelled bars on a common scale from 0, with printed values and an optional limit.
import type { ReactNode } from 'react';
import classes from './experts.module.css';

export interface Bar {
  key: string | number;
  name: ReactNode;
  /** One entry per lane. */
  values: readonly { share: number; text: string; flag?: ReactNode }[];
  chosen?: boolean;
}

export interface Lane {
  title: string;
  /** Value of a full bar, as text. */
  full: string;
  /** Position of a limit on the lane, 0 to 1, and its label. */
  limit?: { share: number; text: string };
}

export function Bars({
  label,
  head,
  lanes,
  bars,
}: {
  label: string;
  /** Heading of the rows. */
  head: string;
  lanes: readonly Lane[];
  bars: readonly Bar[];
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={classes.scroll} tabIndex={0} aria-label={label}>
      <table className={classes.bars}>
        <thead>
          <tr>
            <th scope="col">{head}</th>
            {lanes.map((lane) => (
              <th key={lane.title} scope="col">
                {lane.title} <span>{lane.full}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bars.map((bar) => (
            <tr key={bar.key} data-chosen={bar.chosen}>
              <th scope="row">
                <span className={classes.barName}>{bar.name}</span>
              </th>
              {bar.values.map((value, i) => {
                const limit = lanes[i]?.limit;
                return (
                  // biome-ignore lint/suspicious/noArrayIndexKey: lanes are told apart by position only
                  <td key={i}>
                    <span className={classes.lane} data-flags={limit !== undefined}>
                      <i className={classes.track}>
                        <i style={{ width: `${100 * Math.min(1, Math.max(0, value.share || 0))}%` }} />
                        {limit && (
                          <i
                            className={classes.limit}
                            style={{ left: `${100 * limit.share}%` }}
                            title={limit.text}
                          />
                        )}
                      </i>
                      <b>{value.text}</b>
                      {value.flag}
                    </span>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
