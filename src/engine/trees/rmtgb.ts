// R-MTGB, robust multi-task gradient boosting: first trees for all tasks; then two ensembles between which each task learns a
// weight, so that an outlier task does not harm the shared part; then trees per task.
import type { Dataset } from '../data/table.ts';
import { Ensemble, numbersOf, roundsOf } from './ensemble.ts';
import {
  type BoostedTasks,
  columnsOf,
  type RoundResult,
  repeated,
  type TaskData,
  TreeGrower,
  taskDataOf,
} from './grower.ts';
import { sigmoid } from './objectives.ts';
import type { RobustSettings } from './params.ts';
import { addScaled, mix, startThetas, unionOf } from './rmtgbParts.ts';
import { addTree } from './tree.ts';

/** Maximum step of theta in a round. */
const THETA_STEP = 0.2;

interface Member extends TaskData {
  /** Trees of this task only; their scores start at the task's constant. */
  own: Ensemble;
  ownScores: Float32Array;
  scores: Float32Array;
  loss: number;
  theta: number;
}

interface Block {
  ensemble: Ensemble;
  /** [rows of the dataset, outputs] */
  scores: Float32Array;
}

type BlockName = 'shared' | 'common' | 'outlier';

/**
 * Emami, Martínez-Muñoz and Hernández-Lobato 2025 (arXiv 2507.11411). The score of task t is
 * `shared(x) + (1 - w_t) common(x) + w_t outlier(x) + own_t(x)`, `w_t = sigmoid(theta_t)`.
 * From the paper's summary and the authors' published pseudocode and program: this score; three consecutive blocks of rounds;
 * shared trees on the pooled gradients of all tasks; in the second block one outlier tree on gradients times w_t and one common
 * tree on gradients times 1 - w_t, both at the scores before the round, then a gradient step of theta_t along `sum_rows
 * dL/dscore (outlier - common) w_t (1 - w_t)`, with the predictions before the round; finally one tree per task and round.
 * Our decisions:
 * - Tasks share their rows, so pooling adds the tasks' derivatives per row; a row counts once for the minimum number of rows in
 * a leaf.
 * - Leaves are Newton steps. In the second block hessians carry the weight w_t (or 1 - w_t) too: this minimises w L(outlier) +
 * (1 - w) L(common), by convexity an upper bound of the loss of the mixture, so the two trees make one step.
 * - Every task starts at its own constant, not at 0.
 * - theta does not start at random. Rows are shared, so it starts at how little a task's gradients agree with those of the
 * others (standardised cosine), times 0.1: a high weight then means "unlike the others". A small random part separates tasks
 * that disagree equally.
 * - The step of theta is the learning rate times a damped Gauss-Newton step, limited to 0.2, so that it does not depend on the
 * number of rows.
 * - theta has no penalty; the summary mentions regularised parameters, the published program has none.
 * - Inactive tasks give no gradients to shared trees, but their scores follow these. A trainer should keep all tasks active
 * until `specificFrom`.
 */
export class RobustBoosters implements BoostedTasks {
  /** First round that grows trees per task. */
  readonly specificFrom: number;
  private readonly settings: RobustSettings;
  private readonly grower: TreeGrower;
  private readonly features: number;
  private readonly outputs: number;
  private readonly members: Member[];
  /** Training rows with a label of at least one task. */
  private readonly pooledRows: Uint32Array;
  private readonly blocks: Record<BlockName, Block>;
  /** theta of every task after each round of the second block. [outlier rounds][tasks] */
  private readonly thetas: Float32Array[] = [];
  private done = 0;

  /** The tasks must have passed `checkRobustBoosters` of rmtgbParts. */
  constructor(dataset: Dataset, settings: RobustSettings, seed: number) {
    this.settings = settings;
    this.specificFrom = settings.sharedRounds + settings.outlierRounds;
    this.grower = new TreeGrower(dataset, settings, seed);
    this.features = dataset.features.length;
    const outputs = dataset.tasks[0]!.outputs;
    this.outputs = outputs;
    const block = (): Block => ({
      ensemble: new Ensemble(outputs),
      scores: new Float32Array(dataset.rows * outputs),
    });
    this.blocks = { shared: block(), common: block(), outlier: block() };
    this.members = taskDataOf(dataset).map((task) => {
      const ownScores = repeated(task.start, dataset.rows);
      const loss = task.objective.loss(ownScores, task.target, task.rows);
      const own = new Ensemble(outputs);
      return { ...task, own, ownScores, scores: ownScores.slice(), loss, theta: 0 };
    });
    this.pooledRows = unionOf(this.members.map(({ rows }) => rows));
  }

