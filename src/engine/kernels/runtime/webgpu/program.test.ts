// A launch gives every parameter that its shader declares, and no others.
import { expect, it } from 'vitest';
import { fieldsOf, keyOf, type Launch, program, type Shader, writeFields } from './program.ts';

const scaled = program({
  name: 'Scaled',
  params: { size: 'u32', factor: 'f32' },
  shader: ({ lanes }: { lanes: number }): Shader => ({ lanes, inputs: {}, outputs: {}, code: '' }),
});

type Params = Launch<(typeof scaled)['params']>['params'];

it('writes the number of workgroups, then the parameters in order', () => {
  const params: Params = { factor: 0.5, size: 7 };
  const into = new DataView(new ArrayBuffer(16));
  writeFields(into, fieldsOf(scaled.params), { ...params, groups: 3 });
  expect([into.getUint32(0, true), into.getUint32(4, true), into.getFloat32(8, true)]).toEqual([3, 7, 0.5]);
});

it('is known by what is baked into it', () => {
  expect(keyOf(scaled, { lanes: 64 })).not.toBe(keyOf(scaled, { lanes: 32 }));
});

it('takes no launch without a parameter, nor with one that no shader reads', () => {
  // @ts-expect-error no factor
  const short: Params = { size: 7 };
  // @ts-expect-error no such parameter
  const other: Params = { size: 7, factor: 1, scale: 2 };
  expect([short, other]).toHaveLength(2);
});
