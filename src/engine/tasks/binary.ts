// Binary classification: cross entropy from the logit.
import { taskLoss } from '../kernels/ops/taskLoss/index.ts';
import { binaryMetrics } from './metrics.ts';
import type { TaskType } from './task.ts';

export const binary: TaskType = {
  id: 'binary',
  label: 'Binary',
  lossLabel: 'cross-entropy',
  primary: 'auroc',
  metrics: [
    { id: 'auroc', label: 'AUROC', higherIsBetter: true, ofPositive: true },
    { id: 'accuracy', label: 'Accuracy', higherIsBetter: true },
    { id: 'f1', label: 'F1', higherIsBetter: true, ofPositive: true },
    { id: 'log-loss', label: 'Log loss', higherIsBetter: false },
  ],
  lossKind: 'binary',
  loss: (logits, targets) => taskLoss(logits, targets, 'binary'),
  evaluate(logits, targets) {
    const m = binaryMetrics(logits, targets);
    return { auroc: m.auroc, accuracy: m.accuracy, f1: m.f1, 'log-loss': m.logLoss };
  },
};
