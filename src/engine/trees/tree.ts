// One regression tree on binned features: grown leaf by leaf where the gain is largest, stored as typed node tables. Statistics
// and gain follow Chen and Guestrin 2016; leaf-wise growth follows LightGBM (Ke et al. 2017).
import type { BinnedTable } from './bins.ts';
import type { HistogramBuilder } from './histogram.ts';
import { findSplit, type NodeSums, type SplitChoice, type SplitLimits } from './split.ts';

export interface TreeSettings extends SplitLimits {
  maxLeaves: number;
  /** Maximum number of splits from the root to a leaf. */
  maxDepth: number;
  /** Factor on the leaf values. */
  learningRate: number;
}

/** 16-bit words in the set of bins of a categorical split: 256 codes, and each word is exact in a float32. */
export const SET_WORDS = 16;
/** Number of codes of a feature: 255 bins and the missing one. */
const CODES = 256;

/** Node 0 is the root; children always follow their parent. All arrays are [nodes] unless stated otherwise. */
export interface Tree {
  /** Feature of the split, -1 for a leaf. */
  feature: Int32Array;
  /** Numeric: the last bin that goes left. Categorical: index of the set of bins that go left. */
  bin: Int32Array;
  /** 1 = missing values go left. */
  missingLeft: Uint8Array;
  left: Int32Array;
  right: Int32Array;
  /** Leaf value, learning rate included; 0 for splits. */
  value: Float32Array;
  /** Decrease of the loss by the split; 0 for leaves. */
  gain: Float32Array;
  /** Sets of bins that go left, including the missing code if it does. [categorical splits, 16] */
  sets: Uint16Array;
}

interface OpenLeaf {
  node: number;
  depth: number;
  start: number;
  end: number;
  histogram: Float64Array;
  split: SplitChoice;
}

/** The state of a tree while it grows. */
interface Growth {
  table: BinnedTable;
  settings: TreeSettings;
  builder: HistogramBuilder;
  features: readonly number[];
  gradient: Float32Array;
  hessian: Float32Array | null;
  /** Rows, with those of one node adjacent. */
  rows: Uint32Array;
  scratch: Uint32Array;
  nodes: { split: SplitChoice | null; left: number; right: number; value: number }[];
}

/**
 * Grows a tree on the gradients of one output.
 * @param builder - scratch memory for this table; kept by the caller so that it is reused for every tree
 * @param rows - training rows of this tree; not modified
 * @param gradient - [table.rows]
 * @param hessian - [table.rows], or null if it is 1 everywhere
 * @param features - features that may be split on
 * @param between - awaited between nodes
 */
export async function growTree(
  table: BinnedTable,
  builder: HistogramBuilder,
  rows: Uint32Array,
  gradient: Float32Array,
  hessian: Float32Array | null,
  features: readonly number[],
  settings: TreeSettings,
  between: () => Promise<void>,
): Promise<Tree> {
  const held = new Uint32Array(rows);
  const scratch = new Uint32Array(rows.length);
  const growth: Growth = {
    table,
    settings,
    builder,
    features,
    gradient,
    hessian,
    rows: held,
    scratch,
    nodes: [],
  };
  const total: NodeSums = { gradient: 0, hessian: hessian ? 0 : rows.length, rows: rows.length };
  for (const row of rows) {
    total.gradient += gradient[row]!;
    if (hessian) total.hessian += hessian[row]!;
  }
  addNode(growth, total);
  const open: OpenLeaf[] = [];
  if (settings.maxLeaves > 1 && canSplit(growth, total, 0)) {
    const histogram = builder.build(held, gradient, hessian, features);
    consider(growth, open, { node: 0, depth: 0, start: 0, end: held.length, histogram }, total);
  }
  for (let leaves = 1; leaves < settings.maxLeaves && open.length > 0; leaves++) {
    await between();
    splitLeaf(growth, open, takeBest(open), leaves + 1 < settings.maxLeaves);
  }
  for (const leaf of open) builder.release(leaf.histogram);
  return toTable(growth);
}

function addNode({ nodes, settings }: Growth, sums: NodeSums): number {
  const weight = sums.hessian + settings.l2;
  const value = weight > 0 ? (-settings.learningRate * sums.gradient) / weight : 0;
  return nodes.push({ split: null, left: 0, right: 0, value }) - 1;
}

function canSplit({ settings }: Growth, sums: NodeSums, depth: number): boolean {
  return (
    depth < settings.maxDepth &&
    sums.rows >= 2 * settings.minRowsPerLeaf &&
    sums.hessian >= 2 * settings.minChildWeight
  );
}

/** Keeps a leaf as a candidate if a split has a gain; otherwise releases its histogram. */
function consider(growth: Growth, open: OpenLeaf[], leaf: Omit<OpenLeaf, 'split'>, sums: NodeSums): void {
  const split = findSplit(growth.table, leaf.histogram, sums, growth.features, growth.settings);
  if (split) open.push({ ...leaf, split });
  else growth.builder.release(leaf.histogram);
}

/** Removes the leaf with the largest gain; ties go to the older node. */
function takeBest(open: OpenLeaf[]): OpenLeaf {
  let best = 0;
  for (let i = 1; i < open.length; i++) {
    const difference = open[i]!.split.gain - open[best]!.split.gain;
    if (difference > 0 || (difference === 0 && open[i]!.node < open[best]!.node)) best = i;
  }
  return open.splice(best, 1)[0]!;
}

