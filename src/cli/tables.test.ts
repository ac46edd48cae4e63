import { expect, it } from 'vitest';
import { catalog } from '../engine/catalog.ts';
import { modelsText, textTable } from './tables.ts';

it('lists every architecture with its source and every setting', () => {
  const text = modelsText();
  for (const { id, citation, params } of catalog.models) {
    expect(text).toContain(`${id}: `);
    expect(text).toContain(citation);
    for (const { key } of params) expect(text).toContain(`  ${key} `);
  }
});

it('lists one when asked for it', () => {
  const text = modelsText('ple');
  expect(text).toMatch(/^ple: PLE/);
  expect(text).not.toContain('mmoe:');
  expect(text).toMatch(/sharedExperts +an integer from 1 to \d+, default 2\./);
});

it('aligns columns', () => {
  expect(textTable(['a', 'bb'], [['long', '1']])).toBe('a     bb\nlong   1');
  expect(textTable(['a', 'bb'], [['long', '1']], 'padEnd')).toBe('a     bb\nlong  1');
  // With what a name may hold, too.
  expect(textTable(['a', 'bb'], [['x\ny\u001b', '1']])).toBe('a          bb\nx⏎y\\u001b   1');
});
