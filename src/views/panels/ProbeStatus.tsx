// Progress of a measurement, with a button that ends it; or why it was not answered.

import type { ProbeId } from '../../engine/probes/registry.ts';
import type { ProbeHandle } from '../../store/useProbe.ts';
import { formatCount } from '../charts/format.ts';
import { SmallButton } from '../charts/parts/SmallButton.tsx';
import classes from './probeStatus.module.css';

export interface ProbeStatusProps<Id extends ProbeId> {
  probe: ProbeHandle<Id>;
  /** "Testing the masks" */
  what: string;
}

export function ProbeStatus<Id extends ProbeId>({ probe, what }: ProbeStatusProps<Id>) {
  const { progress, isStopped, error, ask, stop } = probe;
  if (progress)
    return (
      <p className={classes.line}>
        <span role="status">
          {what}: {progress.label}, {formatCount(progress.done)} of {formatCount(progress.total)}
        </span>
        <progress value={progress.done} max={progress.total} aria-label={what} />
        <SmallButton onClick={stop}>Stop</SmallButton>
      </p>
    );
  if (isStopped)
    return (
      <p className={classes.line}>
        <span role="status">{what}: stopped.</span>
        <SmallButton onClick={() => ask()}>Measure again</SmallButton>
      </p>
    );
  if (!error) return null;
  return (
    <p className={classes.line} role="alert">
      {error.message}
    </p>
  );
}
