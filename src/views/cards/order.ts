// Selects and orders the registered cards of a tab.
import type { RunRecord } from '../../store/runRecord.ts';
import type { CardPlace, ChartCard } from './card.ts';

type Fault = Pick<RunRecord, 'status' | 'error'>;

const hasNumericFault = (run: Fault): boolean => run.status === 'failed' && run.error?.fault !== undefined;

/** In registry order; after a fault, the cards that explain it come first. */
export function cardsOf(
  registry: Readonly<Record<string, ChartCard>>,
  place: CardPlace,
  run: Fault,
): [string, ChartCard][] {
  const own = Object.entries(registry).filter(([, card]) => card.place === place);
  if (!hasNumericFault(run)) return own;
  const first = ([, card]: [string, ChartCard]) => card.explainsFault === true;
  return [...own.filter(first), ...own.filter((entry) => !first(entry))];
}
