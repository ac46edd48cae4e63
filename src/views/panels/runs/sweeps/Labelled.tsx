// A row of the form: a label and its control.
import { type ReactNode, useId } from 'react';
import classes from './sweeps.module.css';

export function Labelled({ label, children }: { label: string; children(id: string): ReactNode }) {
  const id = useId();
  return (
    <div className={classes.field}>
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  );
}
