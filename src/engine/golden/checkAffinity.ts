// Task relations against golden/affinity.json (README, section affinity): gradients, affinities, CKA, and one step of SAM and
// of task-based flat regions, on the active backend.
import * as tf from '@tensorflow/tfjs-core';
import { type Grams, lookAhead, measureGrams } from '../analysis/relations.ts';
import { defaultsOf, type Params } from '../config/params.ts';
import {
  cosinesOf,
  firstOrderAffinity,
  linearCka,
  lookAheadAffinity,
  magnitudeSimilarity,
} from '../core/relations.ts';
import type { LossSpec } from '../kernels/ops/taskLoss/index.ts';
import { createUpdater } from '../kernels/ops/updateParameters/index.ts';
import { tawtStep } from '../methods/gram/tawt.ts';
import type { GradientMethod } from '../methods/method.ts';
import { methods } from '../methods/registry.ts';
import { type Sharpness, sharpnessParams } from '../methods/sharpness.ts';
import { optimizers } from '../optimizers/registry.ts';
import { createCombiner } from '../training/step/combiner.ts';
import { disposeAll, tidied, withMoved } from '../training/step/moved.ts';
import { SharedValues } from '../training/step/sharedValues.ts';
import { TaskPass } from '../training/step/taskPass.ts';
import type { StepTensors } from '../training/tensorBatch.ts';
import { affinityModel } from './affinityModel.ts';
import { compare, type GoldenCheck, type GoldenTensor, maxAbs } from './check.ts';

interface FlatRegions {
  rho_shared: number;
  rho_heads: number;
  tasks: { sam_gradient_head: number[] }[];
  mean: { direction: number[] };
  pcgrad_ascending: { direction: number[] };
}

interface AffinityCase {
  case: string;
  params: Record<string, GoldenTensor>;
  taskNames: string[];
  taskTypes: Record<string, 'regression' | 'binary' | 'classification'>;
  classes: number;
  input: GoldenTensor;
  targets: Record<string, GoldenTensor>;
  lr: number;
  losses: number[];
  norms: number[];
  gradients_shared: GoldenTensor;
  gram: number[][];
  cosines: number[][];
  conflicts: boolean[][];
  magnitude_similarity: number[][];
  first_order_affinity: number[][];
  look_ahead_losses: number[][];
  tag_affinity: number[][];
  activations: Record<string, GoldenTensor>;
  cka_names: string[];
  cka: number[][];
  tawt: { eta: number; cosines: number[]; weights_before: number[]; weights_after: number[] }[];
  sam: {
    rho: number;
    all_parameters: { sam_gradient: number[]; parameters_after: number[] };
    shared_only: { sam_gradient: number[] };
  };
  flat_regions: FlatRegions[];
}

export interface AffinityFile {
  kind: 'affinity';
  cases: AffinityCase[];
}

const kinds = { regression: 'squared-error', binary: 'binary', classification: 'multiclass' } as const;

/** Of float32, relative to the largest entry. */
const FLOAT32 = 1e-5;

export async function checkAffinity({ cases }: AffinityFile): Promise<GoldenCheck[]> {
  const checks: GoldenCheck[] = [];
  for (const c of cases) {
    const bench = new Bench(c);
    try {
      checks.push(...(await bench.run()));
    } finally {
      bench.dispose();
    }
  }
  return checks;
}

class Bench {
  private readonly c: AffinityCase;
  private readonly model: ReturnType<typeof affinityModel>;
  private readonly tasks: LossSpec[];
  private readonly batch: StepTensors;
  private readonly pass: TaskPass;

  constructor(c: AffinityCase) {
    this.c = c;
    this.model = affinityModel(c.params, c.taskNames);
    this.tasks = c.taskNames.map((name) => {
      const type = c.taskTypes[name] as AffinityCase['taskTypes'][string];
      return { kind: kinds[type], outputs: type === 'classification' ? c.classes : 1 };
    });
    const rows = c.input.shape[0] as number;
    this.batch = {
      categorical: tf.tensor2d([], [rows, 0], 'int32'),
      numeric: tf.tensor2d(c.input.data, c.input.shape as [number, number]),
      targets: tf.tensor2d(
        c.taskNames.flatMap((name) => (c.targets[name] as GoldenTensor).data),
        [c.taskNames.length, rows],
      ),
    };
    this.pass = new TaskPass(this.model, this.tasks);
  }

