// Registries are plain objects, so that ids are a type and adding an entry is one line. This file only looks
// things up in them and phrases the refusal when an id is unknown.
import { WorkbenchError } from './errors.ts';

/**
 * The entry called `id`.
 * @throws WorkbenchError (config) that lists the ids there are
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
