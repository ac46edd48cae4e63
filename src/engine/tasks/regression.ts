// Regression: mean squared error on the stored (by default standardised) target; metrics in the units of the label.
import { IDENTITY, restored } from '../data/encode.ts';
import type { Standardisation } from '../data/table.ts';
import { taskLoss } from '../kernels/ops/taskLoss/index.ts';
import { regressionMetrics } from './metrics.ts';
import type { TaskType } from './task.ts';

/** If the mean is more standard deviations from 0 than this, adding it would cost the values more digits than float32 did. */
const FAR_MEAN = 1e6;

/** Converts to label units. Metrics of regression do not depend on the mean, so a mean that dwarfs the scale is left out. */
function inLabelUnits(values: Float32Array, scaling: Standardisation): Float64Array {
  const { mean, scale } = scaling;
  const used = Math.abs(mean) > FAR_MEAN * scale ? { mean: 0, scale } : scaling;
  return Float64Array.from(values, (value) => restored(value, used));
}

export const regression: TaskType = {
  id: 'regression',
  label: 'Regression',
  lossLabel: 'mean squared error',
  primary: 'explained-variance',
  metrics: [
    { id: 'explained-variance', label: 'Explained variance', higherIsBetter: true },
    { id: 'r2', label: 'R²', higherIsBetter: true },
    { id: 'mse', label: 'MSE', higherIsBetter: false },
    { id: 'rmse', label: 'RMSE', higherIsBetter: false },
    { id: 'mae', label: 'MAE', higherIsBetter: false },
  ],
  lossKind: 'squared-error',
  loss: (logits, targets) => taskLoss(logits, targets, 'squared-error'),
  evaluate(logits, targets, _outputs, scaling) {
    const restore = (values: Float32Array) => inLabelUnits(values, scaling ?? IDENTITY);
    const m = regressionMetrics(restore(logits), restore(targets));
    return { 'explained-variance': m.explainedVariance, r2: m.r2, mse: m.mse, rmse: m.rmse, mae: m.mae };
  },
};
