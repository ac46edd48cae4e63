// Checks a model against a golden case: equal parameters and input must give equal outputs, losses, gradients, attention and
// optimizer steps, within the tolerances of golden/README. Runs on the active backend.
import * as tf from '@tensorflow/tfjs-core';
import { type LayerPlace, samePlace } from '../core/attentionPlace.ts';
import { MISSING_LABEL } from '../data/labels.ts';
import type { TaskMeta } from '../data/table.ts';
import { taskLoss } from '../kernels/ops/taskLoss/index.ts';
import { createUpdater } from '../kernels/ops/updateParameters/index.ts';
import type { Batch, Capture, ExpertsRecord } from '../layers/forward.ts';
import type { Parameter } from '../layers/parameter.ts';
import { equal } from '../methods/equal.ts';
import type { Model } from '../models/model.ts';
import { optimizers } from '../optimizers/registry.ts';
import { taskTypes } from '../tasks/registry.ts';
import type { TaskType } from '../tasks/task.ts';
import { architectures } from './architectures.ts';
import { compare, type GoldenCheck, type GoldenTensor, maxAbs } from './check.ts';
import {
  type AttentionBlocks,
  buildCase,
  type GoldenTargets,
  type ModelCase,
  type Tensors,
} from './modelCase.ts';

/** Checks of one case, or the reason why it is skipped. */
export type ModelOutcome = { skipped: string } | { checks: GoldenCheck[] };

const number = (value: number | GoldenTensor) =>
  typeof value === 'number' ? value : (value.data[0] as number);
const relative = (quantity: string, got: number, expected: number, tolerance: number) =>
  compare(quantity, [got], [expected], tolerance * Math.abs(expected));

export async function checkModel(golden: ModelCase): Promise<ModelOutcome> {
  const architecture = architectures[golden.config.architecture];
  if (!architecture) return { skipped: `no architecture ${golden.config.architecture} yet` };
  const bench = new Bench(golden, architecture);
  try {
    return { checks: await bench.run() };
  } finally {
    bench.dispose();
  }
}

/** The objective of the public code, from the losses of the tasks [T]. */
const objectiveOf = (losses: tf.Tensor1D): tf.Scalar =>
  tf.sum(tf.mul(losses, tf.tensor1d(equal.fixedWeights(losses.size, {}))));

/** One case under test: the model, its batch, and the checks so far. */
class Bench {
  private readonly checks: GoldenCheck[] = [];
  private readonly tasks: TaskMeta[];
  private readonly types: TaskType[];
  private readonly model: Model;
  private readonly batch: Batch;
  private readonly targets: tf.Tensor1D[];
  private readonly golden: ModelCase;

  constructor(golden: ModelCase, architecture: (typeof architectures)[string]) {
    this.golden = golden;
    const { tasks, model, batch } = buildCase(golden, architecture);
    this.tasks = tasks;
    this.types = tasks.map((t) => taskTypes[t.type]);
    this.model = model;
    this.batch = batch;
    this.targets = this.tasks.map(({ name }) => {
      const { data } = golden.targets[name] as GoldenTargets;
      return tf.tensor1d(data.map((label) => label ?? MISSING_LABEL));
    });
  }

  async run(): Promise<GoldenCheck[]> {
    this.checkNames();
    if (this.checks.some((c) => !c.passed)) return this.checks;
    await this.checkForward();
    await this.checkAttention();
    await this.checkGates();
    await this.checkGradients();
    await this.checkOptimizer();
    return this.checks;
  }

  dispose(): void {
    this.model.dispose();
    tf.dispose([this.batch.categorical, this.batch.numeric, this.targets]);
  }

  /** Our `state_dict` must have the same names and shapes, one to one. */
  private checkNames(): void {
    const { golden, model } = this;
    const ours = new Map<string, readonly number[]>();
    for (const p of [...model.parameters, ...model.buffers])
      for (const part of p.parts) ours.set(part.name, part.shape);
    for (const [name, values] of model.frozen) ours.set(name, [values.length]);
    const theirs = { ...golden.params, ...golden.buffers };
    const problems = [
      ...Object.entries(theirs).flatMap(([name, t]) => {
        const shape = ours.get(name);
        if (!shape) return [`${name} missing`];
        return String(shape) === String(t.shape) ? [] : [`${name}: expected [${t.shape}], got [${shape}]`];
      }),
      ...[...ours.keys()].filter((name) => !(name in theirs)).map((name) => `${name} unexpected`),
    ];
    this.checks.push({
      quantity: 'parameter names and shapes',
      error: problems.length,
      tolerance: 0.5,
      passed: problems.length === 0,
      detail: problems.slice(0, 5).join('; '),
    });
    for (const name of golden.frozen) {
      const expected = (golden.params[name] as GoldenTensor).data;
      this.checks.push(compare(`frozen ${name}`, model.frozen.get(name) ?? [], expected, 1e-6));
    }
  }

