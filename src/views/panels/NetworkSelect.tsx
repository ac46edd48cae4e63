// Whose attention or experts to show, in a run that trains several networks.
import { useId } from 'react';
import type { PartInfo, Role } from '../../engine/protocol.ts';
import type { RunState } from '../../store/runState.ts';
import classes from './networkSelect.module.css';

/** Label of a network, with its role where the run has two of the kind. */
export function networkLabel(parts: readonly PartInfo[], role: Role): string {
  const part = parts.find((p) => p.role === role);
  if (!part) return role;
  const twins = parts.filter((p) => p.label === part.label).length > 1;
  return twins || role === 'baseline' ? `${part.label} (${role.replace('-', ' ')})` : part.label;
}

export interface NetworkSelectProps {
  run: RunState;
  role: Role | null;
  /** Of the network on screen. */
  shown: Role | null;
  onChange(role: Role | null): void;
}

export function NetworkSelect({ run, role, shown, onChange }: NetworkSelectProps) {
  const id = useId();
  const parts = run.seedStates.at(-1)?.parts ?? [];
  if (parts.length < 2) return null;
  return (
    <span className={classes.box}>
      <label htmlFor={id}>Network</label>
      <select
        id={id}
        value={role ?? ''}
        onChange={(event) => onChange((event.currentTarget.value || null) as Role | null)}
      >
        <option value="">
          {run.status === 'finished' ? 'the model' : 'in training'}
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
