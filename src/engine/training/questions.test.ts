import { expect, it } from 'vitest';
import { type Question, Questions } from './questions.ts';

const watch: Question = { probe: 'attention', request: { rows: 1 }, mode: 'watch' };
const once: Question = { probe: 'what-if', request: {}, mode: 'once' };

it('holds one question per probe, and says once that there are new ones', () => {
  const questions = new Questions();
  expect(questions.takeNew()).toBe(false);
  questions.put(watch);
  questions.put(once);
  expect(questions.all).toEqual([watch, once]);
  expect([questions.takeNew(), questions.takeNew()]).toEqual([true, false]);
  const other = { ...watch, request: { rows: 2 } };
  questions.put(other);
  expect([questions.isOpen(watch), questions.isOpen(other)]).toEqual([false, true]);
  expect(questions.takeNew()).toBe(true);
});

it('keeps a watch open when it is answered, and nothing else', () => {
  const questions = new Questions();
  questions.put(watch);
  questions.put(once);
  expect(questions.waiting).toEqual([watch, once]);
  questions.answered(watch);
  questions.answered(once);
  expect(questions.all).toEqual([watch]);
  expect(questions.waiting).toEqual([]);
});

it('has nothing new when what came was withdrawn, and tells of every change', () => {
  let changes = 0;
  const questions = new Questions(() => changes++);
  questions.put(watch);
  questions.withdraw('attention');
  questions.withdraw('attention');
  expect(questions.takeNew()).toBe(false);
  expect(questions.isOpen(watch)).toBe(false);
  expect(changes).toBe(2);
  questions.put(watch);
  questions.put(once);
  questions.withdrawAll();
  expect(questions.all).toEqual([]);
});
