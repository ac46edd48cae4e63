// The trained model under another mask: changes in attention, outputs, metrics and gain.
import * as tf from '@tensorflow/tfjs-core';
import type { Issue } from '../core/errors.ts';
import type { Dataset } from '../data/table.ts';
import type { ForwardOptions } from '../layers/forward.ts';
import { checkMask, custom } from '../masks/custom.ts';
import type { Model } from '../models/model.ts';
import type { WhatIfReport } from '../protocol/masks.ts';
import type { TaskScore } from '../protocol/result.ts';
import type { TaskType } from '../tasks/task.ts';
import { evaluateLogits, predictModel } from '../training/evaluate.ts';
import { gainReport } from '../training/gain.ts';
import { firstNonFinite } from '../training/predictionFault.ts';
import { captureRows, meanMaps, tokenLabels } from './attentionCapture.ts';
import { evaluationBatch } from './evaluationBatch.ts';
import type { Measuring } from './measuring.ts';

export interface WhatIfRequest {
  model: Model;
  dataset: Dataset;
  taskTypes: readonly TaskType[];
  batchSize: number;
  /** The mask as text, see `masks/custom.ts`. */
  text: string;
  /** Scores of the baseline on the validation rows, or null. */
  baseline: TaskScore[] | null;
  measuring: Measuring;
}

/** @returns the report, or why the mask cannot be applied; neither for models whose tasks share no tokens */
export async function whatIf(
  r: WhatIfRequest,
): Promise<{ report: WhatIfReport | null; issue: Issue | null }> {
  const { model, dataset, taskTypes, batchSize, text, baseline, measuring } = r;
  const { validation } = dataset.split;
  const { progress, yieldOrStop } = measuring;
  const predict = (done: number, under?: ForwardOptions['mask']) => {
    progress({ label: 'predicting the validation rows', done, total: 2 });
    return predictModel(model, dataset, validation, batchSize, yieldOrStop, under);
  };
  const { flow } = model;
  if (!flow) return { report: null, issue: null };
  const { numTokens, heads, layers } = flow;
  const labels = tokenLabels(dataset, numTokens, null);
  const blocks = layers.filter((l) => l.kind === 'feature').length;
  const [issue] = checkMask(text, { numTokens, blocks, heads, name: (t) => labels[t]?.name ?? '' }, 'mask');
  if (issue) return { report: null, issue };
  const mask = (block: number) => custom.build({ numTaskTokens: 0, numTokens, block, heads, text });
  const unmasked = await predict(0);
  const masked = await predict(1, mask);
  for (const logits of [unmasked, masked]) {
    const bad = firstNonFinite(dataset, logits);
    if (!bad) continue;
    const path = `prediction of ${dataset.tasks[bad.task]?.name}`;
    const got = `NaN or an infinite number for row ${bad.position + 1} of the validation split`;
    const remedy = 'Lower the learning rate and train again: nothing can be measured on this network.';
    return { report: null, issue: { path, expected: 'finite numbers', got, remedy } };
  }
  const before = await evaluateLogits(dataset, taskTypes, validation, unmasked);
  const after = await evaluateLogits(dataset, taskTypes, validation, masked);
  return {
    issue: null,
    report: {
      text,
      before: before.scores,
      after: after.scores,
      gainBefore: baseline && gainReport(before.scores, baseline),
      gainAfter: baseline && gainReport(after.scores, baseline),
      outputChange: await outputChange(model, dataset, mask),
      attention: {
        rows: captureRows(dataset).length,
        before: await meanMaps(model, dataset),
        after: await meanMaps(model, dataset, mask),
      },
    },
  };
}

async function outputChange(model: Model, dataset: Dataset, mask: ForwardOptions['mask']): Promise<number[]> {
  const rows = captureRows(dataset);
  const changes = tf.tidy(() => {
    const batch = evaluationBatch(dataset, rows);
    const before = model.forward(batch, { training: false, step: 0 });
    const after = model.forward(batch, { training: false, step: 0, mask });
    return tf.stack(before.map((b, t) => tf.mean(tf.abs(tf.sub(after[t] as tf.Tensor2D, b)))));
  });
  const values = Array.from(await changes.data());
  changes.dispose();
  return values;
}
