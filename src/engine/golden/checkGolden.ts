// Checks any golden file by its content: a model case, or data of a kind that checkData.ts knows.
import { WorkbenchError } from '../core/errors.ts';
import type { GoldenCheck } from './check.ts';
import { checkData } from './checkData.ts';
import { checkModel } from './checkModel.ts';
import type { ModelCase } from './modelCase.ts';

const isModelCase = (json: unknown): json is ModelCase =>
  typeof (json as ModelCase | null)?.config?.architecture === 'string';

/**
 * Model cases and layers run on the active backend, other data in plain JavaScript.
 * @param name - of the file, for the message
 * @throws WorkbenchError (file) if the content is none of these
 */
export async function checkGolden(
  json: unknown,
  name = 'golden file',
): Promise<{ skipped: string } | { checks: GoldenCheck[] }> {
  if (isModelCase(json)) return checkModel(json);
  const outcome = await checkData(json);
  if (outcome) return outcome;
  throw WorkbenchError.of('file', {
    path: name,
    expected: 'a model case, or data with a kind',
    got: 'something else',
    remedy: 'Give a file in the format that src/engine/golden/data/README.md describes.',
  });
}
