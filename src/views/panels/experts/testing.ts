// Expert use for tests: layers of any shape with consistent numbers, and one small layer with known numbers.
import fc from 'fast-check';
import type { ExpertLabel } from '../../../engine/layers/forward.ts';
import type { ExpertLayer, GateUse } from '../../../engine/protocol/experts.ts';

/** A gate with mean and entropy computed from row-major [rows, experts] weights. */
export function gateOf(
  label: string,
  task: number | null,
  experts: number[],
  weights: ArrayLike<number>,
): GateUse {
  const width = experts.length;
  const rows = weights.length / width;
  const mean = new Float32Array(width);
  let entropy = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] as number;
    mean[i % width] = (mean[i % width] as number) + weight / rows;
    if (weight > 0 && width > 1) entropy -= (weight * Math.log(weight)) / Math.log(width) / rows;
  }
  return { key: `layer0/${label}`, label, task, experts, weights: Float32Array.from(weights), mean, entropy };
}

/** Shared experts come before those of tasks, as may happen in an engine. */
export const SMALL_LAYER: ExpertLayer = {
  layer: 0,
  label: 'Layer 1',
  experts: [
    { name: 'shared 0', owner: 'shared', tasks: [0, 1] },
    { name: 'task1 0', owner: 'task', tasks: [0] },
    { name: 'task2 0', owner: 'task', tasks: [1] },
  ],
  zeroShare: Float32Array.from([0.25, 0.95, 0.5]),
  utilisation: Float32Array.from([0.5, 0.5, 0.25]),
  gates: [
    gateOf('task1', 0, [0, 1], [0.25, 0.75, 0.5, 0.5]),
    gateOf('task2', 1, [0, 2], [0.5, 0.5, 1, 0]),
    gateOf('shared', null, [0, 1, 2], [0.5, 0.25, 0.25, 0.5, 0.25, 0.25]),
  ],
  similarity: Float32Array.from([1, 0.5, 0.5, 1]),
};

const label: fc.Arbitrary<ExpertLabel> = fc.record({
  name: fc.string({ minLength: 1, maxLength: 8 }),
  owner: fc.constantFrom('task' as const, 'group' as const, 'shared' as const),
  tasks: fc.uniqueArray(fc.nat(4), { maxLength: 3 }),
});

const gate = (experts: number): fc.Arbitrary<GateUse> =>
  fc
    .record({
      name: fc.string({ minLength: 1, maxLength: 8 }),
      task: fc.option(fc.nat(4), { nil: null }),
      members: fc.subarray(
        Array.from({ length: experts }, (_, i) => i),
        { minLength: 1 },
      ),
      rows: fc.integer({ min: 1, max: 12 }),
    })
    .chain(({ name, task, members, rows }) =>
      fc
        .array(
          fc.array(fc.integer({ min: 1, max: 1000 }), {
            minLength: members.length,
            maxLength: members.length,
          }),
          {
            minLength: rows,
            maxLength: rows,
          },
        )
        .map((table) => {
          const weights = table.flatMap((row) => {
            const sum = row.reduce((a, b) => a + b, 0);
            return row.map((value) => value / sum);
          });
          return gateOf(name, task, members, weights);
        }),
    );

/** Layers of 1 to 8 experts and 1 to 6 gates, each weighting some of the experts. */
export const anyLayer: fc.Arbitrary<ExpertLayer> = fc
  .array(label, { minLength: 1, maxLength: 8 })
  .chain((experts) =>
    fc.array(gate(experts.length), { minLength: 1, maxLength: 6 }).map((gates) => ({
      layer: 0,
      label: 'Layer 1',
      experts,
      zeroShare: new Float32Array(experts.length),
      utilisation: new Float32Array(experts.length),
      gates,
      similarity: null,
    })),
  );
