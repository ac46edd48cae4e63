// Groups of columns on WebGPU, taken and put back.
import type { NativeKernel } from '../../runtime/defineKernel.ts';
import { isEmpty, type Program, type Shader, type WebgpuContext } from '../../runtime/webgpu/program.ts';
import type { SlotAttributes } from './index.ts';

const LANES = 64;
const PARAMS = { size: 'u32', taken: 'u32', total: 'u32', width: 'u32' } as const;

const take: Program<null> = {
  name: 'TakeSlots',
  shader: (): Shader => ({
    lanes: LANES,
    inputs: { x: 'f32', slots: 'u32' },
    outputs: { y: 'f32' },
    params: PARAMS,
    code: `
      fn run(group: u32, lane: u32) {
        let i = group * ${LANES}u + lane;
        if (i >= p.size) { return; }
        let slot = slots[i / p.width % p.taken];
        y[i] = x[(i / p.width / p.taken * p.total + slot) * p.width + i % p.width];
      }`,
  }),
};

const put: Program<null> = {
  name: 'TakeSlotsGradient',
  shader: (): Shader => ({
    lanes: LANES,
    inputs: { dy: 'f32', slots: 'u32' },
    outputs: { dx: 'f32' },
    params: PARAMS,
    code: `
      fn run(group: u32, lane: u32) {
        let i = group * ${LANES}u + lane;
        if (i >= p.size) { return; }
        let own = i / p.width % p.total;
        let row = i / p.width / p.total;
        var sum = 0.0;
        for (var k = 0u; k < p.taken; k++) {
          if (slots[k] == own) { sum += dy[(row * p.taken + k) * p.width + i % p.width]; }
        }
        dx[i] = sum;
      }`,
  }),
};

const kernel =
  (program: Program<null>, isGradient: boolean) =>
  (c: WebgpuContext): NativeKernel<SlotAttributes> =>
  ([from], { slots, total }) => {
    if (isEmpty(from)) return null;
    const [rows, columns] = from.shape as [number, number];
    const width = columns / (isGradient ? slots.length : total);
    const to = c.output([rows, (isGradient ? total : slots.length) * width]);
    const list = c.constant(`slots ${slots.join()}`, () => Uint32Array.from(slots));
    c.run(program, null, {
      inputs: [from, list],
      outputs: [to],
      params: { size: to.size, taken: slots.length, total, width },
      groups: Math.ceil(to.size / LANES),
    });
    return [to];
  };

export const takeSlots = kernel(take, false);
export const takeSlotsGradient = kernel(put, true);
