// The end of a training step: norms of the gradients, clipping, and the update of all parameters in place (AdamW, Adam or
// SGD). Where a backend can, without anything being read back; elsewhere with plain operations.
import * as tf from '@tensorflow/tfjs-core';
import { type BackendName, getKernelMode } from '../../runtime/defineKernel.ts';
import { gradientSquares } from '../gradientSquares/index.ts';
import { adamwUpdate } from './adamw.ts';
import { sgdUpdate } from './sgd.ts';

/** Consecutive values of a parameter that belong to one group. */
export interface GroupedValues {
  size: number;
  group: number;
}

export interface UpdateRule {
  optimizer: 'adamw' | 'adam' | 'sgd';
  weightDecay: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Largest norm of a group's gradient; 0 clips nothing. */
  clipNorm: number;
}

export interface UpdateOptions {
  parameters: readonly tf.Variable[];
  /** Number of losses. */
  tasks: number;
  /** Per parameter its values, group by group; groups are clipped and reported each on its own. */
  stretches: readonly (readonly GroupedValues[])[];
  groups: number;
  rule: UpdateRule;
}

/** First and second moments, one array per parameter each; both empty for SGD. */
export type Moments = [first: Float32Array[], second: Float32Array[]];

export interface Updater {
  /**
   * When a loss or a norm is not finite, nothing is changed.
   * @param gradients - one per parameter, same shapes
   * @param losses - [T]
   * @param step - 1-based
   * @param learningRateAt - as a function of the step
   * @returns the losses, and the norm of each group before clipping
   */
  step(
    gradients: readonly tf.Tensor[],
    losses: tf.Tensor1D,
    step: number,
    learningRateAt: (step: number) => number,
  ): Promise<Float32Array>;
  readMoments(): Promise<Moments>;
  writeMoments(moments: Moments): void;
  dispose(): void;
}

/** One that reads nothing back by itself, so that its steps can be recorded. */
export interface DeferredUpdater extends Updater {
  /** Steps whose reports are held at a time; those before are overwritten. */
  readonly held: number;
  /** What a recording must keep. */
  readonly kept: readonly tf.Tensor[];
  /** The same as `step`; after a number that is not finite, later calls change nothing either. */
  launch(
    gradients: readonly tf.Tensor[],
    losses: tf.Tensor1D,
    step: number,
    learningRateAt: (step: number) => number,
  ): void;
  /** What `step` returns, of any step that is held. */
  readReports(): Promise<(step: number) => Float32Array>;
}

export const isDeferred = (updater: Updater): updater is DeferredUpdater => 'launch' in updater;

/** Null when it cannot serve these parameters. */
export type NativeUpdater = (options: UpdateOptions) => Updater | null;

const natives = new Map<string, NativeUpdater>();

export function registerNativeUpdater(backend: BackendName, create: NativeUpdater): void {
  natives.set(backend, create);
}

/** For the backend and the kernel mode of this moment. */
export function createUpdater(options: UpdateOptions): Updater {
  const native = getKernelMode() === 'native' ? natives.get(tf.getBackend()) : undefined;
  return native?.(options) ?? new PlainUpdater(options);
}

class PlainUpdater implements Updater {
  private readonly o: UpdateOptions;
  private readonly moments: [tf.Variable[], tf.Variable[]];

  constructor(options: UpdateOptions) {
    this.o = options;
    const { parameters, rule } = options;
    const zeros = () =>
      rule.optimizer === 'sgd'
        ? []
        : parameters.map(({ shape }) => tf.tidy(() => tf.variable(tf.zeros(shape), false)));
    this.moments = [zeros(), zeros()];
  }

  async step(
    gradients: readonly tf.Tensor[],
    losses: tf.Tensor1D,
    step: number,
    learningRateAt: (step: number) => number,
  ): Promise<Float32Array> {
    const { stretches, groups, rule } = this.o;
    const packed = tf.tidy(() => {
      const sizes = stretches.map((own) => own.map((s) => s.size));
      return tf.concat([losses, gradientSquares(gradients, sizes)]);
    });
    const values = await packed.data<'float32'>();
    packed.dispose();
    const squares = values.subarray(losses.size);
    const norms = new Float64Array(groups);
    stretches.flat().forEach(({ group }, i) => {
      norms[group] = (norms[group] as number) + (squares[i] as number);
    });
    norms.forEach((sum, group) => {
      norms[group] = Math.sqrt(sum);
    });
    const report = Float32Array.of(...values.subarray(0, losses.size), ...norms);
    if (report.every(Number.isFinite)) {
      const clips = Array.from(norms, (norm) =>
        rule.clipNorm > 0 && norm > rule.clipNorm ? rule.clipNorm / norm : 1,
      );
      this.apply(gradients, clips, step, learningRateAt(step));
    }
    return report;
  }

  async readMoments(): Promise<Moments> {
    const read = (variables: tf.Variable[]) =>
      Promise.all(variables.map(async (v) => (await v.data<'float32'>()).slice()));
    const [first, second] = this.moments;
    return [await read(first), await read(second)];
  }

  writeMoments(moments: Moments): void {
    tf.tidy(() => {
      for (const kind of [0, 1] as const) {
        this.moments[kind].forEach((v, i) => {
          const values = moments[kind][i] as Float32Array;
          v.assign(tf.tensor(values.slice(), v.shape, 'float32'));
        });
      }
    });
  }

  dispose(): void {
    tf.dispose(this.moments);
  }

  private apply(
    gradients: readonly tf.Tensor[],
    clips: readonly number[],
    step: number,
    learningRate: number,
  ): void {
    const { parameters, stretches, rule } = this.o;
    const { optimizer, weightDecay, beta1, beta2, epsilon } = rule;
    const [first, second] = this.moments;
    parameters.forEach((parameter, i) => {
      const scales = (stretches[i] ?? []).map(({ size, group }) => ({ size, scale: clips[group] ?? 1 }));
      const same = scales.every((s) => s.scale === scales[0]?.scale);
      const gradient = same ? gradients[i] : scaled(gradients[i] as tf.Tensor, scales);
      const gradientScale = same ? (scales[0]?.scale ?? 1) : 1;
      if (optimizer === 'sgd') {
        sgdUpdate(parameter, gradient, { learningRate, gradientScale });
      } else {
        adamwUpdate(parameter, gradient, first[i], second[i], {
          learningRate,
          beta1,
          beta2,
          epsilon,
          weightDecay: optimizer === 'adamw' ? weightDecay : 0,
          step,
          gradientScale,
        });
      }
      if (!same) gradient.dispose();
    });
  }
}

/** The gradient with each stretch by its own factor. */
function scaled(gradient: tf.Tensor, stretches: readonly { size: number; scale: number }[]): tf.Tensor {
  const factors = new Float32Array(gradient.size);
  let start = 0;
  for (const { size, scale } of stretches) {
    factors.fill(scale, start, start + size);
    start += size;
  }
  return tf.tidy(() => tf.mul(gradient, tf.tensor(factors, gradient.shape)));
}
