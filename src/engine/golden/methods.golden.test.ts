// Gradient methods against the reference values, a test per case; in a separate file, so that `npm run mutate` can run it
// alone. data.golden.test.ts shows that a wrong value is detected.
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import { checkGolden } from './checkGolden.ts';

const FILES = [
  { name: 'weighting', cases: 20, leastChecks: 1900 },
  { name: 'affinity', cases: 1, leastChecks: 20 },
  { name: 'methods', cases: 5, leastChecks: 80 },
];

/** Under mutation the slower backend suffices: both run the same methods. */
const BACKENDS = process.env.MUTATION_TESTS ? (['cpu'] as const) : (['cpu', 'wasm'] as const);

/** A file for each case, and for the file's other content. */
function partsOf(json: { cases: { case: string }[]; samo?: object }) {
  const { samo, ...file } = json;
  const parts = file.cases.map((c) => ({ part: c.case, json: { ...file, cases: [c] } as object }));
  return samo ? [...parts, { part: 'samo', json: { ...file, cases: [], samo } }] : parts;
}

describe.each(BACKENDS.flatMap((backend) => FILES.map((file) => ({ backend, ...file }))))(
  'on $backend, golden $name',
  ({ backend, name, cases, leastChecks }) => {
    const file = JSON.parse(readFileSync(new URL(`./data/${name}.json`, import.meta.url), 'utf8'));
    let checked = 0;

    beforeAll(async () => {
      await startNodeBackend({ backend, allowSoftwareAdapter: false });
      checked = 0;
    });

    it.each(partsOf(file))(
      'case $part agrees with the reference and leaves nothing behind',
      async ({ json }) => {
        const tensors = tf.memory().numTensors;
        const outcome = await checkGolden(json);
        if ('skipped' in outcome) throw new Error(outcome.skipped);
        expect(tf.getBackend()).toBe(backend);
        expect(outcome.checks.filter((c) => !c.passed).map((c) => c.quantity)).toEqual([]);
        expect(outcome.checks.length).toBeGreaterThan(0);
        expect(tf.memory().numTensors).toBe(tensors);
        checked += outcome.checks.length;
      },
    );

    // Stryker runs single tests, which check less.
    it.skipIf(process.env.MUTATION_TESTS)('has all of its cases', () => {
      expect(file.cases).toHaveLength(cases);
      expect(checked).toBeGreaterThanOrEqual(leastChecks);
    });
  },
);
