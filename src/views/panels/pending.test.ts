import { expect, it } from 'vitest';
import { pendingOf } from './pending.ts';

const asked = { isOpen: true, progress: null };

it('says that a network is being measured once it is asked of a run that is over', () => {
  expect(pendingOf({ status: 'finished' }, null, asked)?.title).toBe('Being measured');
  expect(pendingOf({ status: 'stopped' }, 'model', asked)?.title).toBe('Being measured');
  expect(pendingOf({ status: 'finished' }, null, { ...asked, isOpen: false })).toBeNull();
  expect(pendingOf(null, null, asked)).toBeNull();
});

it('asks nobody to press Run while a run goes on', () => {
  expect(pendingOf({ status: 'running' }, null, asked)?.title).toBe('Not measured yet');
  expect(pendingOf({ status: 'running' }, 'baseline', asked)).toBeNull();
  const measured = { isOpen: true, progress: { done: 1, total: 2 } };
  expect(pendingOf({ status: 'running' }, 'baseline', measured)?.title).toBe('Being measured');
});
