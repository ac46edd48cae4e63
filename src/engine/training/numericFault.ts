// Finds the first tensor that is not finite and phrases the error. Called only after a step has failed, so it may read every
// tensor.
import type { Tensor } from '@tensorflow/tfjs-core';
import { type NumericFault, WorkbenchError } from '../core/errors.ts';
import { isTwin, roleText } from '../core/roles.ts';
import type { Parameter } from '../layers/parameter.ts';

export function countNonFinite(values: ArrayLike<number>, start = 0, size = values.length): number {
  let count = 0;
  for (let i = start; i < start + size; i++) if (!Number.isFinite(values[i])) count++;
  return count;
}

/** " of the baseline", " of model 2", " of the twin of model"; empty for the model. */
export function networkName(role: NumericFault['role']): string {
  if (role === 'model') return '';
  return role === 'baseline' || isTwin(role) ? ` of the ${roleText(role)}` : ` of ${roleText(role)}`;
}

/** All entries are finite, but the sum of squares exceeds float32: reports the gradient with the largest entry. */
async function largestGradient(
  base: Pick<NumericFault, 'role' | 'seed' | 'epoch' | 'step' | 'previousGradientNorm'>,
  parameters: readonly Parameter[],
  gradients: readonly Tensor[],
  taskName: (task: number | null) => string | null,
): Promise<NumericFault> {
  let largest = -1;
  let fault: NumericFault = { ...base, kind: 'gradient', task: null, tensor: '', shape: [], nonFinite: 0 };
  for (const [i, gradient] of gradients.entries()) {
    const values = await gradient.data();
    for (const part of parameters[i]?.parts ?? []) {
      for (let k = part.start; k < part.start + part.size; k++) {
        const size = Math.abs(values[k] as number);
        if (size <= largest) continue;
        largest = size;
        fault = { ...fault, tensor: part.name, shape: [...part.shape], task: taskName(part.task) };
      }
    }
  }
  return fault;
}

export interface FaultySteps {
  role: NumericFault['role'];
  seed: number;
  epoch: number;
  step: number;
  taskNames: readonly string[];
  taskLosses: readonly number[];
  previousGradientNorm: number | null;
}

/**
 * The error for a step whose losses or gradients are not finite. Reported first: a parameter that was not finite before the
 * step, then a task's loss, then the first gradient.
 */
export async function numericFault(
  context: FaultySteps,
  parameters: readonly Parameter[],
  gradients: readonly Tensor[],
): Promise<WorkbenchError> {
  const { role, seed, epoch, step, taskNames, taskLosses, previousGradientNorm } = context;
  const badTask = taskLosses.findIndex((loss) => !Number.isFinite(loss));
  const base = { role, seed, epoch, step, previousGradientNorm };
  const taskName = (task: number | null) => (task === null ? null : (taskNames[task] ?? null));

  const firstBad = async (
    kind: 'parameter' | 'gradient',
    tensors: readonly Tensor[],
  ): Promise<NumericFault | null> => {
    for (const [i, tensor] of tensors.entries()) {
      const values = await tensor.data();
      for (const part of parameters[i]?.parts ?? []) {
        const nonFinite = countNonFinite(values, part.start, part.size);
        if (nonFinite === 0) continue;
        const task = taskName(part.task) ?? (badTask >= 0 ? taskName(badTask) : null);
        return { ...base, kind, tensor: part.name, shape: [...part.shape], nonFinite, task };
      }
    }
    return null;
  };

  const fault: NumericFault =
    (await firstBad(
      'parameter',
      parameters.map((p) => p.variable),
    )) ??
    (badTask >= 0
      ? {
          ...base,
          kind: 'loss',
          task: taskName(badTask),
          tensor: `loss of ${taskName(badTask)}`,
          shape: [],
          nonFinite: 1,
        }
      : ((await firstBad('gradient', gradients)) ??
        (await largestGradient(base, parameters, gradients, taskName))));
  const subject =
    fault.kind === 'loss'
      ? `the loss of ${fault.task}`
      : `the ${fault.kind} ${fault.tensor} (shape [${fault.shape.join(', ')}]${fault.task ? `, task ${fault.task}` : ''})`;
  const verdict = fault.nonFinite > 0 ? 'is not a finite number' : 'has a norm beyond float32';
  return new WorkbenchError(
    'numeric',
    `Run stopped at step ${step}${networkName(role)}: ${subject} ${verdict}.`,
    [
      {
        path: fault.tensor,
        expected: 'finite numbers',
        got: `${fault.nonFinite === 0 ? 'a norm beyond float32; ' : ''}${fault.nonFinite} of ${Math.max(
          1,
          fault.shape.reduce((a, b) => a * b, 1),
        )} NaN or infinite`,
        remedy: 'Lower the learning rate, standardise the targets, or clip the gradient norm, and run again.',
      },
    ],
    fault,
  );
}
