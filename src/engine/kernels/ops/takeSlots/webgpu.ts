// Groups of columns on WebGPU, taken and put back.
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import { isEmpty, type WebgpuContext } from '../../runtime/webgpu/context.ts';
import { program, type Shader } from '../../runtime/webgpu/program.ts';
import { type SlotAttributes, takeSlotsGradientKernel, takeSlotsKernel } from './index.ts';

const LANES = 64;
const PARAMS = { size: 'u32', taken: 'u32', total: 'u32', width: 'u32' } as const;

const take = program({
  name: 'TakeSlots',
  params: PARAMS,
  shader: (): Shader => ({
    lanes: LANES,
    inputs: { x: 'f32', slots: 'u32' },
    outputs: { y: 'f32' },
    code: `
      fn run(group: u32, lane: u32) {
        let i = group * ${LANES}u + lane;
        if (i >= p.size) { return; }
        let slot = slots[i / p.width % p.taken];
        y[i] = x[(i / p.width / p.taken * p.total + slot) * p.width + i % p.width];
      }`,
  }),
});

const put = program({
  name: 'TakeSlotsGradient',
  params: PARAMS,
  shader: (): Shader => ({
    lanes: LANES,
    inputs: { dy: 'f32', slots: 'u32' },
    outputs: { dx: 'f32' },
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
});

const kernel =
  (moving: typeof take, isGradient: boolean) =>
  (c: WebgpuContext): NativeKernel<SlotAttributes> =>
  ([from], { slots, total }) => {
    if (isEmpty(from)) return null;
    const [rows, columns] = from.shape as [number, number];
    const width = columns / (isGradient ? slots.length : total);
    const to = c.output([rows, (isGradient ? total : slots.length) * width]);
    const list = c.constant(`slots ${slots.join()}`, () => Uint32Array.from(slots));
    c.run(moving, null, {
      inputs: [from, list],
      outputs: [to],
      params: { size: to.size, taken: slots.length, total, width },
      groups: Math.ceil(to.size / LANES),
    });
    return [to];
  };

const takeSlots = kernel(take, false);
const takeSlotsGradient = kernel(put, true);

export const takeSlotsNatives = (c: WebgpuContext): NativeEntry[] => [
  native(takeSlotsKernel, takeSlots(c)),
  native(takeSlotsGradientKernel, takeSlotsGradient(c)),
];
