// Setup of the unit tests, whose files share modules and processes (vitest.config.ts): a file fails that leaves something global
// changed, because the next file in its process would find it so. Files come in another order on every machine.
import { afterAll, beforeAll, vi } from 'vitest';

/** What belongs to the runner and to TensorFlow.js, which share the process on purpose. */
const OWN = /^(__vitest|__VITEST|_tf|__vite|__coverage)/;

/** By value: Node loads some of them when they are first read. */
const globals = () =>
  new Map(
    Object.getOwnPropertyNames(globalThis)
      .filter((name) => !OWN.test(name))
      .map((name) => [name, Reflect.get(globalThis, name) as unknown]),
  );

let before = globals();
beforeAll(() => {
  before = globals();
});

afterAll(() => {
  const after = globals();
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => !Object.is(before.get(name), after.get(name)),
  );
  if (vi.isFakeTimers()) changed.push('the clock');
  if (changed.length > 0)
    throw new Error(
      `expected a test file that leaves what is global as it was, got changed: ${changed.join(', ')}. Undo it in afterEach or afterAll; files that call vi.stubGlobal at their top run alone.`,
    );
});
