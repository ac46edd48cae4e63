// The optimizer's settings: its rule and learning rate. Its steps are in engine/optimizers.
import type { UpdateRule } from '../kernels/runtime/updater.ts';
import { optimizers } from '../optimizers/registry.ts';
import type { TrainingSettings } from './params.ts';

/** Constants as in PyTorch; formulas in golden/README. */
export const updateRule = ({
  optimizer,
  weightDecay,
  clipNorm,
}: Pick<TrainingSettings, 'optimizer' | 'weightDecay' | 'clipNorm'>): UpdateRule => ({
  optimizer: optimizers[optimizer],
  weightDecay,
  clipNorm,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
});

/**
 * Learning rate of a step: linear warm-up from 0, then constant, or cosine decay to 0 (Loshchilov and Hutter 2017).
 * @param step - counts from 1
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
