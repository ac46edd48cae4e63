// A level of HoME (Wang et al. 2024, section 3): experts with feature gates, mixed by gates, with a gate's own experts added
// once more through a self gate.
import * as tf from '@tensorflow/tfjs-core';
import { mixExperts } from '../kernels/ops/mixExperts/index.ts';
import { takeSlots } from '../kernels/ops/takeSlots/index.ts';
import { applyGates, type ExpertSpec, expertWidth, type GateSpec } from './experts.ts';
import type { ForwardOptions } from './forward.ts';
import {
  applyGroupedLinear,
  createGroupedLinear,
  type GroupedLinear,
  groupedLinearFlops,
  type LinearInit,
} from './linear.ts';
import { applyMlps, createMlps, type Mlps, mlpsFlops } from './mlp.ts';
import { type ParameterSet, zeros } from './parameterSet.ts';

export interface GatedExpertsOptions {
  layer: number;
  /** Prefix of the gates' names. */
  prefix: string;
  /** In any order of slots; each expert reads the state of its slot. */
  experts: readonly ExpertSpec[];
  /** Number of states. */
  slots: number;
  /** Width of a state. */
  inputs: number;
  /** `own`: the experts that its self gate adds. */
  gates: readonly (Omit<GateSpec, 'slot'> & { own: readonly number[] })[];
  /** Number of columns that a gate reads. */
  gateInputs: number;
  /** Whether all gates read the same columns. */
  sharedGateInput: boolean;
  hidden: readonly number[];
  /** Rank of the feature gates. */
  rank: number;
  dropoutRate: number;
  seed: number;
  site: number;
  init: (inputs: number) => LinearInit;
}

export interface GatedExperts {
  layer: number;
  labels: ExpertSpec['label'][];
  slotOf: number[];
  slots: number;
  /** Feature gate: [.., inputs] -> rank -> inputs, per expert. */
  down: GroupedLinear;
  up: GroupedLinear;
  experts: Mlps;
  gates: GateSpec[];
  gateLogits: GroupedLinear;
  selfGates: { experts: readonly number[] }[];
  selfLogits: GroupedLinear;
}

export function createGatedExperts(set: ParameterSet, o: GatedExpertsOptions): GatedExperts {
  const { prefix, experts, gates, inputs, gateInputs, rank, init } = o;
  const each = experts.map(() => 1);
  const members = experts.map(({ name, ownedBy = null }) => ({ name, task: ownedBy }));
  const featureGate = (part: string, from: number, to: number, start: LinearInit) =>
    createGroupedLinear(set, {
      members: members.map((m) => ({ ...m, name: `${m.name}.feature_gate.${part}` })),
      inputs: from,
      outputs: experts.map(() => to),
      groups: each,
      init: start,
    });
  const gateLinear = (part: string, widths: number[]) =>
    createGroupedLinear(set, {
      members: gates.map(({ name, ownedBy = null }) => ({
        name: `${prefix}.${name}.${part}`,
        task: ownedBy,
      })),
      inputs: gateInputs,
      outputs: widths,
      groups: o.sharedGateInput ? [gates.length] : gates.map(() => 1),
      init: init(gateInputs),
    });
  return {
    layer: o.layer,
    labels: experts.map((e) => e.label),
    slotOf: experts.map((e) => e.slot),
    slots: o.slots,
    down: featureGate('down', inputs, rank, init(inputs)),
    up: featureGate('up', rank, inputs, { weight: zeros, bias: zeros }),
    experts: createMlps(set, { ...o, members, groups: each, batchNorm: true, activation: 'swish' }),
    gates: gates.map(({ own: _own, ...gate }) => ({ ...gate, slot: 0 })),
    gateLogits: gateLinear(
      'fc',
      gates.map((g) => g.experts.length),
    ),
    selfGates: gates.map(({ own }) => ({ experts: own })),
    selfLogits: gateLinear(
      'self',
      gates.map((g) => g.own.length),
    ),
  };
}

/**
 * @param states - [B, slots * inputs]
 * @param gateInput - [B, gateInputs] or [B, gates * gateInputs]
 * @returns one mixture per gate, [B, gates * last hidden size]
 */
export function applyGatedExperts(
  layer: GatedExperts,
  states: tf.Tensor2D,
  gateInput: tf.Tensor2D,
  options: ForwardOptions,
): tf.Tensor2D {
  const own = takeSlots(states, layer.slotOf, layer.slots); // [B, E * inputs]
  const gate = tf.mul(tf.sigmoid(applyGroupedLinear(layer.up, applyGroupedLinear(layer.down, own))), 2);
  const outputs = applyMlps(layer.experts, tf.mul(own, gate), options); // [B, E * H]
  const mixed = applyGates(layer, applyGroupedLinear(layer.gateLogits, gateInput), outputs, options);
  return tf.add(mixed, selfMixture(layer, applyGroupedLinear(layer.selfLogits, gateInput), outputs));
}

/** Softmax over a gate's own experts; sigmoid if it has only one, whose softmax would be constant. */
function selfMixture(
  { selfGates, labels }: GatedExperts,
  logits: tf.Tensor2D,
  outputs: tf.Tensor2D,
): tf.Tensor2D {
  const { mixed } = mixExperts(logits, outputs, { gates: selfGates, numExperts: labels.length });
  const counts = selfGates.map((g) => g.experts.length);
  if (counts.every((count) => count > 1)) return mixed;
  const [rows, total] = logits.shape;
  // [total, gates]: selects the logit of gates with one expert. For other gates the logit is 40, whose sigmoid is exactly 1.
  const picks = new Float32Array(total * counts.length);
  let first = 0;
  for (const [gate, count] of counts.entries()) {
    if (count === 1) picks[first * counts.length + gate] = 1;
    first += count;
  }
  const open = tf.tensor1d(counts.map((count) => (count === 1 ? 0 : 40)));
  const factor = tf.sigmoid(tf.add(tf.matMul(logits, tf.tensor2d(picks, [total, counts.length])), open));
  const apart = tf.reshape(mixed, [rows, counts.length, -1]);
  return tf.reshape(tf.mul(apart, tf.expandDims(factor, 2)), mixed.shape);
}

/** Floating-point operations per row (two per multiply-add). */
export const gatedExpertsFlops = ({
  down,
  up,
  experts,
  gateLogits,
  selfLogits,
  gates,
  selfGates,
  labels,
}: GatedExperts) => {
  const width = expertWidth(experts, labels.length);
  const weighted = [...gates, ...selfGates].reduce((sum, g) => sum + g.experts.length, 0);
  const linears = [down, up, gateLogits, selfLogits].reduce((sum, l) => sum + groupedLinearFlops(l), 0);
  return linears + mlpsFlops(experts) + 2 * weighted * width;
};