  private reset(): void {
    const { golden, model } = this;
    load(model.parameters, golden.params);
    load(model.buffers, golden.buffers);
  }

  private forward(training: boolean, capture?: Capture): tf.Tensor2D[] {
    return tf.tidy(() => this.model.forward(this.batch, { training, step: 1, capture }));
  }

  private async checkForward(): Promise<void> {
    const { golden } = this;
    for (const training of [false, true]) {
      this.reset();
      const mode = training ? 'train' : 'eval';
      const outputs = this.forward(training);
      for (const [i, task] of this.tasks.entries()) {
        const expected = (training ? golden.outputs_train_mode : golden.outputs_eval_mode)[
          task.name
        ] as GoldenTensor;
        const got = await (outputs[i] as tf.Tensor2D).data();
        this.checks.push(
          compare(`outputs ${mode} ${task.name}`, got, expected.data, 1e-4 * maxAbs(expected.data)),
        );
      }
      tf.dispose(outputs);
    }
    await this.checkBuffers(
      'buffers after train forward',
      golden.buffers_after_train_forward,
      () => 1e-4,
      'relative',
    );
  }

  private async checkBuffers(
    label: string,
    expected: Tensors,
    toleranceOf: (name: string) => number,
    scale: 'relative' | 'mixed',
  ): Promise<void> {
    for (const { variable, parts } of this.model.buffers) {
      const values = await variable.data();
      for (const { name, start, size } of parts) {
        const reference = expected[name];
        if (!reference || name.endsWith('num_batches_tracked')) continue;
        const isMean = name.endsWith('running_mean');
        const unit = scale === 'mixed' && isMean ? 1 : maxAbs(reference.data);
        const got = values.subarray(start, start + size);
        this.checks.push(compare(`${label} ${name}`, got, reference.data, toleranceOf(name) * unit));
      }
    }
  }

  private async checkAttention(): Promise<void> {
    const { attention } = this.golden;
    if (!attention) return;
    this.reset();
    const seen: { place: LayerPlace; weights: tf.Tensor }[] = [];
    const outputs = this.forward(false, {
      attention: ({ place, weights }) => {
        seen.push({ place, weights: tf.keep(weights) });
      },
    });
    tf.dispose(outputs);
    const compareBlocks = async (network: string | null, blocks: AttentionBlocks) => {
      const scope = network === null ? '' : `${network}/`;
      for (const block of Object.keys(blocks).keys()) {
        for (const [name, reference] of Object.entries(blocks[`block${block}`] ?? {})) {
          const place = { network, block, kind: name === 'inter_feature' ? 'feature' : 'row' } as const;
          const got = seen.find((record) => samePlace(record.place, place));
          const values = got ? await got.weights.data() : [];
          this.checks.push(compare(`attention ${scope}block${block} ${name}`, values, reference.data, 5e-5));
        }
      }
    };
    // If every task has its own network, its name is one more level.
    if ('block0' in attention) await compareBlocks(null, attention as AttentionBlocks);
    else {
      for (const [task, blocks] of Object.entries(attention as Record<string, AttentionBlocks>))
        await compareBlocks(task, blocks);
    }
    tf.dispose(seen.map(({ weights }) => weights));
  }

  private async checkGates(): Promise<void> {
    const { gates } = this.golden;
    if (!gates) return;
    for (const training of [false, true]) {
      this.reset();
      const mode = training ? 'train' : 'eval';
      const seen: { record: ExpertsRecord; weights: tf.Tensor2D }[] = [];
      const outputs = this.forward(training, {
        experts: (record) => {
          seen.push({ record, weights: tf.keep(record.weights) });
        },
      });
      tf.dispose(outputs);
      const checked = new Set<string>();
      for (const { record, weights } of seen) {
        let first = 0;
        for (const gate of record.gates) {
          const size = gate.experts.length;
          const own = tf.tidy(() => tf.slice(weights, [0, first], [weights.shape[0], size]));
          first += size;
          const reference = gates[mode][`layer${record.layer}`]?.[gate.label];
          const values = await own.data();
          own.dispose();
          checked.add(`layer${record.layer}/${gate.label}`);
          this.checks.push(
            compare(`gates ${mode} layer${record.layer} ${gate.label}`, values, reference?.data ?? [], 5e-5),
          );
        }
      }
      tf.dispose(seen.map((s) => s.weights));
      const expected = Object.entries(gates[mode]).flatMap(([layer, own]) =>
        Object.keys(own).map((name) => `${layer}/${name}`),
      );
      const missing = expected.filter((name) => !checked.has(name));
      this.checks.push({
        quantity: `gates ${mode} found`,
        error: missing.length,
        tolerance: 0.5,
        passed: missing.length === 0,
        detail: missing.join('; '),
      });
    }
  }