  dispose(): void {
    this.model.dispose();
    tf.dispose([this.batch.categorical, this.batch.numeric, this.batch.targets]);
  }

  async run(): Promise<GoldenCheck[]> {
    const grams = await measureGrams(this.model, this.pass, this.batch);
    const ahead = await lookAhead(this.model, this.pass, this.batch, this.c.lr);
    return [
      ...this.relations(grams, ahead),
      ...(await this.similarity()),
      ...(await this.sharpness()),
      ...(await this.samStep()),
    ];
  }

  private check(
    name: string,
    got: ArrayLike<number>,
    expected: readonly number[],
    tolerance = FLOAT32 * maxAbs(expected),
  ) {
    return compare(`${this.c.case} ${name}`, got, expected, tolerance);
  }

  private relations({ losses, gram }: Grams, ahead: Float64Array): GoldenCheck[] {
    const { c } = this;
    const n = c.taskNames.length;
    const cosines = cosinesOf(gram, n);
    return [
      this.check('losses', losses, c.losses),
      this.check('gram', gram, c.gram.flat()),
      this.check('cosines', cosines, c.cosines.flat()),
      this.check(
        'conflicts',
        cosines.map((v) => +(v < 0)),
        c.conflicts.flat().map(Number),
        0,
      ),
      this.check('magnitude similarity', magnitudeSimilarity(gram, n), c.magnitude_similarity.flat()),
      this.check('first-order affinity', firstOrderAffinity(gram, losses), c.first_order_affinity.flat()),
      this.check('look-ahead losses', ahead, c.look_ahead_losses.flat()),
      this.check('tag affinity', lookAheadAffinity(ahead, losses), c.tag_affinity.flat(), 1e-5),
      ...c.tawt.map((t, i) =>
        this.check(
          `tawt of target ${i + 1}`,
          tawtStep(t.weights_before, cosines.subarray(i * n, (i + 1) * n), t.eta),
          t.weights_after,
        ),
      ),
    ];
  }

  /** CKA of the stored activations and of ours, and ours beside the stored ones. */
  private async similarity(): Promise<GoldenCheck[]> {
    const { activations, cka, cka_names } = this.c;
    const rows = this.c.input.shape[0] as number;
    const stored = (name: string) => (activations[name] as GoldenTensor).data;
    const own = await this.activations();
    const all = (of: (name: string) => ArrayLike<number>) =>
      cka_names.flatMap((a) => cka_names.map((b) => linearCka(of(a), of(b), rows)));
    return [
      ...cka_names.map((name) => this.check(`activations ${name}`, own.get(name) ?? [], stored(name))),
      this.check('cka', all(stored), cka.flat()),
      this.check(
        'cka of our activations',
        all((name) => own.get(name) ?? []),
        cka.flat(),
      ),
    ];
  }

  /** Activations of shared layers and heads, and of the last shared layer after a step along each task's gradient. */
  private async activations(): Promise<Map<string, Float32Array>> {
    const { model, batch, c } = this;
    const found = new Map<string, tf.Tensor2D>();
    const last = () => tf.tidy(() => model.hidden(batch.numeric).at(-1) as tf.Tensor2D);
    for (const [k, layer] of tf.tidy(() => model.hidden(batch.numeric)).entries())
      found.set(`shared.${k}`, layer);
    const top = `shared.${found.size - 1}`;
    const outputs = tf.tidy(() => model.forward(batch, { training: true, step: 1 }));
    for (const [t, output] of outputs.entries()) found.set(`heads.${c.taskNames[t]}`, output);
    const { taskLosses, byTask } = this.pass.perTask(batch, 1);
    const shared = new SharedValues(model.parameters);
    for (const [t, gradient] of byTask.entries()) {
      const moves = tidied(() => shared.mix(gradient, []).map((g) => g && tf.mul(g, -c.lr)));
      found.set(`${top} after a step of ${c.taskNames[t]}`, withMoved(model, moves, last));
      disposeAll(moves);
    }
    disposeAll([taskLosses, byTask]);
    const values = new Map<string, Float32Array>();
    for (const [name, tensor] of found) values.set(name, await tensor.data<'float32'>());
    tf.dispose([...found.values()]);
    return values;
  }

