import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MaskText, withGrid } from '../../../engine/masks/places.ts';
import { jsonFile, readFile, readMask, textFile, torchSnippet } from './files.ts';

const SIZE = { tokens: 2, blocks: 3, heads: 2 };
const tokens = ['a', 'b'].map((name) => ({ name, group: 'numeric' as const }));
const NAMES = tokens.map((t) => t.name);
const grid = fc.constantFrom('../..', '.x/..', '../x.', '.x/x.');
const masks: fc.Arbitrary<MaskText> = fc
  .tuple(
    grid,
    fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.option(fc.integer({ min: 0, max: 1 })), grid)),
  )
  .map(([everywhere, own]) =>
    own.reduce((mask, [block, head, g]) => withGrid(mask, { block, head }, g), {
      everywhere,
      places: [],
    } as MaskText),
  );

describe('mask files', () => {
  it('come back from every form', () => {
    fc.assert(
      fc.property(masks, (mask) => {
        expect(readFile(textFile(mask), SIZE, NAMES)).toEqual(mask);
        expect(readFile(jsonFile(mask, tokens), SIZE, NAMES)).toEqual(mask);
      }),
    );
  });

  it('of other tokens are refused', () => {
    const mask: MaskText = { everywhere: '.x/..', places: [] };
    expect(readFile(jsonFile(mask, tokens), SIZE, ['a', 'c'])).toBeNull();
  });

  it('are not read from anything else', () => {
    for (const text of [
      '',
      '{',
      'null',
      '{"grid":3}',
      '{"grid":["..",".y"]}',
      '{"grid":["..",".."],"places":3}',
      '{"grid":["..",".."],"places":[null]}',
      '{"grid":["..",".."],"places":[{"block":"0:../..@1","grid":["..",".."]}]}',
      '{"grid":["..",".."],"places":[{"block":3,"head":null,"grid":["..",".."]}]}',
    ])
      expect(readFile(text, SIZE, NAMES), text).toBeNull();
    expect(readMask('../..@0.2:../..', SIZE)).toBeNull();
  });

  it('are boolean tensors for PyTorch, one per block where they differ', () => {
    const one: MaskText = { everywhere: '.x/..', places: [] };
    expect(torchSnippet(one, SIZE)).toContain('    [0, 1],\n    [0, 0],\n], dtype=torch.bool)');
    const perHead = torchSnippet(withGrid(one, { block: 2, head: 1 }, '../x.'), SIZE);
    expect(perHead.match(/one \[L, L\] per head/g)).toHaveLength(3);
    expect(perHead.match(/\[1, 0\]/g)).toHaveLength(1);
    expect(perHead).toContain('masks[i].repeat(B, 1, 1)');
  });
});
