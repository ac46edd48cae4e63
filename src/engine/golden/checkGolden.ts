// Any golden file by its content: a model case, or data such as generator, metrics, gain, ranking and columns.
import { WorkbenchError } from '../core/errors.ts';
import type { GoldenCheck } from './check.ts';
import { checkData } from './checkData.ts';
import { checkModel, type ModelCase } from './checkModel.ts';

const isModelCase = (json: unknown): json is ModelCase =>
  typeof (json as ModelCase | null)?.config?.architecture === 'string';

/**
 * Model cases run on the active backend, data files in plain JavaScript.
 * @param name - of the file, for the message
 * @throws WorkbenchError (file) when the content is none of these
 */
export async function checkGolden(
  json: unknown,
  name = 'golden file',
): Promise<{ skipped: string } | { checks: GoldenCheck[] }> {
  if (isModelCase(json)) return checkModel(json);
  const checks = checkData(json);
  if (checks) return { checks };
  throw WorkbenchError.of('file', {
    path: name,
    expected: 'a model case, or generator, metrics, gain, ranking or columns data',
    got: 'something else',
    remedy: 'Give a file in the format that src/engine/golden/data/README.md describes.',
  });
}
