// A short run of `npm run fuzz` with a fixed seed, and the cases that failed before.

import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/engine/catalog.ts';
import { parseExperiment } from '../../src/engine/config/experiment.ts';
import { formatIssue } from '../../src/engine/core/errors.ts';
import type { Sample, Target } from './target.ts';
import { targets } from './targets.ts';
import { faultOf, trialsOf } from './trial.ts';

/** HDF5 loads its library anew for every file, which takes a while. */
const trials = (name: string) => (name === 'hdf5' ? 4 : 60);
const target = (name: string) => targets[name] as Target;
const bytes = (text: string) => new TextEncoder().encode(text);

describe('damaged input is answered or refused with a place', () => {
  it.each(Object.keys(targets))('%s', async (name) => {
    const samples = await target(name).samples();
    const sound = async (sample: Sample) => {
      expect(await faultOf(target(name), sample)).toBeNull();
    };
    for (const sample of samples) await sound(sample);
    await fc.assert(fc.asyncProperty(trialsOf(samples), sound), { seed: 17, numRuns: trials(name) });
  });
});

const deep = (depth: number) => `${'['.repeat(depth)}1${']'.repeat(depth)}`;

describe('what was found stays mended', () => {
  it.each<[string, string, Uint8Array]>([
    ['values nested 7,000 deep in a table', 'json-table', bytes(`[{"a": ${deep(7_000)}}, {"a": 1}]`)],
    [
      'a setting nested 7,000 deep',
      'experiment',
      bytes(`{"version": 1, "training": {"epochs": ${deep(7_000)}}}`),
    ],
    ['a file without a name in a zip', 'csv', zipSync({ '': bytes('a,b\n1,2\n') })],
    [
      'an object among seeds that can be no text',
      'sweep',
      bytes('{"version": 1, "seeds": [0, {"toString": null}]}'),
    ],
    [
      'hundreds of unknown settings',
      'link',
      bytes(Array.from({ length: 900 }, (_, i) => `training.x${i}=1`).join('&')),
    ],
  ])('%s', async (_what, name, content) => {
    expect(await faultOf(target(name), { name: 't.json', bytes: content })).toBeNull();
  });

  it('a target with a key that no target has is refused, whatever it is called', () => {
    const targets = JSON.parse('[{"column": "a", "type": "auto", "__proto__": {"polluted": 1}}]');
    const { issues } = parseExperiment({ data: { id: 'table', params: {} }, tasks: { targets } }, catalog);
    expect(issues.map((issue) => issue.path)).toContain('tasks.targets');
  });

  it('a name cannot move the cursor of a terminal or turn a line around', async () => {
    const sample = { name: 'a\u001b[2J\u202eb.xyz', bytes: bytes('') };
    const refusal = await Promise.resolve(target('csv').read(sample)).catch((error: Error) => error);
    expect((refusal as Error).message).toContain('a\\u001b[2J\\u202eb.xyz: expected');
    const issue = { path: 'a\tb', expected: 'x\u202e', got: 'y\r\nz', remedy: 'Mend\u001b it.' };
    expect(formatIssue(issue)).toBe('a⇥b: expected x\\u202e, got y⏎z. Mend\\u001b it.');
  });
});
