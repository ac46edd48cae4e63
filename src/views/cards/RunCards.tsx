// The registered cards of a tab, for the run on screen.
import { Suspense } from 'react';
import { useCatalog, useRun } from '../../store/hooks.ts';
import { useInSlices } from '../shell/useInSlices.ts';
import type { CardPlace, RunCardProps } from './card.ts';
import { cardsOf } from './order.ts';
import { cards } from './registry.ts';

export function RunCards({ place }: { place: CardPlace }) {
  const run = useRun();
  const catalog = useCatalog();
  return run && <Cards place={place} run={run} catalog={catalog} />;
}

function Cards({ place, ...props }: { place: CardPlace } & RunCardProps) {
  if (!useInSlices(`cards of ${place}`)) return null;
  return cardsOf(cards, place, props.run).map(([id, { Component }]) => (
    <Suspense key={id} fallback={null}>
      <Component {...props} />
    </Suspense>
  ));
}