  /** One step of SGD along SAM's gradient. It is the last check, because it moves the parameters. */
  private async samStep(): Promise<GoldenCheck[]> {
    const { c, model } = this;
    const { rho, all_parameters } = c.sam;
    const { taskLosses, gradients } = await this.differentiate('equal', {}, { sharpness: 'sam', rho });
    const updater = createUpdater({
      parameters: model.parameters.map((p) => p.variable),
      slices: model.parameters.map(({ variable }) => [{ size: variable.size, group: 0 }]),
      tasks: c.taskNames.length,
      groups: 1,
      rule: { optimizer: optimizers.sgd, weightDecay: 0, beta1: 0, beta2: 0, epsilon: 0, clipNorm: 0 },
    });
    await updater.step(gradients, taskLosses, 1, () => c.lr);
    updater.dispose();
    tf.dispose([taskLosses, gradients]);
    const after: number[] = [];
    for (const { variable } of model.parameters) after.push(...(await variable.data<'float32'>()));
    return [this.check('parameters after a step of sam', after, all_parameters.parameters_after)];
  }

  /** Losses and gradients of a method around moved parameters; the caller disposes them. */
  private async differentiate(id: keyof typeof methods, settings: Params, moved: Params) {
    const method: GradientMethod = methods[id];
    const around = { ...(defaultsOf(sharpnessParams) as Params), ...moved, weightMomentum: 0 };
    const context = {
      numTasks: this.tasks.length,
      kinds: this.tasks.map((t) => t.kind),
      settings: { ...defaultsOf(method.params), ...settings },
      seed: 0,
      note: () => {},
    };
    const combiner = createCombiner(
      method,
      this.model,
      this.pass,
      context,
      around as Sharpness & { weightMomentum: number },
    );
    const outcome = await combiner.differentiate(this.batch, 1);
    combiner.dispose();
    return outcome;
  }

  private async sharpness(): Promise<GoldenCheck[]> {
    const { sam, flat_regions } = this.c;
    const of = async (...chosen: Parameters<Bench['differentiate']>) => {
      const { taskLosses, gradients } = await this.differentiate(...chosen);
      const values = await Promise.all(gradients.map((g) => g.data<'float32'>()));
      tf.dispose([taskLosses, gradients]);
      return values.flatMap((v) => Array.from(v));
    };
    const shared = this.c.gradients_shared.shape[1] as number;
    const equally = { taskWeights: [1 / this.tasks.length] };
    const checks = [
      this.check(
        'sam of all parameters',
        await of('equal', {}, { sharpness: 'sam', rho: sam.rho }),
        sam.all_parameters.sam_gradient,
      ),
      this.check(
        'sam of shared parameters',
        (await of('equal', {}, { sharpness: 'sam', rho: sam.rho, samScope: 'shared' })).slice(0, shared),
        sam.shared_only.sam_gradient,
      ),
    ];
    for (const [i, region] of flat_regions.entries()) {
      const moved = { sharpness: 'flat-regions', rho: region.rho_shared, rhoOwn: region.rho_heads };
      const mean = await of('fixed', equally, moved);
      const projected = await of('pcgrad', { pcgradOrder: 'ascending' }, moved);
      // Differences between similar gradients.
      const tolerance = (direction: readonly number[]) =>
        FLOAT32 * maxAbs(direction) + 1e-3 * Math.max(...this.c.norms) * region.rho_shared;
      const { direction } = region.mean;
      const own = region.tasks.flatMap((t) => t.sam_gradient_head.map((v) => v / this.tasks.length));
      checks.push(
        this.check(`flat regions ${i + 1} mean`, mean.slice(0, shared), direction, tolerance(direction)),
        this.check(`flat regions ${i + 1} heads`, mean.slice(shared), own),
        this.check(
          `flat regions ${i + 1} pcgrad`,
          projected.slice(0, shared),
          region.pcgrad_ascending.direction,
          tolerance(region.pcgrad_ascending.direction),
        ),
      );
    }
    return checks;
  }
}
