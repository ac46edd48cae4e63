import { expect, it } from 'vitest';
import { toDrop, usedBytes } from './budget.ts';
import type { RunEntry } from './runEntry.ts';

const entry = (runId: string, day: number, isStarred = false) =>
  ({
    runId,
    createdAt: `2026-01-0${day}`,
    labels: { isStarred },
    bytes: { record: 10, series: 10, captures: 100, networks: 50 },
  }) as RunEntry;

const entries = [entry('new', 3), entry('starred', 1, true), entry('old', 2)];
const dropped = (budget: number, isBusy?: (runId: string) => boolean) =>
  toDrop(entries, budget, isBusy).map(({ runId, kind }) => `${kind} of ${runId}`);

it('answers of the oldest run go first, then networks, never results nor what is starred', () => {
  expect(usedBytes(entries)).toBe(510);
  expect(dropped(510)).toEqual([]);
  expect(dropped(509)).toEqual(['captures of old']);
  expect(dropped(400)).toEqual(['captures of old', 'captures of new']);
  expect(dropped(0)).toEqual(['captures of old', 'captures of new', 'networks of old', 'networks of new']);
});

it('a run that goes on keeps all', () => {
  expect(dropped(0, (runId) => runId === 'old')).toEqual(['captures of new', 'networks of new']);
});