  get rounds(): number {
    return this.done;
  }

  async round(active: readonly boolean[], between: () => Promise<void>): Promise<RoundResult> {
    const { sharedRounds } = this.settings;
    const specific = this.done >= this.specificFrom;
    const gradients: Float32Array[][] = [];
    const hessians: Float32Array[][] = [];
    const gradientNorms = this.members.map(() => 0);
    for (const [t, member] of this.members.entries()) {
      const { objective, rows, scores, target } = member;
      gradients[t] = columnsOf(this.outputs, this.grower.table.rows);
      hessians[t] = columnsOf(this.outputs, this.grower.table.rows);
      if (!active[t]) continue;
      const squares = objective.derivatives(scores, target, rows, gradients[t], hessians[t]);
      gradientNorms[t] = Math.sqrt(squares / Math.max(1, rows.length));
      if (objective.unitHessian) for (const row of rows) hessians[t][0]![row] = 1;
      if (specific) {
        await this.growOwn(member, gradients[t], hessians[t], between);
        this.combine(member);
      }
      await between();
    }
    if (!specific) {
      if (this.done < sharedRounds) {
        await this.growBlock('shared', gradients, hessians, () => 1, between);
      } else {
        if (this.done === sharedRounds) {
          const start = startThetas(gradients, this.grower.seed);
          for (const [t, member] of this.members.entries()) member.theta = start[t]!;
        }
        const steps = this.members.map((member, t) => this.thetaStep(member, gradients[t]!, hessians[t]!));
        const weights = this.members.map(({ theta }) => sigmoid(theta));
        await this.growBlock('outlier', gradients, hessians, (t) => weights[t]!, between);
        await this.growBlock('common', gradients, hessians, (t) => 1 - weights[t]!, between);
        for (const [t, member] of this.members.entries())
          member.theta = Math.fround(member.theta + steps[t]!);
        this.thetas.push(Float32Array.from(this.members, ({ theta }) => theta));
      }
      for (const member of this.members) {
        this.combine(member);
        await between();
      }
    }
    this.done++;
    return { taskLosses: this.members.map(({ loss }) => loss), gradientNorms };
  }

  private async growOwn(
    { name, own, ownScores, rows }: Member,
    gradients: Float32Array[],
    hessians: Float32Array[],
    between: () => Promise<void>,
  ): Promise<void> {
    const { grower, done, outputs } = this;
    await grower.grow(`own/${name}`, done, rows, gradients, hessians, between, (tree, output) => {
      own.add(tree, output, done);
      addTree(tree, grower.table, null, ownScores, output, outputs);
    });
  }

  /** One tree per output on the weighted sum of the tasks' derivatives. */
  private async growBlock(
    name: BlockName,
    gradients: Float32Array[][],
    hessians: Float32Array[][],
    weightOf: (task: number) => number,
    between: () => Promise<void>,
  ): Promise<void> {
    const { grower, done, outputs, members } = this;
    const { ensemble, scores } = this.blocks[name];
    const gradient = columnsOf(outputs, grower.table.rows);
    const hessian = columnsOf(outputs, grower.table.rows);
    for (const [t, { rows }] of members.entries()) {
      const weight = weightOf(t);
      for (let k = 0; k < outputs; k++) {
        addScaled(gradient[k]!, gradients[t]![k]!, rows, weight);
        addScaled(hessian[k]!, hessians[t]![k]!, rows, weight);
      }
      await between();
    }
    await grower.grow(name, done, this.pooledRows, gradient, hessian, between, (tree, output) => {
      ensemble.add(tree, output, done);
      addTree(tree, grower.table, null, scores, output, outputs);
    });
  }

  /** The change of theta from the trees so far. Inactive tasks have no gradients and do not change. */
  private thetaStep({ rows, theta }: Member, gradients: Float32Array[], hessians: Float32Array[]): number {
    const { outputs, blocks, settings } = this;
    const w = sigmoid(theta);
    const slope = w * (1 - w);
    let first = 0;
    let second = 0;
    for (let k = 0; k < outputs; k++) {
      for (const row of rows) {
        const at = row * outputs + k;
        const along = slope * (blocks.outlier.scores[at]! - blocks.common.scores[at]!);
        first += gradients[k]![row]! * along;
        second += hessians[k]![row]! * along * along;
      }
    }
    if (first === 0) return 0;
    const step = (settings.learningRate * first) / (second + settings.l2 + Number.EPSILON);
    return -Math.max(-THETA_STEP, Math.min(THETA_STEP, step));
  }

