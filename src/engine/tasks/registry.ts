// A new task type is one file and one line here.
import { binary } from './binary.ts';
import { multiclass } from './multiclass.ts';
import { regression } from './regression.ts';
import type { TaskType } from './task.ts';

export const taskTypes = { regression, binary, multiclass } satisfies Record<string, TaskType>;

/** Whether a larger value of a metric is better; by id, the same in every task type that has it. */
export function higherIsBetter(metric: string): boolean {
  const all: readonly TaskType[] = Object.values(taskTypes);
  for (const type of all) {
    const found = type.metrics.find((m) => m.id === metric);
    if (found) return found.higherIsBetter;
  }
  throw new Error(`higherIsBetter: unknown metric ${metric}`);
}
