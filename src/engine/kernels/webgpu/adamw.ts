// AdamW in place on WebGPU, one launch per parameter: a launch over all of them would need four buffers for each.
import type { NativeAdamw } from '../adamw.ts';
import { isEmpty, type Program, type Shader, type WebgpuContext } from './program.ts';

const LANES = 256;

const update: Program<null> = {
  name: 'AdamW',
  shader: (): Shader => ({
    lanes: LANES,
    inputs: { gradient: 'f32' },
    outputs: { parameter: 'f32', m: 'f32', v: 'f32' },
    params: {
      size: 'u32',
      beta1: 'f32',
      beta2: 'f32',
      rest1: 'f32',
      rest2: 'f32',
      gradient_scale: 'f32',
      decay: 'f32',
      rate: 'f32',
      correction2: 'f32',
      epsilon: 'f32',
    },
    code: `
      fn run(group: u32, lane: u32) {
        let i = group * ${LANES}u + lane;
        if (i >= p.size) { return; }
        let g = gradient[i] * p.gradient_scale;
        let first = m[i] * p.beta1 + g * p.rest1;
        let second = v[i] * p.beta2 + g * g * p.rest2;
        m[i] = first;
        v[i] = second;
        parameter[i] = parameter[i] * p.decay - p.rate * first / (sqrt(second * p.correction2) + p.epsilon);
      }`,
  }),
};

export const adamw =
  (c: WebgpuContext): NativeAdamw =>
  (parameter, gradient, m, v, o) => {
    const written = [parameter, m, v];
    if (isEmpty(parameter) || !written.every((t) => c.isSoleOwner(t))) return false;
    c.run(update, null, {
      inputs: [gradient],
      outputs: written,
      params: {
        size: parameter.size,
        beta1: o.beta1,
        beta2: o.beta2,
        rest1: 1 - o.beta1,
        rest2: 1 - o.beta2,
        gradient_scale: o.gradientScale,
        decay: 1 - o.learningRate * o.weightDecay,
        rate: o.learningRate / (1 - o.beta1 ** o.step),
        correction2: 1 / (1 - o.beta2 ** o.step),
        epsilon: o.epsilon,
      },
      groups: Math.ceil(parameter.size / LANES),
    });
    for (const t of written) c.keepNoCopies(t);
    return true;
  };
