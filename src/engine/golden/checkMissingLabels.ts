// Losses, gradients and metrics with labels missing per task, against golden/missing_labels.json (PyTorch in float64 and
// scikit-learn). Losses run on the active backend.
import * as tf from '@tensorflow/tfjs-core';
import { MISSING_LABEL } from '../data/labels.ts';
import { randomDataset } from '../data/randomDataset.ts';
import type { TaskMeta, TaskTypeId } from '../data/table.ts';
import { type LossSpec, taskLosses } from '../kernels/ops/taskLoss/index.ts';
import { taskTypes } from '../tasks/registry.ts';
import type { MetricValue } from '../tasks/task.ts';
import { evaluateLogits } from '../training/evaluate.ts';
import { compare, type GoldenCheck, type GoldenTensor, maxAbs } from './check.ts';
import { compareFact, compareValue, type Value } from './checkValue.ts';

type Labels = readonly (number | null)[];

interface LossCase {
  case: string;
  kind: 'loss';
  heads: { kind: TaskTypeId; logits: GoldenTensor; targets: Labels }[];
  expected: { losses: number[]; total: number; labelled_rows: number[]; gradients: GoldenTensor[] };
}

interface MetricsCase {
  case: string;
  kind: 'metrics';
  head: TaskTypeId;
  logits: GoldenTensor;
  targets: Labels;
  expected: Record<string, Value | Value[]>;
}

export interface MissingLabelsFile {
  kind: 'missing-labels';
  cases: (LossCase | MetricsCase)[];
}

/** Of float32, as data/README has it. */
const TOLERANCE = 1e-5;

/** The file's names of our metrics; the file has more metrics than a task type reports. */
const METRICS: Record<string, string> = {
  explained_variance: 'explained-variance',
  r2: 'r2',
  mse: 'mse',
  rmse: 'rmse',
  mae: 'mae',
  auroc: 'auroc',
  auroc_macro_over_defined: 'auroc',
  accuracy: 'accuracy',
  f1: 'f1',
  f1_macro: 'f1',
  log_loss_exact: 'log-loss',
};

export async function checkMissingLabels({ cases }: MissingLabelsFile): Promise<GoldenCheck[]> {
  const checks: GoldenCheck[] = [];
  for (const c of cases) checks.push(...(c.kind === 'loss' ? await checkLoss(c) : await checkMetrics(c)));
  return checks;
}

async function checkLoss({ case: name, heads, expected }: LossCase): Promise<GoldenCheck[]> {
  const rows = heads[0]?.targets.length ?? 0;
  const specs = heads.map(
    ({ kind, logits }): LossSpec => ({
      kind: taskTypes[kind].lossKind,
      outputs: logits.shape[1] as number,
      // Also for complete labels, so that counting the labelled rows is tested on them too.
      partial: true,
    }),
  );
  const outputs = heads.map(({ logits }) => tf.tensor2d(logits.data, logits.shape as [number, number]));
  const targets = tf.tensor2d(
    heads.flatMap((head) => head.targets.map((label) => label ?? MISSING_LABEL)),
    [heads.length, rows],
  );
  const losses = tf.tidy(() => taskLosses(tf.concat(outputs, 1) as tf.Tensor2D, targets, specs));
  const gradients = tf.tidy(() =>
    tf.grads((...own: tf.Tensor[]) => tf.sum(taskLosses(tf.concat(own, 1) as tf.Tensor2D, targets, specs)))(
      outputs,
    ),
  );
  const got = await losses.data<'float32'>();
  const checks = [
    ...expected.losses.map((loss, i) =>
      compare(`${name} loss ${i}`, [got[i] as number], [loss], TOLERANCE * loss),
    ),
    compare(`${name} total`, [got.reduce((a, b) => a + b, 0)], [expected.total], TOLERANCE * expected.total),
  ];
  for (const [i, reference] of expected.gradients.entries()) {
    const values = await (gradients[i] as tf.Tensor).data();
    const { targets: labels, logits } = heads[i] as LossCase['heads'][number];
    const width = logits.shape[1] as number;
    const isQuiet = values.every((g, k) => labels[Math.floor(k / width)] !== null || g === 0);
    checks.push(
      compare(`${name} gradient ${i}`, values, reference.data, TOLERANCE * maxAbs(reference.data)),
      compareFact(`${name} gradient ${i} is 0 without a label`, isQuiet, 'a gradient in a row without label'),
    );
  }
  tf.dispose([outputs, targets, losses, gradients]);
  return checks;
}

async function checkMetrics({ case: name, head, logits, targets, expected }: MetricsCase) {
  const [rows, width] = logits.shape as [number, number];
  const task: TaskMeta = { name, type: head, outputs: width, description: '' };
  const dataset = {
    ...randomDataset([], [task], rows),
    targets: [Float32Array.from(targets, (label) => label ?? Number.NaN)],
  };
  const { scores } = await evaluateLogits(dataset, [taskTypes[head]], dataset.split.train, [
    Float32Array.from(logits.data),
  ]);
  const metrics = scores[0]?.metrics ?? {};
  const { labelled_rows: labelled, ...values } = expected;
  const known = targets.filter((label) => label !== null).length;
  return [
    compareFact(`${name} labelled rows`, known === labelled, `expected ${labelled}, got ${known}`),
    ...Object.entries(values).flatMap(([key, value]) => {
      const metric = METRICS[key];
      if (!metric || Array.isArray(value)) return [];
      return checkMetric(`${name} ${key}`, metrics[metric], value as Value);
    }),
  ];
}

function checkMetric(quantity: string, got: MetricValue | undefined, expected: Value): GoldenCheck[] {
  if (!got) return [compareFact(quantity, false, 'no such metric here')];
  const hasReason = !Number.isNaN(got.value) || (got.reason ?? '') !== '';
  return [
    compareValue(quantity, got.value, expected),
    compareFact(`${quantity}: reason where undefined`, hasReason, 'NaN without a reason'),
  ];
}
