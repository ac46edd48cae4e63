// A chart card: a figure that a tab shows of a run, in its own file and with one line in registry.ts.
import type { ComponentType } from 'react';
import type { Catalog } from '../../engine/config/catalog.ts';
import type { RunRecord } from '../../store/runRecord.ts';

/** The tab, and its view if it has several, that shows the card at its end; the Train tab consists of cards only. */
export type CardPlace = 'train' | 'attention' | 'mask-tests' | 'row-tests' | 'experts' | 'tasks' | 'profile';

export interface RunCardProps {
  run: RunRecord;
  catalog: Catalog | null;
}

export interface ChartCard {
  place: CardPlace;
  /** Draws a `Card` of charts/parts, with its title and `files`, or nothing if the run has no such data. */
  Component: ComponentType<RunCardProps>;
  /** Explains where a number that is not finite came from: shown first once a run has failed because of one. */
  explainsFault?: boolean;
}
