// Gates and experts on the wasm backend.
import type * as tf from '@tensorflow/tfjs-core';
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import type { WasmContext } from '../../runtime/wasm/context.ts';
import { NOTHING } from '../../runtime/wasm/simdModule.ts';
import { type MixAttributes, mixExpertsGradientKernel, mixExpertsKernel } from './index.ts';

const DETACHED = 1 << 30;

/** The list that assembly/experts.ts describes. */
const gateList = ({ gates }: MixAttributes) =>
  gates.flatMap(({ experts, detached }) => [
    experts.length,
    ...experts.map((expert, k) => (detached?.[k] ? expert | DETACHED : expert)),
  ]);

/** Rows and outputs of an expert, with the routes that its results are read through. */
function placesOf(c: WasmContext, experts: tf.Tensor, routes: tf.Tensor | undefined, numExperts: number) {
  const [all, columns] = experts.shape as [number, number];
  return routes
    ? { rows: all / numExperts, width: columns, routes: c.address(routes) }
    : { rows: all, width: columns / numExperts, routes: NOTHING };
}

const mixExperts =
  (c: WasmContext): NativeKernel<MixAttributes> =>
  ([logits, experts, routes], attributes) => {
    const { gates, numExperts } = attributes;
    const places = placesOf(c, experts, routes, numExperts);
    const [mixed, weights] = [c.output([places.rows, gates.length * places.width]), c.output(logits.shape)];
    c.simd.mixExpertsForward({
      logits: c.address(logits),
      experts: c.address(experts),
      mixed: c.address(mixed),
      weights: c.address(weights),
      gates: c.integers(gateList(attributes)),
      numGates: gates.length,
      numExperts,
      ...places,
    });
    return [mixed, weights];
  };

const mixExpertsGradient =
  (c: WasmContext): NativeKernel<MixAttributes> =>
  ([dmixed, experts, weights, routes], attributes) => {
    const { gates, numExperts } = attributes;
    const [dlogits, dexperts] = [c.output(weights.shape), c.output(experts.shape)];
    c.simd.mixExpertsBackward({
      dmixed: c.address(dmixed),
      experts: c.address(experts),
      weights: c.address(weights),
      dlogits: c.address(dlogits),
      dexperts: c.address(dexperts),
      gates: c.integers(gateList(attributes)),
      numGates: gates.length,
      numExperts,
      ...placesOf(c, experts, routes, numExperts),
    });
    return [dlogits, dexperts];
  };

export const mixExpertsNatives = (c: WasmContext): NativeEntry[] => [
  native(mixExpertsKernel, mixExperts(c)),
  native(mixExpertsGradientKernel, mixExpertsGradient(c)),
];
