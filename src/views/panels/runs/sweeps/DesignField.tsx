// Which cells of a sweep are trained: all, a random sample, or by successive halving.
import { useState } from 'react';
import type { Design } from '../../../../engine/sweeps/sweep.ts';
import { useStore } from '../../../../store/store.ts';
import { Labelled } from './Labelled.tsx';
import classes from './sweeps.module.css';

/** The initial settings of a design. @param epochs - of the experiment on the left */
function designOf(kind: string, epochs: number): Design {
  if (kind === 'random') return { kind, cells: 20, seed: 0 };
  if (kind !== 'halving') return { kind: 'grid' };
  return { kind, eta: 3, key: 'training.epochs', from: Math.max(1, Math.round(epochs / 9)), to: epochs };
}

export function DesignField({ epochs }: { epochs: number }) {
  const design = useStore((s) => s.sweepDraft.design);
  const { changeSweepDraft } = useStore.getState();
  const set = (next: Design) => changeSweepDraft({ design: next });
  return (
    <>
      <Labelled label="Cells">
        {(id) => (
          <span className={classes.inline}>
            <select
              id={id}
              value={design.kind}
              onChange={(event) => set(designOf(event.currentTarget.value, epochs))}
            >
              <option value="grid">every combination</option>
              <option value="random">drawn at random</option>
              <option value="halving">successive halving</option>
            </select>
            {design.kind === 'random' && (
              <Count
                label="How many cells are drawn"
                value={design.cells}
                onChange={(cells) => set({ ...design, cells })}
              />
            )}
          </span>
        )}
      </Labelled>
      {design.kind === 'halving' && (
        <>
          <Labelled label="Epochs, first">
            {(id) => <Count id={id} value={design.from} onChange={(from) => set({ ...design, from })} />}
          </Labelled>
          <Labelled label="Epochs, last">
            {(id) => <Count id={id} value={design.to} onChange={(to) => set({ ...design, to })} />}
          </Labelled>
          <Labelled label="One goes on of">
            {(id) => <Count id={id} value={design.eta} onChange={(eta) => set({ ...design, eta })} />}
          </Labelled>
          <p className={classes.summary}>
            All cells train for few epochs; the best of them by their validation score train anew for{' '}
            {design.eta} times as many, until one round has the last number of epochs (Jamieson and Talwalkar
            2016). The test split has no part in the choice.
          </p>
        </>
      )}
    </>
  );
}

interface CountProps {
  id?: string;
  /** Used if there is no label beside it. */
  label?: string;
  value: number;
  onChange(value: number): void;
}

function Count({ id, label, value, onChange }: CountProps) {
  // An empty box on the way to another number changes nothing.
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <input
      id={id}
      type="number"
      aria-label={label}
      min={1}
      value={typed ?? value}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        if (Number.isFinite(currentTarget.valueAsNumber)) onChange(currentTarget.valueAsNumber);
      }}
      onBlur={() => setTyped(null)}
    />
  );
}
