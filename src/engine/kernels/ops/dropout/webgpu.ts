// Dropout on WebGPU: the mask's hash is computed on the fly.
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import { isEmpty, type WebgpuContext } from '../../runtime/webgpu/context.ts';
import { program, type Shader } from '../../runtime/webgpu/program.ts';
import { type DropoutAttributes, dropoutKernel } from './index.ts';

const LANES = 64;

/** `fn drop_factor(i, key, threshold, kept)`: 0 or `kept` per element, for one or four indices. */
export function dropFactor(lanes: 1 | 4): string {
  const [index, factor] = lanes === 1 ? ['u32', 'f32'] : ['vec4u', 'vec4f'];
  return `
    fn drop_factor(i: ${index}, key: u32, threshold: u32, kept: f32) -> ${factor} {
      var h = (i * 0x9e3779b1u) ^ ${index}(key);
      h = (h ^ (h >> ${index}(16u))) * 0x85ebca6bu;
      h = (h ^ (h >> ${index}(13u))) * 0xc2b2ae35u;
      h = h ^ (h >> ${index}(16u));
      return select(${factor}(kept), ${factor}(0.0), h < ${index}(threshold));
    }`;
}

const drop = program({
  name: 'Dropout',
  params: { size: 'u32', key: 'u32', threshold: 'u32', kept: 'f32' },
  shader: (): Shader => ({
    lanes: LANES,
    inputs: { x: 'f32' },
    outputs: { y: 'f32' },
    code: `
      ${dropFactor(1)}
      fn run(group: u32, lane: u32) {
        let i = group * ${LANES}u + lane;
        if (i < p.size) { y[i] = x[i] * drop_factor(i, p.key, p.threshold, p.kept); }
      }`,
  }),
});

const dropout =
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

export const dropoutNatives = (c: WebgpuContext): NativeEntry[] => [native(dropoutKernel, dropout(c))];
