// Which format a file is in.
import type { FileFormat } from './format.ts';
import { refuse } from './limits.ts';
import { formats } from './registry.ts';

/**
 * The format of a file, by its ending.
 * @throws WorkbenchError (file) that lists the endings there are
 */
export function formatOf(name: string): FileFormat {
  const all: readonly FileFormat[] = Object.values(formats);
  const found = all.find((f) => f.extensions.some((extension) => name.toLowerCase().endsWith(extension)));
  if (found) return found;
  const endings = all.flatMap((f) => f.extensions).join(', ');
  throw refuse(name, `a file ending in ${endings}`, name, 'Export the table in one of these formats.');
}
