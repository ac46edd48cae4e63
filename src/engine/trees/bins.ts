// Features as small integers: histogram boosting never reads a value again once it has a bin. Bin edges come from the training
// rows only; the code after a feature's last bin means "missing".
import type { Dataset } from '../data/table.ts';

/** A code takes one byte, and one code is reserved for missing values. */
export const MAX_BINS = 255;

/** One binned feature. Codes 0 to numBins - 1 are values, code `numBins` is missing. */
export interface BinnedFeature {
  kind: 'numeric' | 'categorical';
  /** Number of value bins, 1 to 255; the missing bin is not counted. */
  numBins: number;
  /** Code of every row. [rows] */
  codes: Uint8Array;
  /** Numeric only: upper edges of all bins but the last, ascending; a value on an edge belongs below it. */
  edges: Float64Array;
}

/** Every row of a dataset in bins; feature `f` owns the histogram cells offsets[f] to offsets[f + 1] - 1. */
export interface BinnedTable {
  rows: number;
  features: BinnedFeature[];
  /** First histogram cell of each feature, the last entry is the number of cells. [features + 1] */
  offsets: Int32Array;
}

/** The midpoint, or `low` if there is no number between: a value on an edge belongs to the bin below it. */
function between(low: number, high: number): number {
  const middle = (low + high) / 2;
  return middle < high ? middle : low;
}

/**
 * Edges between at most `bins` bins with about equally many values: midpoints between distinct values if there are few enough,
 * else midpoints at the quantiles k / bins.
 * @param values - finite training values in ascending order
 */
export function quantileEdges(values: Float64Array, bins: number): Float64Array {
  const distinct: number[] = [];
  for (const value of values) {
    if (distinct.length > bins) break;
    if (distinct.length === 0 || distinct[distinct.length - 1] !== value) distinct.push(value);
  }
  const edges: number[] = [];
  if (distinct.length <= bins) {
    for (let i = 1; i < distinct.length; i++) edges.push(between(distinct[i - 1]!, distinct[i]!));
    return Float64Array.from(edges);
  }
  const n = values.length;
  for (let k = 1; k < bins; k++) {
    let position = Math.floor((k * n) / bins);
    // Equal values cannot be separated: the edge goes after them.
    while (position < n && values[position] === values[position - 1]) position++;
    if (position >= n) break;
    const edge = between(values[position - 1]!, values[position]!);
    if (edges.length === 0 || edge > edges[edges.length - 1]!) edges.push(edge);
  }
  return Float64Array.from(edges);
}

/** Equal parts of the range of the edges, each with the bins that its values can be in: less is left to search. */
const PARTS = 1024;

/** @returns the first bin whose upper edge is not below a value */
function binFinder(edges: Float64Array): (value: number) => number {
  const last = edges.length - 1;
  const least = edges[0] ?? 0;
  const most = edges[last] ?? 0;
  // Rounding keeps the order: a part never lies before that of a smaller value.
  const scale = (PARTS - 1) / (most - least);
  const isEven = Number.isFinite(scale) && Number.isFinite(most - least);
  /** For each part, the first edge that is not before the part. [parts + 1] */
  const first = new Uint16Array(PARTS + 1).fill(edges.length);
  if (isEven)
    for (let bin = last; bin >= 0; bin--) {
      const part = Math.floor((edges[bin]! - least) * scale);
      first.fill(bin, 0, part + 1);
    }
  return (value) => {
    let low = 0;
    let high = edges.length;
    if (isEven && value > least && value <= most) {
      const part = Math.floor((value - least) * scale);
      low = first[part]!;
      high = first[part + 1]!;
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (value <= edges[middle]!) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

/**
 * Bins of one numeric column.
 * @param values - [rows], stored or exact; values that are not finite count as missing
 * @param missing - [rows] or null; 1 = the cell was missing (whatever was imputed there)
 * @param train - rows that the edges are fitted on
 */
export function binNumeric(
  values: Float32Array | Float64Array,
  missing: Uint8Array | null,
  train: Uint32Array,
  bins: number,
): BinnedFeature {
  const isMissing = new Uint8Array(values.length);
  for (let row = 0; row < values.length; row++) {
    isMissing[row] = missing?.[row] === 1 || !Number.isFinite(values[row]!) ? 1 : 0;
  }
  const known = new Float64Array(train.length);
  let numKnown = 0;
  for (const row of train) if (isMissing[row] === 0) known[numKnown++] = values[row]!;
  const sorted = known.subarray(0, numKnown).sort();
  const edges = quantileEdges(sorted, Math.min(bins, MAX_BINS));
  const numBins = edges.length + 1;
  const binOf = binFinder(edges);
  const codes = new Uint8Array(values.length);
  for (let row = 0; row < values.length; row++) {
    codes[row] = isMissing[row] === 1 ? numBins : binOf(values[row]!);
  }
  return { kind: 'numeric', numBins, codes, edges };
}

/**
 * Bins of one categorical column: a bin per category seen in training, or the most frequent ones if there are more than `bins`.
 * All others take the missing bin, as in LightGBM and scikit-learn.
 * @param values - category codes, [rows]
 */
export function binCategorical(
  values: Int32Array,
  cardinality: number,
  train: Uint32Array,
  bins: number,
): BinnedFeature {
  const counts = new Uint32Array(cardinality);
  for (const row of train) counts[values[row]!] = (counts[values[row]!] ?? 0) + 1;
  const seen = Array.from(counts.keys()).filter((code) => counts[code]! > 0);
  const kept = seen
    .sort((a, b) => counts[b]! - counts[a]! || a - b)
    .slice(0, Math.min(bins, MAX_BINS))
    .sort((a, b) => a - b);
  const numBins = Math.max(1, kept.length);
  const binOfCode = new Uint8Array(cardinality).fill(numBins);
  for (const [bin, code] of kept.entries()) binOfCode[code] = bin;
  const codes = Uint8Array.from(values, (code) => binOfCode[code] ?? numBins);
  return { kind: 'categorical', numBins, codes, edges: new Float64Array(0) };
}

/** Bins of every feature of a dataset, in its feature order, fitted on its training rows. */
export function binDataset(dataset: Dataset, bins: number): BinnedTable {
  const { train } = dataset.split;
  let numeric = 0;
  let categorical = 0;
  const features = dataset.features.map((meta) => {
    if (meta.kind === 'categorical') {
      return binCategorical(dataset.categorical[categorical++]!, meta.cardinality, train, bins);
    }
    const index = numeric++;
    const values = dataset.exact?.[index] ?? dataset.numeric[index]!;
    return binNumeric(values, dataset.missing[index] ?? null, train, bins);
  });
  return tableOf(dataset.rows, features);
}

/** Lays the features out in one histogram. */
export function tableOf(rows: number, features: BinnedFeature[]): BinnedTable {
  const offsets = new Int32Array(features.length + 1);
  for (const [f, feature] of features.entries()) offsets[f + 1] = offsets[f]! + feature.numBins + 1;
  return { rows, features, offsets };
}
