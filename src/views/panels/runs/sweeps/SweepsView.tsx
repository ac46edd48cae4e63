// The Sweeps view: a new sweep, the queue, and results.
import { useState } from 'react';
import { useStore } from '../../../../store/store.ts';
import { QueueCard } from './QueueCard.tsx';
import { ResultsCards } from './ResultsCards.tsx';
import { SweepForm } from './SweepForm.tsx';

export function SweepsView() {
  const sweeps = useStore((s) => s.sweeps);
  const catalog = useStore((s) => s.catalog);
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = sweeps.find(({ id }) => id === chosen) ?? sweeps.at(-1);
  return (
    <>
      <SweepForm onAdded={setChosen} />
      <QueueCard shown={shown?.id ?? null} onShow={setChosen} />
      {shown && catalog && <ResultsCards key={shown.id} item={shown} catalog={catalog} />}
    </>
  );
}
