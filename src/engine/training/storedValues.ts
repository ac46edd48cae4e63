// What is stored of a network may be of another one, or damaged: a file from outside, or a checkpoint of other settings.
import { WorkbenchError } from '../core/errors.ts';

/**
 * @param name - of the stored values: `model/parameter/0`
 * @param count - of values, groups or tasks that the network has
 * @throws WorkbenchError (file) if there are none stored, or another number of them
 */
export function requireCount<T extends ArrayLike<unknown>>(
  name: string,
  stored: T | undefined,
  count: number,
): T {
  if (stored?.length === count) return stored;
  throw WorkbenchError.of('file', {
    path: `checkpoint, ${name}`,
    expected: `${count} values`,
    got: `${stored?.length ?? 0}`,
    remedy: 'It is of another network, or damaged: run the experiment again.',
  });
}
