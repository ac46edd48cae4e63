import { expect, it } from 'vitest';
import { isFull, storageReason } from './reason.ts';

it.each([
  [new DOMException('', 'QuotaExceededError'), 'the room that the browser gives this page is full'],
  [
    new DOMException('Denied.', 'SecurityError'),
    'the browser is set to store nothing for this page: Denied.',
  ],
  [new DOMException('', 'ConstraintError'), 'ConstraintError'],
  [new DOMException('', 'toString'), 'toString'],
  [new Error('no room'), 'no room'],
  [null, 'no reason was given'],
  ['', 'no reason was given'],
  ['gone', 'gone'],
])('says why: %s', (error, reason) => {
  expect(storageReason(error)).toBe(reason);
});

it('tells a full storage from another refusal', () => {
  expect(isFull(new DOMException('', 'QuotaExceededError'))).toBe(true);
  expect(isFull(new Error('Encountered full disk: quota'))).toBe(true);
  expect(isFull(new DOMException('', 'SecurityError'))).toBe(false);
});
