// The keys of a panel, shown on request.
import classes from './parts.module.css';

export type KeyHelp = readonly (readonly [keys: string, what: string])[];

export function KeyList({ keys }: { keys: KeyHelp }) {
  return (
    <dl className={classes.keys}>
      {keys.map(([key, what]) => [<dt key={key}>{key}</dt>, <dd key={what}>{what}</dd>])}
    </dl>
  );
}
