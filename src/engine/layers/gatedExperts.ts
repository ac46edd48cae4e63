// A level of HoME (Wang et al. 2024, section 3): experts behind feature gates, mixed by gates, with the own experts of a gate
// added once more through a self gate.
import * as tf from '@tensorflow/tfjs-core';
import { mixExperts } from '../kernels/mixExperts.ts';
import { takeSlots } from '../kernels/takeSlots.ts';
import type { ForwardOptions } from '../models/model.ts';
import { applyGates, type ExpertSpec, type GateSpec } from './experts.ts';
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
  /** What the names of gates start with. */
  prefix: string;
  /** In any order of slots; experts read the state of their slot. */
  experts: readonly ExpertSpec[];
  /** States there are. */
  slots: number;
  /** Width of a state. */
  inputs: number;
  /** `own`: the experts its self gate adds; all gates have equally many. */
  gates: readonly (Omit<GateSpec, 'slot'> & { own: readonly number[] })[];
  /** Columns a gate reads. */
  gateInputs: number;
  /** True when all gates read the same columns. */
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
  const members = experts.map(({ name }) => ({ name, task: null }));
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
      members: gates.map(({ name }) => ({ name: `${prefix}.${name}.${part}`, task: null })),
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

/** Sigmoid of one own expert, softmax over several. */
function selfMixture(
  { selfGates, labels }: GatedExperts,
  logits: tf.Tensor2D,
  outputs: tf.Tensor2D,
): tf.Tensor2D {
  const numExperts = labels.length;
  if (selfGates.some((g) => g.experts.length > 1))
    return mixExperts(logits, outputs, { gates: selfGates, numExperts }).mixed;
  const rows = logits.shape[0];
  const own = takeSlots(
    outputs,
    selfGates.map((g) => g.experts[0] as number),
    numExperts,
  );
  const apart = tf.reshape(own, [rows, selfGates.length, -1]);
  return tf.reshape(tf.mul(apart, tf.expandDims(tf.sigmoid(logits), 2)), own.shape);
}

/** Multiply-adds x 2 per row. */
export const gatedExpertsFlops = ({
  down,
  up,
  experts,
  gateLogits,
  selfLogits,
  gates,
  selfGates,
}: GatedExperts) => {
  const width = experts.layers.at(-1)?.linear.widths.at(-1) ?? 0;
  const weighted = [...gates, ...selfGates].reduce((sum, g) => sum + g.experts.length, 0);
  const linears = [down, up, gateLogits, selfLogits].reduce((sum, l) => sum + groupedLinearFlops(l), 0);
  return linears + mlpsFlops(experts) + 2 * weighted * width;
};
