// A list of trees in the order of growth, with everything needed to store it in float tensors and to replay it bit for bit:
// which output each tree adds to, and in which round.
import { WorkbenchError } from '../core/errors.ts';
import type { BinnedTable } from './bins.ts';
import { addTree, SET_WORDS, type Tree } from './tree.ts';

/** Numbers per stored node: feature, bin, missing left, left, right, value, gain. */
const NODE = 7;
/** Numbers per stored tree: nodes, categorical splits, output, round. */
const TREE = 4;

interface Member {
  tree: Tree;
  output: number;
  round: number;
}

export class Ensemble {
  readonly members: Member[] = [];
  readonly outputs: number;

  constructor(outputs: number) {
    this.outputs = outputs;
  }

  add(tree: Tree, output: number, round: number): void {
    this.members.push({ tree, output, round });
  }

  /** Number of leaves and splits in all trees. */
  get size(): number {
    return this.members.reduce((sum, { tree }) => sum + tree.feature.length, 0);
  }

  /**
   * Adds all trees grown before `rounds` to scores.
   * @param rows - rows of the table, or null for all
   * @param scores - [rows, outputs]
   */
  addTo(scores: Float32Array, table: BinnedTable, rows: Uint32Array | null, rounds: number): void {
    for (const { tree, output, round } of this.members) {
      if (round < rounds) addTree(tree, table, rows, scores, output, this.outputs);
    }
  }

  /** Adds the gains of the splits, times `share`, to one number per feature. */
  addGain(gain: Float64Array, share: number): void {
    for (const { tree } of this.members) {
      for (const [node, feature] of tree.feature.entries()) {
        if (feature >= 0) gain[feature] = gain[feature]! + share * tree.gain[node]!;
      }
    }
  }

  /** The trees as three tensors; every number is exact in single precision. */
  save(prefix: string): Record<string, Float32Array> {
    const { members } = this;
    const nodes = new Float32Array(this.size * NODE);
    const setWords = members.reduce((sum, { tree }) => sum + tree.sets.length, 0);
    const sets = new Float32Array(setWords);
    const trees = new Float32Array(members.length * TREE);
    let node = 0;
    let word = 0;
    for (const [i, { tree, output, round }] of members.entries()) {
      trees.set([tree.feature.length, tree.sets.length / SET_WORDS, output, round], i * TREE);
      sets.set(tree.sets, word);
      word += tree.sets.length;
      for (let n = 0; n < tree.feature.length; n++, node += NODE) {
        nodes[node] = tree.feature[n]!;
        nodes[node + 1] = tree.bin[n]!;
        nodes[node + 2] = tree.missingLeft[n]!;
        nodes[node + 3] = tree.left[n]!;
        nodes[node + 4] = tree.right[n]!;
        nodes[node + 5] = tree.value[n]!;
        nodes[node + 6] = tree.gain[n]!;
      }
    }
    return { [`${prefix}/trees`]: trees, [`${prefix}/nodes`]: nodes, [`${prefix}/sets`]: sets };
  }

  /**
   * Replaces the trees by stored ones.
   * @throws WorkbenchError of kind `file` if the tensors are missing or inconsistent
   */
  load(prefix: string, tensors: Record<string, Float32Array>): void {
    const trees = tensorOf(tensors, `${prefix}/trees`);
    const nodes = tensorOf(tensors, `${prefix}/nodes`);
    const sets = tensorOf(tensors, `${prefix}/sets`);
    this.members.length = 0;
    let node = 0;
    let word = 0;
    for (let i = 0; i < trees.length; i += TREE) {
      const n = trees[i]!;
      const categorical = trees[i + 1]!;
      const output = trees[i + 2]!;
      const round = trees[i + 3]!;
      const column = (k: number) => Float32Array.from({ length: n }, (_, j) => nodes[(node + j) * NODE + k]!);
      const words = categorical * SET_WORDS;
      const tree: Tree = {
        feature: Int32Array.from(column(0)),
        bin: Int32Array.from(column(1)),
        missingLeft: Uint8Array.from(column(2)),
        left: Int32Array.from(column(3)),
        right: Int32Array.from(column(4)),
        value: column(5),
        gain: column(6),
        sets: Uint16Array.from(sets.subarray(word, word + words)),
      };
      this.members.push({ tree, output, round });
      node += n;
      word += words;
    }
    if (node * NODE !== nodes.length || word !== sets.length) {
      throw WorkbenchError.of('file', {
        path: `${prefix}/nodes`,
        expected: `${node * NODE} numbers for ${node} nodes`,
        got: String(nodes.length),
        remedy: 'The checkpoint is damaged; start the run again.',
      });
    }
  }
}

/** @throws WorkbenchError of kind `file` if the tensor is missing */
export function tensorOf(tensors: Record<string, Float32Array>, name: string): Float32Array {
  const tensor = tensors[name];
  if (tensor) return tensor;
  throw WorkbenchError.of('file', {
    path: name,
    expected: 'a tensor of a boosted model',
    got: 'nothing',
    remedy: 'Load a checkpoint of the same model and the same tasks.',
  });
}
