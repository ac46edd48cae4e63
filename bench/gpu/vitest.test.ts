// What kernels' tests take of vitest, the stand-in has.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import * as standIn from './vitest.ts';

const kernels = path.resolve(import.meta.dirname, '../../src/engine/kernels');
const given: Record<string, object> = { ...standIn };

/** Files that the bench has: those of the suite, not the tests that vitest finds. */
const files = readdirSync(kernels, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => ({ file, text: readFileSync(path.join(kernels, file), 'utf8') }))
  .filter(({ text }) => text.includes("from 'vitest'"));

describe("the bench's stand-in for vitest", () => {
  it('is used by the tests of many operations', () => {
    expect(files.length).toBeGreaterThan(15);
  });

  it.each(files)('has what $file uses', ({ text }) => {
    const [, names = ''] = /import \{([^}]*)\} from 'vitest'/.exec(text) ?? [];
    const used = names.split(',').map((name) => name.trim());
    expect(used.filter((name) => name !== '' && !(name in given))).toEqual([]);
    for (const [, name = '', member = ''] of text.matchAll(/\b(it|describe)\.(\w+)/g))
      expect(given[name], `${name}.${member}`).toHaveProperty(member);
  });
});
