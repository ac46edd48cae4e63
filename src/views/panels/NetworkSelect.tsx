// Chooses whose attention or experts to show, in a run with several networks.
import { useId } from 'react';
import type { Role } from '../../engine/core/roles.ts';
import { useRun, useView } from '../../store/hooks.ts';
import type { RunRecord } from '../../store/runRecord.ts';
import { networkLabel } from '../shell/runNames.ts';
import classes from './networkSelect.module.css';

/**
 * Why there is nothing to show of the chosen network.
 * @param stage - the stage in training, of the current seed
 */
export function absenceOf(
  run: RunRecord,
  role: Role | null,
  stage: number | undefined,
): { title: string; text: string } {
  const parts = run.seedStates.at(-1)?.parts ?? [];
  const part = parts.find((p) => p.role === role);
  if (run.isExample || !part)
    return { title: 'Not recorded in the example', text: 'Press Run to train and measure it here.' };
  const label = networkLabel(parts, part.role);
  const isActive = run.status === 'running' || run.status === 'paused';
  if (isActive && (stage ?? 0) < part.stage)
    return {
      title: `${label} has not begun`,
      text: 'It waits in the queue: see Networks compared on the Train tab.',
    };
  if (isActive)
    return { title: `Nothing measured of ${label} yet`, text: 'The next measurement will be shown here.' };
  return {
    title: `Nothing measured of ${label}`,
    text: 'It did not begin, or it finished before the run was resumed: a checkpoint keeps results of finished networks, not their weights. Run again to look into it.',
  };
}

/**
 * One choice for all tabs, which is part of links. It reads the run itself, so that a view which is handed this control is not
 * drawn anew with every event of the run.
 * @param shown - the role of the network on screen
 */
export function NetworkSelect({ shown }: { shown: Role | null }) {
  const run = useRun();
  const [{ role }, setView] = useView();
  const id = useId();
  const parts = run?.seedStates.at(-1)?.parts ?? [];
  if (!run || parts.length < 2) return null;
  return (
    <span className={classes.box}>
      <label htmlFor={id}>Network</label>
      <select
        id={id}
        value={role ?? ''}
        onChange={(event) => setView({ role: (event.currentTarget.value || null) as Role | null })}
      >
        <option value="">
          {run.status === 'running' || run.status === 'paused' ? 'in training' : 'the model'}
          {role === null && shown ? `: ${networkLabel(parts, shown)}` : ''}
        </option>
        {parts.map((part) => (
          <option key={part.role} value={part.role}>
            {networkLabel(parts, part.role)}
          </option>
        ))}
      </select>
    </span>
  );
}
