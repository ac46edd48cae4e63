import { expect, test } from 'vitest';
import { actionOf, PACES, paceAfter } from './keys.ts';

test('arrows and clickers turn pages; a control with the focus keeps its keys', () => {
  expect(actionOf('ArrowRight', false)).toBe('next');
  expect(actionOf('PageUp', true)).toBe('back');
  expect(actionOf('ArrowRight', true)).toBeNull();
  expect(actionOf(' ', true)).toBeNull();
  expect(actionOf(' ', false)).toBe('toggle');
  expect(actionOf('Escape', true)).toBe('leave');
  expect(actionOf('x', false)).toBeNull();
});

test('the pace goes down to one step in two seconds, and back to as fast as it goes', () => {
  let pace: number | null = null;
  const down = Array.from({ length: PACES.length }, () => {
    pace = paceAfter(pace, 'slower');
    return pace;
  });
  expect(down).toEqual([20, 5, 2, 1, 0.5, 0.5]);
  expect(paceAfter(20, 'faster')).toBeNull();
  expect(paceAfter(null, 'faster')).toBeNull();
});
