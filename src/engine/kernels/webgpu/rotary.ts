// Rotary positions on WebGPU: a pair of neighbouring dimensions per invocation.
import type { NativeKernel } from '../defineKernel.ts';
import { type RotaryAttributes, rotaryTable } from '../rotary.ts';
import { isEmpty, type Program, type Shader, type WebgpuContext } from './program.ts';

const LANES = 64;

const turn: Program<null> = {
  name: 'Rotary',
  shader: (): Shader => ({
    lanes: LANES,
    inputs: { qkv: 'f32', cosines: 'f32', sines: 'f32' },
    outputs: { turned: 'f32' },
    params: { pairs: 'u32', length: 'u32', width: 'u32', head_size: 'u32', sign: 'f32' },
    code: `
      fn run(group: u32, lane: u32) {
        let i = group * ${LANES}u + lane;
        if (i >= p.pairs) { return; }
        let row = i / (3u * p.width / 2u);
        let column = 2u * (i % (3u * p.width / 2u));
        let a = qkv[2u * i];
        let b = qkv[2u * i + 1u];
        var cosine = 1.0;
        var sine = 0.0;
        if (column < 2u * p.width) {
          let at = (row % p.length) * (p.head_size / 2u) + (column % p.head_size) / 2u;
          cosine = cosines[at];
          sine = sines[at] * p.sign;
        }
        turned[2u * i] = a * cosine - b * sine;
        turned[2u * i + 1u] = b * cosine + a * sine;
      }`,
  }),
};

export const rotary =
  (c: WebgpuContext): NativeKernel<RotaryAttributes> =>
  ([qkv], { heads, sign }) => {
    if (isEmpty(qkv)) return null;
    const [, length, packed] = qkv.shape as [number, number, number];
    const width = packed / 3;
    const { cos, sin } = rotaryTable(length, width / heads);
    const turned = c.output(qkv.shape);
    const pairs = qkv.size / 2;
    c.run(turn, null, {
      inputs: [qkv, c.constant(cos, () => cos), c.constant(sin, () => sin)],
      outputs: [turned],
      params: { pairs, length, width, head_size: width / heads, sign },
      groups: Math.ceil(pairs / LANES),
    });
    return [turned];
  };
