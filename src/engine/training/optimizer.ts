// Applies gradients in place. Adam and AdamW keep two moments per parameter; the formulas are in golden/README.
import * as tf from '@tensorflow/tfjs-core';
import { adamwUpdate } from '../kernels/adamw.ts';
import { sgdUpdate } from '../kernels/sgd.ts';
import type { Parameter } from '../models/model.ts';
import type { TrainingSettings } from './params.ts';

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/**
 * Learning rate of a step: linear warm-up from 0, then constant or cosine decay to 0 (Loshchilov and Hutter 2017).
 * @param step - 1-based
 */
export function learningRateAt(
  settings: Pick<TrainingSettings, 'learningRate' | 'warmupSteps' | 'decay'>,
  step: number,
  totalSteps: number,
): number {
  const { learningRate, warmupSteps, decay } = settings;
  if (step <= warmupSteps) return (learningRate * step) / warmupSteps;
  if (decay === 'constant') return learningRate;
  const progress = (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
  return 0.5 * learningRate * (1 + Math.cos(Math.PI * Math.min(1, progress)));
}

export interface OptimizerOptions {
  optimizer: TrainingSettings['optimizer'];
  weightDecay: number;
  beta1?: number;
  beta2?: number;
  epsilon?: number;
}

/** The clip factor of consecutive values of a parameter. */
export interface StretchScale {
  size: number;
  scale: number;
}

/** The gradient with each stretch by its own factor. */
function scaled(gradient: tf.Tensor, stretches: readonly StretchScale[]): tf.Tensor {
  const factors = new Float32Array(gradient.size);
  let start = 0;
  for (const { size, scale } of stretches) {
    factors.fill(scale, start, start + size);
    start += size;
  }
  return tf.tidy(() => tf.mul(gradient, tf.tensor(factors, gradient.shape)));
}

/** Holds the moments of every parameter; `apply` is called once per step. */
export class Optimizer {
  readonly firstMoments: tf.Variable[] = [];
  readonly secondMoments: tf.Variable[] = [];
  private readonly parameters: readonly Parameter[];
  private readonly options: OptimizerOptions;

  constructor(parameters: readonly Parameter[], options: OptimizerOptions) {
    this.parameters = parameters;
    this.options = options;
    if (options.optimizer === 'sgd') return;
    for (const { variable } of parameters) {
      const zeros = () => tf.tidy(() => tf.variable(tf.zeros(variable.shape), false));
      this.firstMoments.push(zeros());
      this.secondMoments.push(zeros());
    }
  }

  /**
   * @param gradients - one per parameter, same shapes
   * @param scales - per parameter the clip factor, or one per stretch of it
   * @param step - 1-based
   */
  apply(
    gradients: readonly tf.Tensor[],
    scales: readonly (readonly StretchScale[])[],
    learningRate: number,
    step: number,
  ): void {
    const { optimizer, weightDecay, beta1 = BETA1, beta2 = BETA2, epsilon = EPSILON } = this.options;
    this.parameters.forEach(({ variable }, i) => {
      const own = scales[i] ?? [];
      const same = own.every((s) => s.scale === own[0]?.scale);
      const gradient = same ? gradients[i] : scaled(gradients[i] as tf.Tensor, own);
      const gradientScale = same ? (own[0]?.scale ?? 1) : 1;
      if (optimizer === 'sgd') {
        sgdUpdate(variable, gradient, { learningRate, gradientScale });
      } else {
        adamwUpdate(variable, gradient, this.firstMoments[i], this.secondMoments[i], {
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

  dispose(): void {
    for (const v of [...this.firstMoments, ...this.secondMoments]) v.dispose();
  }
}
