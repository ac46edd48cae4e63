// A new file format is one file and one line here.
import { WorkbenchError } from '../../core/errors.ts';
import { csv } from './csv.ts';
import type { FileFormat } from './format.ts';

export const formats = { csv } satisfies Record<string, FileFormat>;

/**
 * The format of a file, by its ending.
 * @throws WorkbenchError (file) that lists the endings there are
 */
export function formatOf(name: string): FileFormat {
  const all: readonly FileFormat[] = Object.values(formats);
  const found = all.find((f) => f.extensions.some((extension) => name.toLowerCase().endsWith(extension)));
  if (found) return found;
  throw WorkbenchError.of('file', {
    path: name,
    expected: `a file ending in ${all.flatMap((f) => f.extensions).join(', ')}`,
    got: name,
    remedy: 'Export the table in one of these formats.',
  });
}
