// The registered cards of a tab, for the run on screen.
import { Suspense } from 'react';
import { useCatalog, useRun } from '../../store/hooks.ts';
import type { CardPlace } from './card.ts';
import { cardsOf } from './order.ts';
import { cards } from './registry.ts';

export function RunCards({ place }: { place: CardPlace }) {
  const run = useRun();
  const catalog = useCatalog();
  if (!run) return null;
  return cardsOf(cards, place, run).map(([id, { Component }]) => (
    <Suspense key={id} fallback={null}>
      <Component run={run} catalog={catalog} />
    </Suspense>
  ));
}
