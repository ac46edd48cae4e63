// Wraps content about the run on screen: it is dimmed if the settings on the left differ.
import type { ReactNode } from 'react';
import { useDeviation } from '../../store/hooks.ts';
import classes from './shell.module.css';

export function OfRun({ children }: { children: ReactNode }) {
  const isOther = useDeviation().length > 0;
  return <div className={isOther ? `${classes.stack} ${classes.isOther}` : classes.stack}>{children}</div>;
}
