// A list of trees in the order of growth, with everything needed to store it in float tensors and to replay it bit for bit:
// which output each tree adds to, and in which round.
import { WorkbenchError } from '../core/errors.ts';
import type { BinnedTable } from './bins.ts';
import { addTree, SET_WORDS, type Tree } from './tree.ts';

/** Numbers per stored node: feature, bin, missing left, left, right, value, gain. */
const NODE = 7;
/** Numbers per stored tree: nodes, categorical splits, output, round. */
const TREE = 4;

/** Rows find their leaf by 16-bit numbers (`leavesOf`). */
const MAX_NODES = 2 ** 16;
/** The largest that float32 counts to. */
const MAX_ROUND = 2 ** 24;

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
   * Replaces the trees by stored ones. The tensors may be of any origin: what they say is checked before it is used, because a
   * node that is its own child would hold a row for ever.
   * @param table - the table whose features are split
   * @throws WorkbenchError of kind `file` if the tensors are missing or inconsistent
   */
  load(prefix: string, tensors: Record<string, Float32Array>, table: BinnedTable): void {
    const trees = tensorOf(tensors, `${prefix}/trees`);
    const nodes = tensorOf(tensors, `${prefix}/nodes`);
    const sets = tensorOf(tensors, `${prefix}/sets`);
    const check = (place: string, what: string, value: number | undefined, from: number, to: number) => {
      if (isWhole(value) && value >= from && value <= to) return value;
      return refuse(`${prefix}/${place}`, `${what} from ${from} to ${to}`, String(value));
    };
    this.members.length = 0;
    let node = 0;
    let word = 0;
    for (let i = 0; i < trees.length; i += TREE) {
      const left = Math.min(MAX_NODES, nodes.length / NODE - node);
      const n = check(`trees ${i}`, 'a number of nodes', trees[i], 1, left);
      const most = (sets.length - word) / SET_WORDS;
      const categorical = check(`trees ${i + 1}`, 'a number of sets', trees[i + 1], 0, most);
      const output = check(`trees ${i + 2}`, 'an output', trees[i + 2], 0, this.outputs - 1);
      const round = check(`trees ${i + 3}`, 'a round', trees[i + 3], 0, MAX_ROUND);
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
      for (let j = 0; j < n; j++) {
        const at = (node + j) * NODE;
        const place = `nodes of tree ${i / TREE}, ${j}`;
        const feature = check(place, 'a feature', nodes[at], -1, table.features.length - 1);
        if (feature < 0) continue;
        // Children follow their parent, so that every row comes to a leaf.
        check(place, 'a child', nodes[at + 3], j + 1, n - 1);
        check(place, 'a child', nodes[at + 4], j + 1, n - 1);
        if (table.features[feature]!.kind === 'categorical')
          check(place, 'a set', nodes[at + 1], 0, categorical - 1);
      }
      this.members.push({ tree, output, round });
      node += n;
      word += words;
    }
    if (node * NODE !== nodes.length || word !== sets.length)
      refuse(`${prefix}/nodes`, `${node * NODE} numbers for ${node} nodes`, String(nodes.length));
  }
}

const isWhole = (value: number | undefined): value is number => Number.isSafeInteger(value);

function refuse(path: string, expected: string, got: string): never {
  const remedy = 'It is damaged, or of another table: run the experiment again.';
  throw WorkbenchError.of('file', { path, expected, got, remedy });
}

/** @throws WorkbenchError of kind `file` if it is missing, or no whole number from 0 */
export function roundsOf(tensors: Record<string, Float32Array>): number {
  const name = 'boosting/rounds';
  const [rounds] = tensorOf(tensors, name);
  if (isWhole(rounds) && rounds >= 0 && rounds <= MAX_ROUND) return rounds;
  return refuse(name, 'a number of rounds', String(rounds));
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

/** @throws WorkbenchError of kind `file` if the tensor is missing, or does not hold so many finite numbers */
export function numbersOf(tensors: Record<string, Float32Array>, name: string, count: number): Float32Array {
  const tensor = tensorOf(tensors, name);
  const odd = tensor.find((value) => !Number.isFinite(value));
  if (tensor.length === count && odd === undefined) return tensor;
  return refuse(
    name,
    `${count} finite numbers`,
    odd === undefined ? `${tensor.length} numbers` : String(odd),
  );
}
