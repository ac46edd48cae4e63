import { expect, it } from 'vitest';
import { push, redo, startHistory, undo } from './history.ts';

it('goes back and forth, and forgets what was undone at a new step', () => {
  const three = push(push(startHistory('a'), 'b'), 'c');
  expect(undo(three).present).toBe('b');
  expect(undo(undo(undo(three))).present).toBe('a');
  expect(redo(undo(three))).toEqual(three);
  expect(redo(push(undo(three), 'd')).present).toBe('d');
  expect(redo(three)).toBe(three);
});