  /** Loss per task and gradient per parameter, in training mode. */
  private differentiate(): { losses: tf.Tensor1D; gradients: tf.Tensor[] } {
    let losses: tf.Tensor1D | undefined;
    const variables = this.model.parameters.map((p) => p.variable);
    const { value, grads } = tf.variableGrads(() => {
      const perTask = this.lossesOf(this.model.forward(this.batch, { training: true, step: 1 }));
      losses = tf.keep(tf.stack(perTask)) as tf.Tensor1D;
      return objectiveOf(losses);
    }, variables);
    value.dispose();
    return {
      losses: losses as tf.Tensor1D,
      gradients: variables.map((v) => grads[v.name] ?? tf.zeros(v.shape)),
    };
  }

  private lossesOf(outputs: tf.Tensor2D[]): tf.Scalar[] {
    return outputs.map((o, i) => {
      const { name } = this.tasks[i] as TaskMeta;
      const { lossKind } = this.types[i] as TaskType;
      const isPartial = (this.golden.targets[name] as GoldenTargets).data.includes(null);
      return taskLoss(o, this.targets[i] as tf.Tensor1D, lossKind, isPartial);
    });
  }

  private async totalLoss(training: boolean): Promise<number> {
    const total = tf.tidy(() =>
      objectiveOf(
        tf.stack(this.lossesOf(this.model.forward(this.batch, { training, step: 1 }))) as tf.Tensor1D,
      ),
    );
    const value = (await total.data())[0] as number;
    total.dispose();
    return value;
  }

  private async checkGradients(): Promise<void> {
    const { golden, model } = this;
    this.reset();
    const { losses, gradients } = this.differentiate();
    const perTask = await losses.data<'float32'>();
    this.tasks.forEach((task, i) => {
      const expected = number(golden.taskLosses[task.name] as number);
      this.checks.push(relative(`loss ${task.name}`, perTask[i] as number, expected, 1e-4));
    });
    const total = perTask.reduce((a, b) => a + b, 0);
    this.checks.push(relative('loss', total, number(golden.loss), 1e-4));
    const largest = Math.max(...Object.values(golden.grads).map((g) => maxAbs(g.data)));
    for (const [i, parameter] of model.parameters.entries()) {
      const values = await (gradients[i] as tf.Tensor).data();
      for (const part of parameter.parts) {
        const expected = golden.grads[part.name];
        if (!expected) continue;
        const tolerance = 1e-3 * maxAbs(expected.data) + 1e-5 * largest;
        const got = values.subarray(part.start, part.start + part.size);
        this.checks.push(compare(`grads ${part.name}`, got, expected.data, tolerance));
      }
    }
    tf.dispose([losses, gradients]);
  }

  private async checkOptimizer(): Promise<void> {
    const { golden, model } = this;
    const { adamw } = golden;
    this.reset();
    const updater = createUpdater({
      parameters: model.parameters.map((p) => p.variable),
      slices: model.parameters.map(({ variable }) => [{ size: variable.size, group: 0 }]),
      tasks: this.tasks.length,
      groups: 1,
      rule: {
        optimizer: optimizers.adamw,
        weightDecay: adamw.weightDecay,
        beta1: adamw.beta1,
        beta2: adamw.beta2,
        epsilon: adamw.eps,
        clipNorm: 0,
      },
    });
    for (let step = 1; step <= adamw.steps; step++) {
      const { losses, gradients } = this.differentiate();
      const total = (await losses.data<'float32'>()).reduce((a, b) => a + b, 0);
      const expected = adamw.loss_before_each_step[step - 1] as number;
      this.checks.push(relative(`adamw loss before step ${step}`, total, expected, 1e-3));
      await updater.step(gradients, losses, step, () => adamw.lr);
      tf.dispose([losses, gradients]);
    }
    updater.dispose();
    for (const { variable, parts } of model.parameters) {
      const values = await variable.data();
      for (const part of parts) {
        const expected = adamw.params_after[part.name];
        if (!expected) continue;
        const unstable = new Set(adamw.unstable[part.name] ?? []);
        const got = values.subarray(part.start, part.start + part.size);
        this.checks.push(compare(`adamw params ${part.name}`, got, expected.data, 0.05 * adamw.lr, unstable));
      }
    }
    const isMean = (name: string) => name.endsWith('running_mean');
    await this.checkBuffers(
      'adamw buffers',
      adamw.buffers_after,
      (name) => (isMean(name) ? 1e-2 : 1e-3),
      'mixed',
    );
    const hasBatchNorm = model.buffers.length > 0;
    const evaluation = await this.totalLoss(false);
    this.checks.push(
      relative(
        'adamw loss after, eval mode',
        evaluation,
        adamw.loss_after_eval_mode,
        hasBatchNorm ? 5e-2 : 1e-3,
      ),
      relative('adamw loss after', await this.totalLoss(true), adamw.loss_after, 1e-3),
    );
  }
}

function load(parameters: readonly Parameter[], tensors: Tensors): void {
  for (const { variable, parts } of parameters) {
    const values = new Float32Array(variable.size);
    for (const part of parts) values.set((tensors[part.name] as GoldenTensor).data, part.start);
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape, 'float32')));
  }
}
