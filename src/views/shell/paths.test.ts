import { describe, expect, it } from 'vitest';
import { nextOf } from './keepFocus.ts';
import { issueAt, rowPath } from './paths.ts';

describe('rowPath', () => {
  it.each([
    ['model.params.heads', 'model.heads'],
    ['tasks.targets[1].type', 'tasks.targets'],
    ['model.id', 'model'],
    ['training.epochs', 'training.epochs'],
    ['seed', 'seed'],
    ['compare2.params.experts', 'compare2.experts'],
    ['compare2.id', 'compare2'],
  ])('%s is shown at %s', (issue, row) => {
    expect(rowPath(issue)).toBe(row);
  });
});

it('finds the first issue of a row, and none for its neighbours', () => {
  const issue = { path: 'model.params.heads', expected: '4', got: '3', remedy: 'Use 4.' };
  expect(issueAt([issue], 'model.heads')).toBe(issue);
  expect(issueAt([issue], 'model')).toBeNull();
});

it('leaves a control that is gone for the one behind it, and one that is switched off for the one before', () => {
  const controls = ['Run', 'Step', 'Stop', 'Reset'];
  const isFit = (name: string) => name !== 'Step';
  expect(nextOf(controls, 'Stop', false, isFit)).toBe('Reset');
  expect(nextOf(controls, 'Stop', true, isFit)).toBe('Run');
  expect(nextOf(controls, 'Reset', false, isFit)).toBe('Stop');
  expect(nextOf(controls, 'Run', true, isFit)).toBe('Stop');
  expect(nextOf(controls, 'Stop', false, () => false)).toBeNull();
});