/** @param grow - false if the limit of leaves is reached, so that the children need no histograms */
function splitLeaf(growth: Growth, open: OpenLeaf[], leaf: OpenLeaf, grow: boolean): void {
  const { builder, features, gradient, hessian, nodes, rows } = growth;
  const { split, start, end } = leaf;
  const depth = leaf.depth + 1;
  const middle = partition(growth, start, end, split);
  const node = nodes[leaf.node]!;
  node.split = split;
  node.left = addNode(growth, split.left);
  node.right = addNode(growth, split.right);
  const leftOpen = grow && canSplit(growth, split.left, depth);
  const rightOpen = grow && canSplit(growth, split.right, depth);
  if (!leftOpen && !rightOpen) {
    builder.release(leaf.histogram);
    return;
  }
  const leftSmaller = middle - start <= end - middle;
  const small = leftSmaller ? rows.subarray(start, middle) : rows.subarray(middle, end);
  const smallHistogram = builder.build(small, gradient, hessian, features);
  const largeHistogram = builder.subtract(leaf.histogram, smallHistogram, features);
  const [left, right] = leftSmaller ? [smallHistogram, largeHistogram] : [largeHistogram, smallHistogram];
  if (leftOpen)
    consider(growth, open, { node: node.left, depth, start, end: middle, histogram: left }, split.left);
  else builder.release(left);
  if (rightOpen)
    consider(growth, open, { node: node.right, depth, start: middle, end, histogram: right }, split.right);
  else builder.release(right);
}

/** Moves the rows that go left to the front of [start, end), keeping their order; returns the first row that goes right. */
function partition({ table, rows, scratch }: Growth, start: number, end: number, split: SplitChoice): number {
  const { codes, numBins } = table.features[split.feature]!;
  const goesLeft = sideOfBins(split, numBins);
  let left = start;
  let right = 0;
  for (let i = start; i < end; i++) {
    const row = rows[i]!;
    if (goesLeft[codes[row]!] === 1) rows[left++] = row;
    else scratch[right++] = row;
  }
  rows.set(scratch.subarray(0, right), left);
  return left;
}

/** 1 for each code that goes left. Categories in neither subset go with missing values. */
function sideOfBins(split: SplitChoice, numBins: number): Uint8Array {
  const side = new Uint8Array(numBins + 1);
  side[numBins] = split.missingLeft ? 1 : 0;
  if (split.leftBins === null) return side.fill(1, 0, split.bin + 1);
  if (split.missingLeft) side.fill(1);
  for (const bin of split.rightBins ?? []) side[bin] = 0;
  for (const bin of split.leftBins) side[bin] = 1;
  return side;
}

function toTable({ nodes, table }: Growth): Tree {
  const n = nodes.length;
  const sets: number[] = [];
  const tree: Tree = {
    feature: new Int32Array(n).fill(-1),
    bin: new Int32Array(n),
    missingLeft: new Uint8Array(n),
    left: new Int32Array(n),
    right: new Int32Array(n),
    value: new Float32Array(n),
    gain: new Float32Array(n),
    sets: new Uint16Array(0),
  };
  for (const [i, { split, left, right, value }] of nodes.entries()) {
    if (split === null) {
      tree.value[i] = value;
      continue;
    }
    tree.feature[i] = split.feature;
    tree.left[i] = left;
    tree.right[i] = right;
    tree.gain[i] = split.gain;
    tree.missingLeft[i] = split.missingLeft ? 1 : 0;
    tree.bin[i] = split.leftBins === null ? split.bin : sets.length / SET_WORDS;
    if (split.leftBins !== null) {
      const words = new Array<number>(SET_WORDS).fill(0);
      const side = sideOfBins(split, table.features[split.feature]!.numBins);
      for (const [code, left] of side.entries()) words[code >> 4]! |= left << (code & 15);
      sets.push(...words);
    }
  }
  tree.sets = Uint16Array.from(sets);
  return tree;
}

/**
 * The leaf of each row. A table of the child for every node and code makes this one look-up per level and row.
 * @param rows - rows of the table, or null for all
 * @returns node indices, [rows]
 */
export function leavesOf(tree: Tree, table: BinnedTable, rows: Uint32Array | null): Uint16Array {
  const { feature, bin, missingLeft, left, right, sets } = tree;
  const child = new Uint16Array(feature.length * CODES);
  const codes: Uint8Array[] = [];
  for (const [node, f] of feature.entries()) {
    if (f < 0) continue;
    const { kind, numBins, codes: column } = table.features[f]!;
    codes[node] = column;
    for (let code = 0; code <= numBins; code++) {
      let goesLeft: boolean;
      if (kind === 'categorical') {
        goesLeft = ((sets[bin[node]! * SET_WORDS + (code >> 4)]! >> (code & 15)) & 1) === 1;
      } else goesLeft = code === numBins ? missingLeft[node] === 1 : code <= bin[node]!;
      child[node * CODES + code] = goesLeft ? left[node]! : right[node]!;
    }
  }
  const leaves = new Uint16Array(rows?.length ?? table.rows);
  for (let i = 0; i < leaves.length; i++) {
    const row = rows ? rows[i]! : i;
    let node = 0;
    while (feature[node]! >= 0) node = child[node * CODES + codes[node]![row]!]!;
    leaves[i] = node;
  }
  return leaves;
}

/**
 * Adds the tree's value for every row to one column of scores, in single precision, as a resumed run would.
 * @param rows - rows to add for, row `i` of `scores` being rows[i]; null = all rows of the table
 * @param scores - [rows, outputs]
 */
export function addTree(
  tree: Tree,
  table: BinnedTable,
  rows: Uint32Array | null,
  scores: Float32Array,
  output: number,
  outputs: number,
): void {
  const leaves = leavesOf(tree, table, rows);
  for (let i = 0; i < leaves.length; i++) {
    const at = i * outputs + output;
    scores[at] = scores[at]! + tree.value[leaves[i]!]!;
  }
}
