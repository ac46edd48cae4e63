// The end of a training step: norms of the gradients, clipping, and the in-place update of all parameters; without readbacks on
// backends that support it, otherwise with plain operations.
import * as tf from '@tensorflow/tfjs-core';
import { currentRuntime, getKernelMode } from '../../runtime/backendRuntime.ts';
import type { OptimizerState, StepAt, UpdateOptions, Updater } from '../../runtime/updater.ts';
import { gradientSquares } from '../gradientSquares/index.ts';

/** For the active backend and kernel mode. */
export function createUpdater(options: UpdateOptions): Updater {
  const native = getKernelMode() === 'native' ? currentRuntime().updater : null;
  return native?.(options) ?? new PlainUpdater(options);
}

/**
 * A step of one parameter without plain operations; arguments as in `Optimizer.step`.
 * @returns false if it is not possible
 */
export type StepInPlace = (
  parameter: tf.Variable,
  gradient: tf.Tensor,
  slots: readonly tf.Variable[],
  at: StepAt,
  gradientScale: number,
) => boolean;

export class PlainUpdater implements Updater {
  readonly slots: readonly string[];
  private readonly o: UpdateOptions;
  /** By slot, then by parameter. */
  private readonly state: tf.Variable[][];
  private readonly stepInPlace: StepInPlace;

  constructor(options: UpdateOptions, stepInPlace: StepInPlace = () => false) {
    this.o = options;
    this.stepInPlace = stepInPlace;
    const { parameters, rule } = options;
    this.slots = rule.optimizer.slots;
    this.state = this.slots.map(() =>
      parameters.map(({ shape }) => tf.tidy(() => tf.variable(tf.zeros(shape), false))),
    );
  }

  async step(
    gradients: readonly tf.Tensor[],
    losses: tf.Tensor1D,
    step: number,
    learningRateAt: (step: number) => number,
  ): Promise<Float32Array> {
    const { slices, groups, rule } = this.o;
    const packed = tf.tidy(() => {
      const sizes = slices.map((own) => own.map((s) => s.size));
      return tf.concat([losses, gradientSquares(gradients, sizes)]);
    });
    const values = await packed.data<'float32'>();
    packed.dispose();
    const squares = values.subarray(losses.size);
    const norms = new Float64Array(groups);
    slices.flat().forEach(({ group }, i) => {
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
      this.apply(gradients, clips, { step, learningRate: learningRateAt(step), rule });
    }
    return report;
  }

  async readState(): Promise<OptimizerState> {
    const state: OptimizerState = {};
    for (const [k, slot] of this.slots.entries()) {
      const variables = this.state[k] as tf.Variable[];
      state[slot] = await Promise.all(variables.map(async (v) => (await v.data<'float32'>()).slice()));
    }
    return state;
  }

  writeState(state: OptimizerState): void {
    tf.tidy(() => {
      for (const [k, slot] of this.slots.entries()) {
        this.state[k]?.forEach((v, i) => {
          const values = state[slot]?.[i] as Float32Array;
          v.assign(tf.tensor(values.slice(), v.shape, 'float32'));
        });
      }
    });
  }

  dispose(): void {
    tf.dispose(this.state);
  }

  private apply(gradients: readonly tf.Tensor[], clips: readonly number[], at: StepAt): void {
    const { parameters, slices, rule } = this.o;
    parameters.forEach((parameter, i) => {
      const scales = (slices[i] ?? []).map(({ size, group }) => ({ size, scale: clips[group] ?? 1 }));
      const same = scales.every((s) => s.scale === scales[0]?.scale);
      const gradient = same ? gradients[i] : scaled(gradients[i] as tf.Tensor, scales);
      const gradientScale = same ? (scales[0]?.scale ?? 1) : 1;
      const slots = this.state.map((variables) => variables[i] as tf.Variable);
      if (!this.stepInPlace(parameter, gradient, slots, at, gradientScale))
        rule.optimizer.step(parameter, gradient, slots, at, gradientScale);
      if (!same) gradient.dispose();
    });
  }
}

/** The gradient with each slice scaled by its own factor. */
function scaled(gradient: tf.Tensor, slices: readonly { size: number; scale: number }[]): tf.Tensor {
  const factors = new Float32Array(gradient.size);
  let start = 0;
  for (const { size, scale } of slices) {
    factors.fill(scale, start, start + size);
    start += size;
  }
  return tf.tidy(() => tf.mul(gradient, tf.tensor(factors, gradient.shape)));
}