  /** Combines the blocks into the score of a task, and computes its loss. */
  private combine(member: Member): void {
    const { shared, common, outlier } = this.blocks;
    const weight = sigmoid(member.theta);
    mix(member.scores, shared.scores, common.scores, outlier.scores, member.ownScores, weight);
    member.loss = member.objective.loss(member.scores, member.target, member.rows);
  }

  scores(task: number): Float32Array {
    return this.members[task]!.scores;
  }

  predict(task: number, rows: Uint32Array, rounds: number): Float32Array {
    const { own, start } = this.members[task]!;
    const { table } = this.grower;
    const replay = (ensemble: Ensemble, from: Float32Array) => {
      ensemble.addTo(from, table, rows, rounds);
      return from;
    };
    const zero = () => new Float32Array(rows.length * this.outputs);
    const shared = replay(this.blocks.shared.ensemble, zero());
    const common = replay(this.blocks.common.ensemble, zero());
    const outlier = replay(this.blocks.outlier.ensemble, zero());
    const ownScores = replay(own, repeated(start, rows.length));
    return mix(zero(), shared, common, outlier, ownScores, this.weightAfter(task, rounds));
  }

  /** Weight of the outlier ensemble in a task after `rounds` rounds; 0.5 before the second block. */
  weightAfter(task: number, rounds: number): number {
    const outlierRounds = Math.min(rounds - this.settings.sharedRounds, this.thetas.length);
    return outlierRounds <= 0 ? 0.5 : sigmoid(this.thetas[outlierRounds - 1]![task]!);
  }

  get size(): number {
    const blocks = Object.values(this.blocks).reduce((sum, { ensemble }) => sum + ensemble.size, 0);
    return this.members.reduce((sum, { own }) => sum + own.size, blocks);
  }

  /** Gains of pooled trees are divided equally among the tasks, those of the second block also by the weights. */
  featureGain(task: number): Float64Array {
    const gain = new Float64Array(this.features);
    const { shared, common, outlier } = this.blocks;
    const part = 1 / this.members.length;
    const weight = this.weightAfter(task, this.done);
    shared.ensemble.addGain(gain, part);
    common.ensemble.addGain(gain, part * (1 - weight));
    outlier.ensemble.addGain(gain, part * weight);
    this.members[task]!.own.addGain(gain, 1);
    return gain;
  }

  save(): Record<string, Float32Array> {
    const numTasks = this.members.length;
    const thetas = new Float32Array(this.thetas.length * numTasks);
    for (const [i, row] of this.thetas.entries()) thetas.set(row, i * numTasks);
    const tensors: Record<string, Float32Array> = {
      'boosting/rounds': Float32Array.of(this.done),
      'boosting/theta': thetas,
    };
    for (const [name, { ensemble }] of Object.entries(this.blocks)) {
      Object.assign(tensors, ensemble.save(`block/${name}`));
    }
    for (const { name, own } of this.members) Object.assign(tensors, own.save(`task/${name}`));
    return tensors;
  }

  /** @throws WorkbenchError of kind `file` if tensors are missing or inconsistent */
  load(tensors: Record<string, Float32Array>): void {
    const { table } = this.grower;
    const numTasks = this.members.length;
    const { sharedRounds, outlierRounds } = this.settings;
    this.done = roundsOf(tensors);
    const weighted = Math.min(outlierRounds, Math.max(0, this.done - sharedRounds));
    const thetas = numbersOf(tensors, 'boosting/theta', weighted * numTasks);
    this.thetas.length = 0;
    for (let i = 0; i < thetas.length; i += numTasks) this.thetas.push(thetas.slice(i, i + numTasks));
    for (const [name, { ensemble, scores }] of Object.entries(this.blocks)) {
      ensemble.load(`block/${name}`, tensors, table);
      ensemble.addTo(scores.fill(0), table, null, this.done);
    }
    for (const [t, member] of this.members.entries()) {
      member.own.load(`task/${member.name}`, tensors, table);
      member.ownScores.set(repeated(member.start, table.rows));
      member.own.addTo(member.ownScores, table, null, this.done);
      member.theta = this.thetas[this.thetas.length - 1]?.[t] ?? 0;
      this.combine(member);
    }
  }
}
