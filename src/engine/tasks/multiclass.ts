// Multiclass classification: cross entropy of the logits.
import { taskLoss } from '../kernels/taskLoss.ts';
import { multiclassMetrics } from './metrics.ts';
import type { TaskType } from './task.ts';

/** Row-major softmax in float64, shifted by the largest logit of each row. */
export function softmaxRows(logits: ArrayLike<number>, classes: number): Float64Array {
  const out = new Float64Array(logits.length);
  for (let start = 0; start < logits.length; start += classes) {
    let max = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c++) max = Math.max(max, logits[start + c] as number);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp((logits[start + c] as number) - max);
    for (let c = 0; c < classes; c++) out[start + c] = Math.exp((logits[start + c] as number) - max) / sum;
  }
  return out;
}

export const multiclass: TaskType = {
  id: 'multiclass',
  label: 'Multiclass',
  lossLabel: 'cross-entropy',
  primary: 'auroc',
  metrics: [
    { id: 'auroc', label: 'AUROC, one vs rest', higherIsBetter: true },
    { id: 'accuracy', label: 'Accuracy', higherIsBetter: true },
    { id: 'f1', label: 'F1, macro', higherIsBetter: true },
    { id: 'log-loss', label: 'Log loss', higherIsBetter: false },
  ],
  lossKind: 'multiclass',
  loss: (logits, targets) => taskLoss(logits, targets, 'multiclass'),
  evaluate(logits, targets, outputs) {
    const m = multiclassMetrics(softmaxRows(logits, outputs), targets, outputs);
    return { auroc: m.auroc, accuracy: m.accuracy, f1: m.f1, 'log-loss': m.logLoss };
  },
};
