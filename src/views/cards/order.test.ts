import { describe, expect, it } from 'vitest';
import type { ChartCard } from './card.ts';
import { cardsOf } from './order.ts';

const card = (place: ChartCard['place'], explainsFault?: boolean): ChartCard => ({
  place,
  Component: () => null,
  ...(explainsFault ? { explainsFault } : {}),
});
const registry = {
  gain: card('train'),
  toy: card('experts'),
  loss: card('train', true),
  results: card('train'),
};
const idsOf = (place: ChartCard['place'], run: Parameters<typeof cardsOf>[2]) =>
  cardsOf(registry, place, run).map(([id]) => id);

describe('the cards of a tab', () => {
  it('stand in the order of the registry, each in the tab that it names', () => {
    const run = { status: 'finished', error: null } as const;
    expect(idsOf('train', run)).toEqual(['gain', 'loss', 'results']);
    expect(idsOf('experts', run)).toEqual(['toy']);
  });

  it('begin with those that explain a number that is not finite, where one ended the run', () => {
    const fault = { role: 'model' } as never;
    const run = { status: 'failed', error: { message: 'NaN', fault } } as never;
    expect(idsOf('train', run)).toEqual(['loss', 'gain', 'results']);
  });
});
