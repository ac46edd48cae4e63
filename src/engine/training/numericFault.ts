// Finds the first tensor that is not finite and phrases the fault. Called only when a step has already gone wrong,
// so it may read every tensor.
import type { Tensor } from '@tensorflow/tfjs-core';
import { type NumericFault, WorkbenchError } from '../core/errors.ts';
import type { Parameter } from '../models/model.ts';

export function countNonFinite(values: ArrayLike<number>, start = 0, size = values.length): number {
  let count = 0;
  for (let i = start; i < start + size; i++) if (!Number.isFinite(values[i])) count++;
  return count;
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
 * The error for a step whose losses or gradients are not finite.
 * Order of blame: a parameter that was already bad, then a task's loss, then the first bad gradient.
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
      : ((await firstBad('gradient', gradients)) ?? {
          // Every entry is finite, but the sum of squares is beyond float32.
          ...base,
          kind: 'gradient',
          task: null,
          tensor: 'global gradient norm',
          shape: [],
          nonFinite: 1,
        }));
  const subject =
    fault.kind === 'loss'
      ? `the loss of ${fault.task}`
      : `the ${fault.kind} ${fault.tensor} (shape [${fault.shape.join(', ')}]${fault.task ? `, task ${fault.task}` : ''})`;
  const who = role === 'model' ? '' : ' of the baseline';
  return new WorkbenchError(
    'numeric',
    `Run stopped at step ${step}${who}: ${subject} is not a finite number.`,
    [
      {
        path: fault.tensor,
        expected: 'finite numbers',
        got: `${fault.nonFinite} of ${Math.max(
          1,
          fault.shape.reduce((a, b) => a * b, 1),
        )} NaN or infinite`,
        remedy: 'Lower the learning rate, standardise the targets, or clip the gradient norm, and run again.',
      },
    ],
    fault,
  );
}
