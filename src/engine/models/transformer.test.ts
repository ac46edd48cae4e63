// Which sizes of attention are refused, at the limits of each rule.
import { expect, it } from 'vitest';
import { defaultsOf } from '../config/params.ts';
import type { ModelDef } from './model.ts';
import { models } from './registry.ts';
import { checkAttention } from './transformer.ts';
import { twinOf } from './twin.ts';

const across = { interSample: 'across-rows', rotary: true } as const;
const check = (width: number, heads: number, row: Parameters<typeof checkAttention>[1] = null) =>
  checkAttention({ width, heads }, row, 'model.params').map(({ path, got }) => `${path}: ${got}`);

it('wants heads that share the width', () => {
  expect(check(16, 4)).toEqual([]);
  expect(check(16, 3)).toEqual(['model.params.heads: 3']);
  const [issue] = checkAttention({ width: 16, heads: 3 }, null, 'model.params');
  expect(issue?.expected).toBe('a divisor of the width 16 (1, 2, 4, 8, 16)');
});

it('wants pairs to rotate, and more than one of them', () => {
  expect(check(3, 3, { ...across, tokens: 5 })).toEqual(['model.params.rotary: 5']);
  expect(check(4, 4, { ...across, tokens: 2 })).toEqual(['model.params.rotary: 2']);
  expect(check(4, 4, { ...across, tokens: 4 })).toEqual([]);
  for (const tokens of [5, 2]) expect(check(tokens - 1, 1, { ...across, rotary: false, tokens })).toEqual([]);
});

it('bounds the numbers of a row that rows compare', () => {
  expect(check(256, 4, { ...across, tokens: 32 })).toEqual([]);
  expect(check(256, 4, { ...across, tokens: 33 })).toEqual([
    'model.params.width: 33 tokens x width 256 = 8448',
  ]);
  expect(check(256, 4)).toEqual([]);
});

it('is told once of tasks that train apart, not once per network', () => {
  const def = models['multitab-net'];
  const shape = {
    features: [{ name: 'x', kind: 'numeric' as const, cardinality: 1 }],
    tasks: ['a', 'b', 'c'].map((name) => ({
      name,
      type: 'regression' as const,
      outputs: 1,
      description: '',
    })),
  };
  // Together four tokens of four numbers; with one task two, so that a head has a single pair.
  const params = { ...defaultsOf(def.params), width: 4, heads: 4, attention: 'row_col' };
  const issues = (own: ModelDef, together: number[]) =>
    own.check({ ...params, together }, shape, 'model.params');
  expect(issues(def, [])).toEqual([]);
  expect(issues(def, [1, 2, 3]).map(({ got }) => got)).toEqual(['2']);
  expect(issues(twinOf(def), []).map(({ got }) => got)).toEqual(['2 in the single-task twin']);
});
