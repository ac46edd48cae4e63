import { expect, test } from 'vitest';
import { embeddedOf, embedSearch, withoutEmbed } from './embed.ts';

test('a frame asks for a tab, or for one figure of it', () => {
  expect(embeddedOf('?embed=attention')).toEqual({ tab: 'attention', figure: null });
  expect(embeddedOf('?v=1&embed=train.loss')).toEqual({ tab: 'train', figure: 'loss' });
  expect(embeddedOf('?v=1')).toBeNull();
  expect(embeddedOf('?embed=')).toBeNull();
});

test('experiment and view stand beside it, and it stays when they are written', () => {
  expect(withoutEmbed('?embed=train.loss&v=1&tasks.count=3')).toBe('v=1&tasks.count=3');
  expect(withoutEmbed('?embed=attention')).toBe('');
  expect(embedSearch('?v=1&embed=train.loss')).toBe('?embed=train.loss');
  expect(embedSearch('?v=1')).toBe('');
});
