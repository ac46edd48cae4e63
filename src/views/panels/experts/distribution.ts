// The distribution of one gate's weights over the validation rows: histograms on a common axis, and quantiles.
import type { GateUse } from '../../../engine/protocol/experts.ts';
import { linearTicks } from '../../charts/scale.ts';

const rowsOf = ({ experts, weights }: GateUse): number =>
  experts.length > 0 ? Math.floor(weights.length / experts.length) : 0;

/** Weights that a gate gives to the expert at `place` of its list, one per row; for a sparse gate only rows that keep it. */
export function gateColumn(gate: GateUse, place: number): Float32Array {
  const width = gate.experts.length;
  const all = Float32Array.from(
    { length: rowsOf(gate) },
    (_, row) => gate.weights[row * width + place] ?? Number.NaN,
  );
  return gate.chosen ? all.filter((weight) => weight > 0) : all;
}

export interface Summary {
  low: number;
  lowerQuartile: number;
  median: number;
  upperQuartile: number;
  high: number;
  mean: number;
}

/** Quantiles by linear interpolation between order statistics (Hyndman and Fan 1996, type 7); NaN if there are no values. */
export function summarise(values: ArrayLike<number>): Summary {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => {
    const position = share * (sorted.length - 1);
    const below = sorted[Math.floor(position)] ?? Number.NaN;
    const above = sorted[Math.ceil(position)] ?? Number.NaN;
    return below + (above - below) * (position - Math.floor(position));
  };
  return {
    low: at(0),
    lowerQuartile: at(0.25),
    median: at(0.5),
    upperQuartile: at(0.75),
    high: at(1),
    mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
  };
}

/** Number of values per bin of equal width over [0, top]; larger values count in the last bin, NaN in none. */
export function histogram(values: ArrayLike<number>, bins: number, top: number): Uint32Array {
  const counts = new Uint32Array(bins);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    const bin = top > 0 ? Math.floor((bins * value) / top) : 0;
    const inside = Math.min(bins - 1, Math.max(0, bin));
    counts[inside] = (counts[inside] as number) + 1;
  }
  return counts;
}

export const BINS = 40;

export interface ExpertSpread {
  /** Index into the experts of the layer. */
  expert: number;
  counts: Uint32Array;
  summary: Summary;
}

export interface GateSpread {
  rows: number;
  /** Round ticks from 0 to the end of the common axis. */
  ticks: number[];
  step: number;
  top: number;
  /** Number of rows in the fullest bin of all experts. */
  tallest: number;
  /** In the order of `order`. */
  experts: ExpertSpread[];
}

/** @param order - experts of the layer in display order; those without weight are left out */
export function spreadOf(gate: GateUse, order: readonly number[]): GateSpread {
  const columns = order
    .map((expert) => ({ expert, place: gate.experts.indexOf(expert) }))
    .filter(({ place }) => place >= 0)
    .map(({ expert, place }) => ({ expert, values: gateColumn(gate, place) }));
  const largest = gate.weights.reduce((max, weight) => (weight > max ? weight : max), 0);
  const { ticks, domain, step } = linearTicks(0, Math.min(1, Math.max(0.01, largest)), 4);
  const top = domain[1];
  const experts = columns.map(({ expert, values }) => ({
    expert,
    counts: histogram(values, BINS, top),
    summary: summarise(values),
  }));
  const tallest = Math.max(1, ...experts.flatMap(({ counts }) => Array.from(counts)));
  return { rows: columns.length > 0 ? rowsOf(gate) : 0, ticks, step, top, tallest, experts };
}
