// A chart card: what a tab shows of a run, in a file of its own and with one line in registry.ts.
import type { ComponentType } from 'react';
import type { Catalog } from '../../engine/config/catalog.ts';
import type { RunRecord } from '../../store/runRecord.ts';

/** The tab, and its view where it has several, at whose end a card stands; those of the Train tab are all of it. */
export type CardPlace = 'train' | 'attention' | 'mask-tests' | 'row-tests' | 'experts' | 'tasks' | 'profile';

export interface RunCardProps {
  run: RunRecord;
  catalog: Catalog | null;
}

export interface ChartCard {
  place: CardPlace;
  /** Draws a `Card` of charts/parts, with its title and `files`, or nothing where this run has nothing to show of it. */
  Component: ComponentType<RunCardProps>;
  /** Tells how a number that is not finite came about: stands before the others once a run has failed by one. */
  explainsFault?: boolean;
}
