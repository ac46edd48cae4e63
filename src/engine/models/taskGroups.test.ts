import fc from 'fast-check';
import { expect, it } from 'vitest';
import { chosenGroups, proposedGroups } from './taskGroups.ts';

it('takes group numbers as they are, by first task', () => {
  expect(chosenGroups([2, 1], 5)).toEqual([
    [0, 2, 4],
    [1, 3],
  ]);
  expect(chosenGroups([7], 3)).toEqual([[0, 1, 2]]);
});

it('puts strongly related tasks together, opposed ones as well', () => {
  const r = Float64Array.of(1, 0.1, -0.9, 0.1, 1, 0.2, -0.9, 0.2, 1);
  expect(proposedGroups(r, 3, 2)).toEqual([[0, 2], [1]]);
});

it('gives as many groups as asked for, each task in one', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 5 }),
      fc.infiniteStream(fc.double()),
      (t, count, stream) => {
        const values = Float64Array.from({ length: t * t }, () => stream.next().value as number);
        const groups = proposedGroups(values, t, count);
        expect(groups).toHaveLength(Math.min(t, count));
        expect(groups.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: t }, (_, i) => i));
      },
    ),
  );
});
