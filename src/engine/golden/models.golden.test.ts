// Every model case on the backends of Node: outputs, losses, gradients, attention and two AdamW steps within the tolerances of
// data/README. An architecture that does not exist here is skipped by name, and asserted as such.
import { readdirSync, readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import { architectures } from './architectures.ts';
import { worstOf } from './check.ts';
import { checkGolden } from './checkGolden.ts';
import type { ModelCase } from './modelCase.ts';

const folder = new URL('./data/', import.meta.url);
const cases = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file): [string, ModelCase] => [
    file.replace('.json', ''),
    JSON.parse(readFileSync(new URL(file, folder), 'utf8')),
  ])
  .filter(([, { config }]) => config);
const known = cases.filter(([, { config }]) => config.architecture in architectures);
const unknown = cases.filter(([, { config }]) => !(config.architecture in architectures));

it('finds the cases', () => {
  expect(cases).toHaveLength(32);
  expect(known.map(([name]) => name)).toEqual(
    expect.arrayContaining(['st_mlp', 'home', 'mtt_col_none', 'mtt_rowcol_rope_TxT']),
  );
});

describe.each(['cpu', 'wasm'] as const)('model cases on %s', (backend) => {
  beforeAll(async () => {
    await startNodeBackend({ backend, allowSoftwareAdapter: false });
  });

  it.each(known)('%s', async (name, golden) => {
    expect(tf.getBackend()).toBe(backend);
    const tensors = tf.memory().numTensors;
    const outcome = await checkGolden(golden, name);
    if ('skipped' in outcome) throw new Error(outcome.skipped);
    expect(outcome.checks.filter((c) => !c.passed)).toEqual([]);
    // Names, outputs in both modes, losses, and at least one gradient and one parameter of each task.
    expect(outcome.checks.length).toBeGreaterThan(6 * golden.config.tasks.length);
    expect(worstOf(outcome.checks)?.error).toBeGreaterThan(0);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

describe('what is not here', () => {
  const [, model] = known[0] as [string, ModelCase];
  const invented: ModelCase = { ...model, config: { ...model.config, architecture: 'NoSuchNet' } };

  it.each([...unknown, ['invented', invented] as const])('%s is skipped by name', async (name, golden) => {
    expect(await checkGolden(golden, name)).toEqual({
      skipped: expect.stringContaining(golden.config.architecture),
    });
  });
});
