import { expect, it } from 'vitest';
import { attentionWalk } from './attentionWalk.ts';

const CELL = { network: null, block: 0, kind: 'feature', head: 0, row: 0, query: 1 };
const read = (batch?: unknown) => attentionWalk.request({ ...CELL, batch }, 'attention-walk').batch;

it('walks through maps of as many rows as the split has, up to the largest batch', () => {
  // 45 is 15 % of 300 rows.
  for (const batch of [undefined, 1, 45, 64, 2048]) expect(read(batch)).toBe(batch);
  for (const batch of [0, 2049, 45.5, '45', null])
    expect(() => read(batch)).toThrow(/a number of rows from 1 to 2048/);
});
