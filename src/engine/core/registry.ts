// Registries are plain objects, so that ids are a type and adding an entry is one line. This file looks up entries and refuses
// unknown ids.
import { WorkbenchError } from './errors.ts';

/**
 * The entry with that id.
 * @throws WorkbenchError (config) that lists the known ids
 */
export function lookUp<T>(registry: Record<string, T>, id: string, path: string): T {
  if (Object.hasOwn(registry, id)) return registry[id] as T;
  throw WorkbenchError.of('config', {
    path,
    expected: `one of ${Object.keys(registry).join(', ')}`,
    got: JSON.stringify(id),
    remedy: 'Choose an id from the list.',
  });
}
