// Chooses the task whose network is shown, for models with one network per task.
import { useId } from 'react';
import selectClasses from '../networkSelect.module.css';

export interface TaskSelectProps {
  networks: readonly string[];
  value: string;
  onChange(network: string): void;
}

export function TaskSelect({ networks, value, onChange }: TaskSelectProps) {
  const id = useId();
  return (
    <span className={selectClasses.box}>
      <label htmlFor={id}>Task</label>
      <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {networks.map((network) => (
          <option key={network}>{network}</option>
        ))}
      </select>
    </span>
  );
}
