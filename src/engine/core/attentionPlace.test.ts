import { expect, it } from 'vitest';
import { distanceInNetwork, placeKey, samePlace } from './attentionPlace.ts';

const head = { network: null, block: 0, kind: 'feature' as const, head: 1 };

it('is the same place when every part is', () => {
  expect(samePlace(head, { ...head })).toBe(true);
  for (const change of [{ network: 'y1' }, { block: 1 }, { kind: 'row' as const }, { head: 0 }])
    expect(samePlace(head, { ...head, ...change }), JSON.stringify(change)).toBe(false);
  const { head: _, ...layer } = head;
  expect(samePlace(layer, { ...layer })).toBe(true);
  expect(samePlace(layer, head)).toBe(false);
});

it('has a key of its own, whatever the task is called', () => {
  const { head: _, ...layer } = head;
  expect(placeKey(layer)).toBe('block0/feature');
  expect(placeKey(head)).toBe('block0/feature/head1');
  expect(placeKey({ ...head, network: 'y1', kind: 'row' })).toBe('y1/block0/row/head1');
  expect(placeKey({ ...head, network: 'a/b' })).toBe('a/b/block0/feature/head1');
});

it('is nearer in another head than in another block, and farthest in another kind', () => {
  const from = (change: object) => distanceInNetwork({ ...head, ...change }, head);
  expect(from({})).toBe(0);
  expect(from({ head: 9 })).toBeLessThan(from({ block: 1 }));
  expect(from({ block: 9 })).toBeLessThan(from({ kind: 'row' }));
});
