// Wraps content about the run on screen: it is dimmed if the settings on the left differ.
import type { ReactNode } from 'react';
import { useDeviation } from '../../store/hooks.ts';
import controls from './controls.module.css';
import classes from './ofRun.module.css';

export function OfRun({ children }: { children: ReactNode }) {
  const isOther = useDeviation().length > 0;
  return <div className={isOther ? `${controls.stack} ${classes.isOther}` : controls.stack}>{children}</div>;
}
