// A layer of experts and gates: all experts run as one stack of grouped products, all gates as one product, and the mixing as
// one kernel. MMoE, PLE and STEM differ only in which input each expert reads and which experts each gate weights. With sparse
// gates an expert computes only the rows that some gate sends it.
import { Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { type Gate, mixExperts } from '../kernels/ops/mixExperts/index.ts';
import { gatherRows, scatterRows } from '../kernels/ops/routeRows/index.ts';
import type { NumericTokens } from '../kernels/ops/tokenLinear/index.ts';
import { topGates } from '../kernels/ops/topGates/index.ts';
import type { ExpertLabel, ForwardOptions } from './forward.ts';
import {
  applyGroupedLinear,
  createGroupedLinear,
  type GroupedLinear,
  groupedLinearFlops,
  type LinearInit,
} from './linear.ts';
import { applyMlps, applyRoutedMlps, createMlps, type Mlps, mlpsFlops } from './mlp.ts';
import type { ParameterSet } from './parameterSet.ts';

export interface ExpertSpec {
  /** `{name}.mlp.{l}...` in the `state_dict`. */
  name: string;
  label: ExpertLabel;
  /** The columns of the input that it reads; experts of a slot are adjacent, slots in order. */
  slot: number;
  /** The only task that trains it, if there is one. */
  ownedBy?: number;
}

export interface GateSpec extends Gate {
  /** `{name}.weight` and `{name}.bias`. */
  name: string;
  label: string;
  /** The task that it feeds, or null. */
  task: number | null;
  slot: number;
  /** The only task that trains it, if there is one. */
  ownedBy?: number;
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
  /** Experts that each gate keeps per row; 0: all. */
  top?: number;
}

export interface ExpertLayer {
  layer: number;
  experts: Mlps;
  /** Input slot of each expert, in units of the slot width. */
  slotOf: readonly number[];
  /** Experts that each gate keeps per row; null if gates keep all. */
  top: number | null;
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
  const { layer, experts, gates, inputs, top = 0 } = o;
  const isSparse = top > 0 && gates.some((g) => g.experts.length > top);
  return {
    layer,
    slotOf: experts.map((e) => e.slot),
    top: isSparse ? top : null,
    experts: createMlps(set, {
      ...o,
      members: experts.map(({ name, ownedBy = null }) => ({ name, task: ownedBy })),
      groups: perSlot(experts),
      batchNorm: true,
    }),
    gateLogits: createGroupedLinear(set, {
      members: gates.map(({ name, ownedBy = null }) => ({ name, task: ownedBy })),
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
 * @param x - [B, slots * inputs], or lazy tokens with one slot
 * @returns one mixture per gate, [B, gates * last hidden size]
 */
export function applyExpertLayer(
  layer: ExpertLayer,
  x: Tensor2D | NumericTokens,
  options: ForwardOptions,
): Tensor2D {
  const { experts, gates, slotOf, top } = layer;
  const logits = applyGroupedLinear(layer.gateLogits, x);
  if (top === null) return applyGates(layer, logits, applyMlps(experts, x, options), options);
  const { kept, routes } = topGates(logits, { gates, numExperts: slotOf.length, top });
  const slots = Math.max(...slotOf) + 1;
  const gather = (values: Tensor2D) => gatherRows(values, routes, { slotOf, slots }); // [experts * B, inputs]
  const own = x instanceof Tensor ? gather(x) : { ...x, values: gather(x.values) };
  return applyGates(layer, kept, applyRoutedMlps(experts, own, routes, options), options, routes);
}

/**
 * @param logits - [B, sum of the gates' experts]
 * @param outputs - of the experts, [B, experts * H]; with routes [experts * B, H]
 * @param routes - of `topGates`, [experts, 1 + 2B], where gates are sparse
 * @returns [B, gates * H]
 */
export function applyGates(
  { layer, labels, gates }: Pick<ExpertLayer, 'layer' | 'labels' | 'gates'>,
  logits: Tensor2D,
  outputs: Tensor2D,
  { capture }: ForwardOptions,
  routes?: Tensor2D,
): Tensor2D {
  const attributes = { gates, numExperts: labels.length };
  const { mixed, weights } = mixExperts(logits, outputs, attributes, routes);
  capture?.experts?.({
    layer,
    experts: labels,
    gates,
    weights,
    outputs: routes ? scatterRows(outputs, routes) : outputs,
    isSparse: routes !== undefined,
  });
  return mixed;
}

/** Output width of one expert; the last layer holds those of all. */
export const expertWidth = ({ layers }: Mlps, numExperts: number): number =>
  (layers.at(-1)?.linear.widths.reduce((a, b) => a + b, 0) ?? 0) / numExperts;

/** Floating-point operations per row. With sparse gates this is the maximum, when no two gates choose the same expert. */
export const expertLayerFlops = ({ experts, gateLogits, gates, labels, top }: ExpertLayer): number => {
  const width = expertWidth(experts, labels.length);
  const weighted = gates.reduce((sum, g) => sum + Math.min(top ?? g.experts.length, g.experts.length), 0);
  const share = top === null ? 1 : Math.min(1, weighted / labels.length);
  return share * mlpsFlops(experts) + groupedLinearFlops(gateLogits) + 2 * weighted * width;
};
