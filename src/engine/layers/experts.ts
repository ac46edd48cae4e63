// A layer of experts and gates: all experts run as one stack of grouped products, all gates as one product, and the
// mixing as one kernel. MMoE, PLE and STEM differ only in who reads which input and which experts a gate weights.
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { type Gate, mixExperts } from '../kernels/mixExperts.ts';
import type { NumericTokens } from '../kernels/tokenLinear.ts';
import type { ForwardOptions } from '../models/model.ts';
import type { ExpertLabel } from '../protocol.ts';
import {
  applyGroupedLinear,
  createGroupedLinear,
  type GroupedLinear,
  groupedLinearFlops,
  type LinearInit,
} from './linear.ts';
import { applyMlps, createMlps, type Mlps, mlpsFlops } from './mlp.ts';
import type { ParameterSet } from './parameterSet.ts';

export interface ExpertSpec {
  /** `{name}.mlp.{l}...` in the `state_dict`. */
  name: string;
  label: ExpertLabel;
  /** Which columns of the input it reads; the experts of a slot stand together, slots in order. */
  slot: number;
}

export interface GateSpec extends Gate {
  /** `{name}.weight` and `{name}.bias`. */
  name: string;
  label: string;
  /** The task it feeds, or null. */
  task: number | null;
  slot: number;
}

export interface ExpertLayerOptions {
  layer: number;
  experts: readonly ExpertSpec[];
  /** Slots in order, like the experts. */
  gates: readonly GateSpec[];
  /** Columns per slot. */
  inputs: number;
  hidden: readonly number[];
  dropoutRate: number;
  seed: number;
  site: number;
  init: (inputs: number) => LinearInit;
}

export interface ExpertLayer {
  layer: number;
  experts: Mlps;
  gateLogits: GroupedLinear;
  gates: readonly GateSpec[];
  labels: readonly ExpertLabel[];
}

/** Number of entries per slot. */
const perSlot = (entries: readonly { slot: number }[]): number[] => {
  const counts: number[] = [];
  for (const { slot } of entries) counts[slot] = (counts[slot] ?? 0) + 1;
  return counts;
};

export function createExpertLayer(set: ParameterSet, o: ExpertLayerOptions): ExpertLayer {
  const { layer, experts, gates, inputs } = o;
  return {
    layer,
    experts: createMlps(set, {
      ...o,
      members: experts.map(({ name }) => ({ name, task: null })),
      groups: perSlot(experts),
      batchNorm: true,
    }),
    gateLogits: createGroupedLinear(set, {
      members: gates.map(({ name }) => ({ name, task: null })),
      inputs,
      outputs: gates.map((g) => g.experts.length),
      groups: perSlot(gates),
      init: o.init(inputs),
    }),
    gates,
    labels: experts.map((e) => e.label),
  };
}

/**
 * @param x - [B, slots * inputs], or tokens that make it, with one slot
 * @returns what each gate mixed, [B, gates * last hidden size]
 */
export function applyExpertLayer(
  layer: ExpertLayer,
  x: Tensor2D | NumericTokens,
  options: ForwardOptions,
): Tensor2D {
  const outputs = applyMlps(layer.experts, x, options);
  return applyGates(layer, applyGroupedLinear(layer.gateLogits, x), outputs, options);
}

/**
 * @param logits - [B, sum of the gates' experts]
 * @param outputs - of the experts, [B, experts * H]
 * @returns [B, gates * H]
 */
export function applyGates(
  { layer, labels, gates }: Pick<ExpertLayer, 'layer' | 'labels' | 'gates'>,
  logits: Tensor2D,
  outputs: Tensor2D,
  options: ForwardOptions,
): Tensor2D {
  const { mixed, weights } = mixExperts(logits, outputs, { gates, numExperts: labels.length });
  options.capture?.experts?.({ layer, experts: labels, gates, weights, outputs });
  return mixed;
}

/** Outputs of one expert; the last layer holds those of all. */
export const expertWidth = ({ layers }: Mlps, numExperts: number): number =>
  (layers.at(-1)?.linear.widths.reduce((a, b) => a + b, 0) ?? 0) / numExperts;

/** Multiply-adds x 2 per row. */
export const expertLayerFlops = ({ experts, gateLogits, gates, labels }: ExpertLayer): number => {
  const width = expertWidth(experts, labels.length);
  const weighted = gates.reduce((sum, g) => sum + g.experts.length, 0);
  return mlpsFlops(experts) + groupedLinearFlops(gateLogits) + 2 * weighted * width;
};
