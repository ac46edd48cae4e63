// The storage that kept runs use, and their budget.
import { useId } from 'react';
import { BUDGETS, usedBytes } from '../../../store/budget.ts';
import type { RunEntry } from '../../../store/runEntry.ts';
import { useStore } from '../../../store/store.ts';
import { Card } from '../../charts/parts/Card.tsx';
import { sizeText } from './runList.ts';
import classes from './runs.module.css';

export function StorageCard({ entries }: { entries: readonly RunEntry[] }) {
  const budget = useStore((s) => s.budget);
  const isPersisted = useStore((s) => s.isPersisted);
  const { setBudget } = useStore.getState();
  const id = useId();
  const used = usedBytes(entries);
  return (
    <Card title="Storage" subtitle={`${sizeText(used)} of ${sizeText(budget)}`}>
      <meter className={classes.meter} min={0} max={budget} value={used} aria-label="Storage that runs take">
        {sizeText(used)}
      </meter>
      <p className={classes.facts}>
        <label htmlFor={id}>Runs may take </label>
        <select
          id={id}
          value={budget}
          onChange={(event) => void setBudget(Number(event.currentTarget.value))}
        >
          {BUDGETS.map((bytes) => (
            <option key={bytes} value={bytes}>
              {sizeText(bytes)}
            </option>
          ))}
        </select>
        . Above that, measurements of networks (attention, experts, mask tests) go first, then weights, of the
        oldest runs without a star; results stay.{' '}
        {isPersisted === true && 'The browser has promised not to clear them away.'}
        {isPersisted === false &&
          'The browser may clear them away where it is short of room: export what matters.'}
      </p>
    </Card>
  );
}
