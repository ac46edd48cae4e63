// Predictions of a split must be finite before they are measured: if one is not, the run stops and reports it.
import { type NumericFault, WorkbenchError } from '../core/errors.ts';
import type { Dataset } from '../data/table.ts';
import { countNonFinite, networkName } from './numericFault.ts';

export type EvaluatedSplit = 'validation' | 'test';

export interface EvaluationPlace {
  role: NumericFault['role'];
  seed: number;
  epoch: number;
  /** Steps done so far. */
  step: number;
  split: EvaluatedSplit;
  /** Of weights that were given and not trained. */
  given?: GivenValues | null;
}

/** Weights from a file, and the largest number of them that the network holds. */
export interface GivenValues {
  fileName: string;
  tensor: string;
  largest: number;
}

/** Where the largest number of the weights stands: that of a network whose predictions overflow is to blame for it. */
export function largestValue(
  tensors: readonly { name: string; data: ArrayLike<number> }[],
): Pick<GivenValues, 'tensor' | 'largest'> {
  let found = { tensor: '', largest: 0 };
  for (const { name, data } of tensors) {
    for (let i = 0; i < data.length; i++) {
      const value = data[i] as number;
      if (Math.abs(value) > Math.abs(found.largest)) found = { tensor: name, largest: value };
    }
  }
  return found;
}

/** A value this many standard deviations of the training rows away is named as the likely cause. */
const FAR = 1e4;

/** The first prediction that is not finite: task, and position in the split. Null if all are finite. */
export function firstNonFinite(
  dataset: Dataset,
  logits: readonly Float32Array[],
): { task: number; position: number } | null {
  for (const [task, values] of logits.entries()) {
    const at = values.findIndex((v) => !Number.isFinite(v));
    if (at >= 0) return { task, position: Math.floor(at / (dataset.tasks[task]?.outputs ?? 1)) };
  }
  return null;
}

/**
 * @param logits - per task, [rows of the split, outputs]
 * @param losses - mean over the split per task, if known
 * @throws WorkbenchError (numeric) that names network, split, row, task, step and remedy
 */
export function requireFinite(
  at: EvaluationPlace,
  dataset: Dataset,
  logits: readonly Float32Array[],
  losses: readonly number[] = [],
): void {
  const bad = firstNonFinite(dataset, logits);
  if (bad) throw faultOf(at, dataset, logits, bad.task, bad.position, null);
  const task = losses.findIndex((loss) => !Number.isFinite(loss));
  if (task < 0) return;
  // Predictions are finite, but their loss exceeds float32: reports the largest one.
  const values = logits[task] as Float32Array;
  const largest = values.reduce(
    (best, v, i) => (Math.abs(v) > Math.abs(values[best] as number) ? i : best),
    0,
  );
  const position = Math.floor(largest / (dataset.tasks[task]?.outputs ?? 1));
  throw faultOf(at, dataset, logits, task, position, values[largest] as number);
}

/** @param largest - the prediction that explains the loss; null if the prediction itself is not finite */
function faultOf(
  at: EvaluationPlace,
  dataset: Dataset,
  logits: readonly Float32Array[],
  task: number,
  position: number,
  largest: number | null,
): WorkbenchError {
  const { role, seed, epoch, step, split, given } = at;
  const { name = '', outputs = 1 } = dataset.tasks[task] ?? {};
  const rows = dataset.split[split];
  const values = logits[task] as Float32Array;
  const isLoss = largest !== null;
  const fault: NumericFault = {
    role,
    seed,
    epoch,
    step,
    task: name,
    tensor: isLoss ? `validation loss of ${name}` : `prediction of ${name}`,
    kind: isLoss ? 'loss' : 'logits',
    shape: isLoss ? [] : [rows.length, outputs],
    nonFinite: isLoss ? 1 : countNonFinite(values),
    previousGradientNorm: null,
    evaluation: { split, row: position + 1 },
    ...(given ? { weightsFile: given.fileName } : {}),
  };
  const tableRow = rows[position] as number;
  const place = `row ${position + 1} of the ${split} split (row ${tableRow + 1} of ${dataset.rows} in the table)`;
  const what = isLoss
    ? `the ${split} loss of ${name} is not a finite number; the largest prediction is that of ${place}`
    : `the prediction of ${name} for ${place} is not a finite number`;
  const got = isLoss
    ? `a loss beyond float32, with a prediction of ${largest}`
    : `${fault.nonFinite} of ${values.length} NaN or infinite`;
  const remedy = remedyFor(farthestFeature(dataset, tableRow), given);
  const when = given ? `with the weights of ${given.fileName}` : `after step ${step}${networkName(role)}`;
  return new WorkbenchError(
    'numeric',
    `Run stopped ${when}: ${what}. ${remedy}`,
    [{ path: fault.tensor, expected: 'finite numbers', got, remedy }],
    fault,
  );
}

function remedyFor(
  far: { name: string; value: number } | null,
  given: GivenValues | null | undefined,
): string {
  if (far)
    return `In this row ${far.name} is ${far.value.toPrecision(3)} standard deviations from the mean of the training rows: correct or remove it, or leave the column out.`;
  if (given)
    return `Every number of the file is finite, but what the network computes from them is not: the largest is ${given.largest.toPrecision(3)}, in ${given.tensor}, and float32 ends at 3.4e38. Give the weights of a training that ended well.`;
  return 'Lower the learning rate, standardise features and targets, or clip the gradient norm, and run again.';
}

/** The numeric feature in which a row lies farthest out, when that is far; null otherwise. */
function farthestFeature(dataset: Dataset, row: number): { name: string; value: number } | null {
  const names = dataset.features.filter((f) => f.kind === 'numeric').map((f) => f.name);
  const all = dataset.numeric.map((column, i) => ({ name: names[i] ?? '', value: column[row] as number }));
  const far = all.filter(({ value }) => !(Math.abs(value) < FAR));
  return far.reduce<{ name: string; value: number } | null>(
    (most, f) => (most && !(Math.abs(f.value) > Math.abs(most.value)) ? most : f),
    null,
  );
}
