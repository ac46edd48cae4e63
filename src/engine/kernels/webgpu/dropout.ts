// Dropout on WebGPU: the mask's hash is computed where it is used.
import type { NativeKernel } from '../defineKernel.ts';
import type { DropoutAttributes } from '../dropout.ts';
import { isEmpty, type Program, type Shader, type WebgpuContext } from './program.ts';

const LANES = 64;

const drop: Program<null> = {
  name: 'Dropout',
  shader: (): Shader => ({
    lanes: LANES,
    inputs: { x: 'f32' },
    outputs: { y: 'f32' },
    params: { size: 'u32', key: 'u32', threshold: 'u32', kept: 'f32' },
    code: `
      fn run(group: u32, lane: u32) {
        let i = group * ${LANES}u + lane;
        if (i >= p.size) { return; }
        var h = (i * 0x9e3779b1u) ^ p.key;
        h = (h ^ (h >> 16u)) * 0x85ebca6bu;
        h = (h ^ (h >> 13u)) * 0xc2b2ae35u;
        h = h ^ (h >> 16u);
        y[i] = x[i] * select(p.kept, 0.0, h < p.threshold);
      }`,
  }),
};

export const dropout =
  (c: WebgpuContext): NativeKernel<DropoutAttributes> =>
  ([x], { key, keyAt, threshold, kept }) => {
    if (isEmpty(x)) return null;
    const y = c.output(x.shape);
    c.run(drop, null, {
      inputs: [x],
      outputs: [y],
      params: { size: x.size, key, threshold, kept },
      paramsAt: (step) => ({ key: keyAt(step) }),
      groups: Math.ceil(x.size / LANES),
    });
    return [y];
  };
