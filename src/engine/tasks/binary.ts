// Binary classification: cross entropy from the logit in the stable form max(z, 0) - z y + log(1 + exp(-|z|)).
import * as tf from '@tensorflow/tfjs-core';
import { binaryMetrics } from './metrics.ts';
import type { TaskType } from './task.ts';

export const sigmoid = (z: number) => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));

export const binary: TaskType = {
  id: 'binary',
  label: 'Binary',
  lossLabel: 'cross-entropy',
  primary: 'auroc',
  metrics: [
    { id: 'auroc', label: 'AUROC', higherIsBetter: true },
    { id: 'accuracy', label: 'Accuracy', higherIsBetter: true },
    { id: 'f1', label: 'F1', higherIsBetter: true },
    { id: 'log-loss', label: 'Log loss', higherIsBetter: false },
  ],
  loss(logits, targets) {
    const z = tf.reshape(logits, [-1]);
    const softplus = tf.log1p(tf.exp(tf.neg(tf.abs(z))));
    return tf.mean(tf.add(tf.sub(tf.relu(z), tf.mul(z, targets)), softplus));
  },
  evaluate(logits, targets) {
    const m = binaryMetrics(Float64Array.from(logits, sigmoid), targets);
    return { auroc: m.auroc, accuracy: m.accuracy, f1: m.f1, 'log-loss': m.logLoss };
  },
};
