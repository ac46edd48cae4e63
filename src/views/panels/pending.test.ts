import { expect, it } from 'vitest';
import { pendingOf } from './pending.ts';

it('says that a network is being measured once it is asked of a run that is over', () => {
  const asked = { isOpen: true, progress: null };
  expect(pendingOf({ status: 'finished' }, asked)?.title).toBe('Being measured');
  expect(pendingOf({ status: 'stopped' }, asked)).not.toBeNull();
  expect(pendingOf({ status: 'finished' }, { ...asked, isOpen: false })).toBeNull();
  expect(pendingOf(null, asked)).toBeNull();
});

it('says so of a run that goes on only while something is measured', () => {
  expect(pendingOf({ status: 'running' }, { isOpen: true, progress: null })).toBeNull();
  expect(pendingOf({ status: 'running' }, { isOpen: true, progress: { done: 1, total: 2 } })).not.toBeNull();
});
