// Gradient methods against the reference values, a test per method or case; a file of its own, so that `npm run mutate` can ask it
// alone. That a wrong value is found is shown in data.golden.test.ts.
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import { checkGolden } from './checkGolden.ts';

const FILES = [
  { name: 'weighting', cases: 20, leastChecks: 1900 },
  { name: 'weighting_settings', cases: 4, leastChecks: 600 },
  { name: 'affinity', cases: 1, leastChecks: 20 },
  { name: 'methods', cases: 5, leastChecks: 80 },
];

/** Under mutation the slower backend suffices: both run the same methods. */
const BACKENDS = process.env.MUTATION_TESTS ? (['cpu'] as const) : (['cpu', 'wasm'] as const);

interface Case {
  case: string;
  methods?: Record<string, unknown>;
}

/** A file for each method, or for each case where it names none, and for what else the file holds. */
function partsOf({ samo, cases, ...file }: { cases: Case[]; samo?: object }) {
  const keys = new Set(cases.flatMap((c) => Object.keys(c.methods ?? {})));
  const ofMethods = [...keys].map((key) => ({
    part: key,
    cases: cases
      .filter((c) => c.methods?.[key] !== undefined)
      .map((c) => ({ ...c, methods: { [key]: c.methods?.[key] } })),
  }));
  const ofCases = cases.filter((c) => !c.methods).map((c) => ({ part: c.case, cases: [c] }));
  const parts = [...ofMethods, ...ofCases].map((p) => ({
    part: p.part,
    json: { ...file, cases: p.cases } as object,
  }));
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

    it.each(partsOf(file))('$part agrees with the reference and leaves nothing behind', async ({ json }) => {
      const tensors = tf.memory().numTensors;
      const outcome = await checkGolden(json);
      if ('skipped' in outcome) throw new Error(outcome.skipped);
      expect(tf.getBackend()).toBe(backend);
      expect(outcome.checks.filter((c) => !c.passed).map((c) => c.quantity)).toEqual([]);
      expect(outcome.checks.length).toBeGreaterThan(0);
      expect(tf.memory().numTensors).toBe(tensors);
      checked += outcome.checks.length;
    });

    // Stryker runs single tests, which check less.
    it.skipIf(process.env.MUTATION_TESTS)('has all of its cases', () => {
      expect(file.cases).toHaveLength(cases);
      expect(checked).toBeGreaterThanOrEqual(leastChecks);
    });
  },
);
