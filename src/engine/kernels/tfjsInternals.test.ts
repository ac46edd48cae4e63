// Our knowledge of TensorFlow.js's private parts holds for one version, which is the installed one.
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { WorkbenchError } from '../core/errors.ts';
import { requirePinnedVersion, TFJS_VERSION } from './tfjsInternals.ts';

it('is pinned exactly, all packages alike', () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  const versions = Object.entries(dependencies).filter(([name]) => name.startsWith('@tensorflow/'));
  expect(versions.length).toBeGreaterThan(3);
  for (const [name, version] of versions) expect(version, name).toBe(TFJS_VERSION);
});

it('refuses another version with what to do', () => {
  expect(() => requirePinnedVersion(tf.version_core)).not.toThrow();
  expect(() => requirePinnedVersion('4.23.0')).toThrow(WorkbenchError);
  expect(() => requirePinnedVersion('4.23.0')).toThrow(/4\.22\.0.*4\.23\.0.*tfjsInternals/s);
});
