import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { masks } from '../masks/registry.ts';
import type { FlowLayer, TokenFlow } from '../models/model.ts';
import { describePath, reachOf } from './reach.ts';

/** Two tasks and two features. */
const flow = (blocks: number, blocked: Uint8Array | null, row?: { acrossRows: boolean }): TokenFlow => ({
  numTokens: 4,
  heads: 2,
  layers: Array.from({ length: blocks }, (_, block): FlowLayer[] => [
    { block, kind: 'feature', blocked },
    ...(row ? [{ block, kind: 'row' as const, ...row }] : []),
  ]).flat(),
  outputTokens: [0, 1],
});
const context = { numTaskTokens: 2, numTokens: 4, block: 0, heads: 2, text: '' };
const TXT = masks.TxT.build(context);
const BOTH = masks.FxT_TxT.build(context);
const names = ['A', 'B', 'x0', 'x1'];
const tell = (f: TokenFlow, task: number, token: number) =>
  describePath(reachOf(f).path(task, token), (t) => names[t] ?? '');

describe('reach', () => {
  it('is one hop from everywhere without a mask', () => {
    expect(Array.from(reachOf(flow(1, null)).hops)).toEqual([0, 1, 1, 1, 1, 0, 1, 1]);
  });

  it('of TxT with one block keeps the tasks apart', () => {
    expect(Array.from(reachOf(flow(1, TXT)).hops)).toEqual([0, -1, 1, 1, -1, 0, 1, 1]);
    expect(tell(flow(1, TXT), 0, 1)).toBe('There is no way through the masks.');
  });

  it('of TxT with two blocks leaks through a feature, and names it', () => {
    expect(Array.from(reachOf(flow(2, TXT)).hops)).toEqual([0, 2, 1, 1, 2, 0, 1, 1]);
    expect(tell(flow(2, TXT), 1, 0)).toBe('In block 0 x0 reads A; in block 1 B reads x0.');
    expect(tell(flow(2, TXT), 1, 1)).toBe('The tower reads this token itself.');
  });

  it('counts the ways that are as short, and tells of them', () => {
    const { ways, path } = reachOf(flow(2, TXT));
    // From task to task through x0 or x1; from a feature in either block; a task reads its own token.
    expect(Array.from(ways)).toEqual([1, 2, 2, 2, 2, 1, 2, 2]);
    expect(describePath(path(1, 0), (t) => names[t] ?? '', ways[4])).toBe(
      'In block 0 x0 reads A; in block 1 B reads x0. One of 2 ways as short.',
    );
    expect(Array.from(reachOf(flow(1, TXT)).ways)).toEqual([1, 0, 1, 1, 0, 1, 1, 1]);
    // Three blocks: the hop to a feature in block 0 or 1, the hop from it in a later one, for two features.
    expect(reachOf(flow(3, TXT)).ways[4]).toBe(6);
  });

  it('of both masks never leaks, however many blocks', () => {
    expect(Array.from(reachOf(flow(9, BOTH)).hops)).toEqual([0, -1, 1, 1, -1, 0, 1, 1]);
  });

  it('through attention between rows is everything, and other rows only where they mix', () => {
    const mixed = reachOf(flow(1, BOTH, { acrossRows: true }));
    expect(Array.from(mixed.hops)).toEqual([0, 1, 1, 1, 1, 0, 1, 1]);
    expect(mixed.acrossRows).toBe(true);
    expect(reachOf(flow(1, BOTH, { acrossRows: false })).acrossRows).toBe(false);
    expect(tell(flow(1, BOTH, { acrossRows: true }), 0, 1)).toContain('between rows of block 0 A meets B');
  });

  it('finds one cell that is missing from a mask', () => {
    const holed = Uint8Array.from(BOTH ?? []);
    holed[1 * 4 + 0] = 0;
    expect(Array.from(reachOf(flow(1, holed)).hops)).toEqual([0, -1, 1, 1, 1, 0, 1, 1]);
  });

  it('goes through one head that reads, and stops where none does', () => {
    const both = BOTH as Uint8Array;
    const holed = Uint8Array.from(both);
    holed[1 * 4 + 0] = 0;
    expect(reachOf(flow(1, Uint8Array.from([...both, ...holed]))).hops[4]).toBe(1);
    expect(reachOf(flow(1, Uint8Array.from([...both, ...both]))).hops[4]).toBe(-1);
  });

  it('agrees with multiplying the matrices of who reads whom, and its paths are as long as it says', () => {
    const mask = fc.uint8Array({ minLength: 16, maxLength: 16, max: 1 });
    fc.assert(
      fc.property(fc.array(mask, { minLength: 1, maxLength: 3 }), (blocked) => {
        const f: TokenFlow = {
          numTokens: 4,
          heads: 1,
          layers: blocked.map((b, block) => ({ block, kind: 'feature', blocked: b })),
          outputTokens: [0, 1],
        };
        let known = Array.from({ length: 4 }, (_, i) => [0, 1, 2, 3].map((j) => i === j));
        for (const b of blocked)
          known = known.map((_, i) =>
            [0, 1, 2, 3].map((s) => known.some((row, j) => (i === j || b[i * 4 + j] === 0) && row[s])),
          );
        const reach = reachOf(f);
        for (let task = 0; task < 2; task++) {
          for (let s = 0; s < 4; s++) {
            const hops = reach.hops[task * 4 + s] as number;
            expect(hops >= 0).toBe(known[task]?.[s]);
            const path = reach.path(task, s);
            expect(path?.length ?? -1).toBe(hops);
            for (const { block, source, reader } of path ?? [])
              expect(blocked[block]?.[reader * 4 + source]).toBe(0);
          }
        }
      }),
    );
  });
});
