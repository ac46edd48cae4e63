// Multiclass classification: cross entropy of the logits.
import { taskLoss } from '../kernels/ops/taskLoss/index.ts';
import { multiclassMetrics } from './metrics.ts';
import type { TaskType } from './task.ts';

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
    const m = multiclassMetrics(logits, targets, outputs);
    return { auroc: m.auroc, accuracy: m.accuracy, f1: m.f1, 'log-loss': m.logLoss };
  },
};
