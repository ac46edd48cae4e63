// Regression: mean squared error on the stored (by default standardised) target; metrics in the units of the label.
import { taskLoss } from '../kernels/taskLoss.ts';
import { regressionMetrics } from './metrics.ts';
import type { TaskType } from './task.ts';

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
    const { mean, scale } = scaling ?? { mean: 0, scale: 1 };
    const restore = (values: Float32Array) => Float64Array.from(values, (v) => v * scale + mean);
    const m = regressionMetrics(restore(logits), restore(targets));
    return { 'explained-variance': m.explainedVariance, r2: m.r2, mse: m.mse, rmse: m.rmse, mae: m.mae };
  },
};
