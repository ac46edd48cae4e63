// Sums of squares of all gradients on WebGPU: as many gradients per launch as buffers may be bound, a workgroup per chunk.
import type { NativeKernel } from '../defineKernel.ts';
import type { SquaresAttributes } from '../gradientSquares.ts';
import { isEmpty, type Program, type Shader, unrolled, type WebgpuContext } from './program.ts';

const LANES = 256;
const CHUNK = 16_384;
const MAX_GRADIENTS = 32;

/** `chunks`: per workgroup the gradient, the first and the last entry but one, and where its sum goes. */
const squares: Program<{ gradients: number }> = {
  name: 'GradientSquares',
  shader: ({ gradients }): Shader => ({
    lanes: LANES,
    inputs: {
      chunks: 'u32',
      ...Object.fromEntries(Array.from({ length: gradients }, (_, g) => [`g${g}`, 'f32' as const])),
    },
    outputs: { sums: 'f32' },
    params: {},
    code: `
      var<workgroup> parts: array<f32, ${LANES}>;
      fn run(group: u32, lane: u32) {
        let first = chunks[4u * group + 1u] + lane;
        let end = chunks[4u * group + 2u];
        var sum = 0.0;
        switch (chunks[4u * group]) {
          ${unrolled(
            gradients,
            (g) => `case ${g}u: {
              for (var i = first; i < end; i += ${LANES}u) { sum += g${g}[i] * g${g}[i]; }
            }`,
          )}
          default: {}
        }
        parts[lane] = sum;
        workgroupBarrier();
        for (var step = ${LANES / 2}u; step > 0u; step /= 2u) {
          if (lane < step) { parts[lane] += parts[lane + step]; }
          workgroupBarrier();
        }
        if (lane == 0u) { sums[chunks[4u * group + 3u]] = parts[0]; }
      }`,
  }),
};

/** Adds up the chunks of each stretch. */
const perStretch: Program<null> = {
  name: 'GradientSquares: stretches',
  shader: (): Shader => ({
    lanes: LANES,
    inputs: { parts: 'f32', starts: 'u32' },
    outputs: { sums: 'f32' },
    params: { count: 'u32' },
    code: `
      fn run(group: u32, lane: u32) {
        let i = group * ${LANES}u + lane;
        if (i >= p.count) { return; }
        var sum = 0.0;
        for (var k = starts[i]; k < starts[i + 1u]; k++) { sum += parts[k]; }
        sums[i] = sum;
      }`,
  }),
};

/** The chunks of all stretches, `perLaunch` gradients at a time, and the first chunk of each stretch. */
function plan(stretches: SquaresAttributes['stretches'], perLaunch: number) {
  const launches: number[][] = [];
  const starts = [0];
  let count = 0;
  stretches.forEach((sizes, g) => {
    const chunks = launches[Math.floor(g / perLaunch)] ?? [];
    launches[Math.floor(g / perLaunch)] = chunks;
    let start = 0;
    for (const size of sizes) {
      const end = start + size;
      for (; start < end; start += CHUNK) {
        chunks.push(g % perLaunch, start, Math.min(start + CHUNK, end), count++);
        if (end - start <= CHUNK) break;
      }
      start = end;
      starts.push(count);
    }
  });
  return { launches, starts, count };
}

export const gradientSquares =
  (c: WebgpuContext): NativeKernel<SquaresAttributes> =>
  (gradients, { stretches }) => {
    if (gradients.length === 0 || isEmpty(...gradients)) return null;
    const perLaunch = Math.min(MAX_GRADIENTS, c.maxBuffers - 2);
    const { launches, starts, count } = plan(stretches, perLaunch);
    const parts = c.output([count]);
    launches.forEach((chunks, l) => {
      const own = gradients.slice(l * perLaunch, (l + 1) * perLaunch);
      const table = c.constant(`chunks ${chunks.join()}`, () => Uint32Array.from(chunks));
      c.run(
        squares,
        { gradients: own.length },
        { inputs: [table, ...own], outputs: [parts], params: {}, groups: chunks.length / 4 },
      );
    });
    const total = starts.length - 1;
    if (total === count) return [parts];
    const sums = c.output([total]);
    c.run(perStretch, null, {
      inputs: [parts, c.constant(`stretches ${starts.join()}`, () => Uint32Array.from(starts))],
      outputs: [sums],
      params: { count: total },
      groups: Math.ceil(total / LANES),
    });
    return [sums];
  };
