// Measures the adapter's limits: bandwidth of a copy, and multiply-adds in registers. Utilisation of kernels is relative to
// these, because data sheets give clock rates that a card does not sustain.
import type * as tf from '@tensorflow/tfjs-core';
import type { StepTimer } from '../../src/engine/kernels/runtime/stepTimer.ts';
import type { WebgpuContext } from '../../src/engine/kernels/runtime/webgpu/context.ts';
import { program, type Shader, unrolled } from '../../src/engine/kernels/runtime/webgpu/program.ts';
import { median } from '../clock.ts';

export interface Ceilings {
  /** Bytes read and written per second by a copy. */
  bytesPerSecond: number;
  /** Multiplications and additions per second, float32. */
  flopsPerSecond: number;
}

const LANES = 256;
const REPEATS = 7;
/** Vectors of four floats copied per invocation. */
const VECTORS = 4;
/** Independent sums per invocation. */
const CHAINS = 8;

const copy = program({
  name: 'bench: copy',
  params: { vectors: 'u32' },
  shader: (): Shader => ({
    lanes: LANES,
    inputs: { source: 'vec4f' },
    outputs: { to: 'vec4f' },
    code: `fn run(group: u32, lane: u32) {
      let first = group * ${LANES * VECTORS}u + lane;
      ${unrolled(VECTORS, (v) => `if (first + ${v * LANES}u < p.vectors) { to[first + ${v * LANES}u] = source[first + ${v * LANES}u]; }`)}
    }`,
  }),
});

const multiply = program({
  name: 'bench: multiply',
  params: { steps: 'u32', factor: 'f32' },
  shader: (): Shader => ({
    lanes: LANES,
    inputs: { source: 'vec4f' },
    outputs: { to: 'vec4f' },
    code: `fn run(group: u32, lane: u32) {
      let at = group * ${LANES}u + lane;
      let start = source[lane];
      ${unrolled(CHAINS, (c) => `var x${c} = start + vec4f(${c}.0);`)}
      for (var i = 0u; i < p.steps; i++) {
        ${unrolled(CHAINS, (c) => `x${c} = fma(x${c}, vec4f(p.factor), start);`)}
      }
      to[at] = ${Array.from({ length: CHAINS }, (_, c) => `x${c}`).join(' + ')};
    }`,
  }),
});

/** Seconds of the first launch that `work` makes, repeated several times. */
async function secondsOf(timer: StepTimer, work: () => void, repeats: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i <= repeats; i++) {
    const [launch] = await timer.each(async () => work());
    // The first time compiles, and may run at a low clock rate.
    if (i > 0) times.push((launch?.ms ?? Number.NaN) / 1000);
  }
  return median(times);
}

/** @param megabytes - of the copied buffer; small on a software adapter */
export async function ceilingsOf(
  c: WebgpuContext,
  timer: StepTimer,
  { megabytes, steps, groups }: { megabytes: number; steps: number; groups: number },
): Promise<Ceilings> {
  const floats = megabytes << 18;
  const held: tf.Tensor[] = [c.output([floats]), c.output([floats]), c.output([groups * LANES * 4])];
  const [from, to, sums] = held as [tf.Tensor, tf.Tensor, tf.Tensor];
  const copySeconds = await secondsOf(
    timer,
    () => {
      const groupsOfCopy = Math.ceil(floats / 4 / (LANES * VECTORS));
      c.run(copy, null, {
        inputs: [from],
        outputs: [to],
        params: { vectors: floats / 4 },
        groups: groupsOfCopy,
      });
      c.internals.submit();
    },
    REPEATS,
  );
  const multiplySeconds = await secondsOf(
    timer,
    () => {
      c.run(multiply, null, { inputs: [from], outputs: [sums], params: { steps, factor: 0.5 }, groups });
      c.internals.submit();
    },
    REPEATS,
  );
  for (const tensor of held) tensor.dispose();
  return {
    bytesPerSecond: (2 * 4 * floats) / copySeconds,
    flopsPerSecond: (groups * LANES * steps * CHAINS * 4 * 2) / multiplySeconds,
  };
}
