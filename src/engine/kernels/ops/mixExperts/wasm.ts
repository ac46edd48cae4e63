// Gates and experts on the wasm backend.
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import type { WasmContext } from '../../runtime/wasm/context.ts';
import { type MixAttributes, mixExpertsGradientKernel, mixExpertsKernel } from './index.ts';

const DETACHED = 1 << 30;

/** The list that assembly/experts.ts describes. */
const gateList = ({ gates }: MixAttributes) =>
  gates.flatMap(({ experts, detached }) => [
    experts.length,
    ...experts.map((expert, k) => (detached?.[k] ? expert | DETACHED : expert)),
  ]);

const mixExperts =
  (c: WasmContext): NativeKernel<MixAttributes> =>
  ([logits, experts], attributes) => {
    const { gates, numExperts } = attributes;
    const [rows, columns] = experts.shape as [number, number];
    const width = columns / numExperts;
    const [mixed, weights] = [c.output([rows, gates.length * width]), c.output(logits.shape)];
    c.simd.mixExpertsForward({
      logits: c.address(logits),
      experts: c.address(experts),
      mixed: c.address(mixed),
      weights: c.address(weights),
      gates: c.integers(gateList(attributes)),
      rows,
      numGates: gates.length,
      numExperts,
      width,
    });
    return [mixed, weights];
  };

const mixExpertsGradient =
  (c: WasmContext): NativeKernel<MixAttributes> =>
  ([dmixed, experts, weights], attributes) => {
    const { gates, numExperts } = attributes;
    const [rows, columns] = experts.shape as [number, number];
    const [dlogits, dexperts] = [c.output(weights.shape), c.output(experts.shape)];
    c.simd.mixExpertsBackward({
      dmixed: c.address(dmixed),
      experts: c.address(experts),
      weights: c.address(weights),
      dlogits: c.address(dlogits),
      dexperts: c.address(dexperts),
      gates: c.integers(gateList(attributes)),
      rows,
      numGates: gates.length,
      numExperts,
      width: columns / numExperts,
    });
    return [dlogits, dexperts];
  };

export const mixExpertsNatives = (c: WasmContext): NativeEntry[] => [
  native(mixExpertsKernel, mixExperts(c)),
  native(mixExpertsGradientKernel, mixExpertsGradient(c)),
];
