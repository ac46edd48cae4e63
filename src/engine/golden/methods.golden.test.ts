// Gradient methods against the reference values; a file of its own, so that `npm run mutate` can ask it alone. That a wrong
// value is found is shown in data.golden.test.ts.
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import { checkGolden } from './checkGolden.ts';

describe.each([
  ['cpu', 'weighting', 1900],
  ['wasm', 'weighting', 1900],
  ['cpu', 'affinity', 20],
  ['wasm', 'affinity', 20],
  ['cpu', 'methods', 80],
  ['wasm', 'methods', 80],
] as const)('on %s, golden %s', (backend, name, leastChecks) => {
  beforeAll(async () => {
    await startNodeBackend({ backend, allowSoftwareAdapter: false });
  });

  it('agrees with the reference and leaves nothing behind', async () => {
    const tensors = tf.memory().numTensors;
    const json = readFileSync(new URL(`./data/${name}.json`, import.meta.url), 'utf8');
    const outcome = await checkGolden(JSON.parse(json));
    if ('skipped' in outcome) throw new Error(outcome.skipped);
    expect(tf.getBackend()).toBe(backend);
    expect(outcome.checks.filter((c) => !c.passed).map((c) => c.quantity)).toEqual([]);
    expect(outcome.checks.length).toBeGreaterThanOrEqual(leastChecks);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
