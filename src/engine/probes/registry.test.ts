// The id of a probe determines the types of its request and of its answer; checked by `tsc`.
import { expect, expectTypeOf, it } from 'vitest';
import { catalog } from '../catalog.ts';
import type { CostRow } from '../protocol/cost.ts';
import type { MaskTestReport } from '../protocol/masks.ts';
import { type Measured, type ProbeAnswerOf, type ProbeRequest, probes, questionOf } from './registry.ts';

it('knows every probe by its own id, and tells the page of all', () => {
  for (const [id, probe] of Object.entries(probes)) expect(probe.id).toBe(id);
  expect(catalog.probes.map((p) => p.id)).toEqual(Object.keys(probes));
});

it('fixes the types of requests and answers', () => {
  expectTypeOf<ProbeRequest<'row-perturbation'>>().toExtend<{
    row: number;
    feature: number;
    value: number;
  }>();
  expectTypeOf<ProbeAnswerOf<'mask-tests'>['report']>().toEqualTypeOf<MaskTestReport | null>();
  expectTypeOf<ProbeAnswerOf<'cost'>['rows']>().toEqualTypeOf<CostRow[]>();
  // An answer about a network names it; an answer about an experiment does not.
  expectTypeOf<Measured<'mask-tests'>>().toHaveProperty('role');
  expectTypeOf<Measured<'cost'>>().not.toHaveProperty('role');
  expect(questionOf('what-if', { text: '' })).toEqual({
    probe: 'what-if',
    request: { text: '' },
    mode: 'once',
  });
  // @ts-expect-error the request of another probe
  questionOf('what-if', { row: 0 });
  // @ts-expect-error no probe
  expect(() => questionOf('unknown', {})).toThrow();
});
