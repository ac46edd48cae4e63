import { expect, it } from 'vitest';
import { attentions } from '../layers/attention/registry.ts';
import { attentionOf, withAttentionChoice } from './attentionChoice.ts';

it('is no setting while there is one kind of attention', () => {
  expect(Object.keys(attentions)).toEqual(['softmax']);
  expect(withAttentionChoice([])).toEqual([]);
  expect(attentionOf({})).toBe(attentions.softmax);
});

it('refuses a kind that there is not', () => {
  expect(() => attentionOf({ attentionVariant: 'linear' })).toThrow(
    /model\.params\.attentionVariant.*softmax/,
  );
});
