// Profiles of real steps on the backends of Node: what is counted, and that nothing leaks.
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import { countLaunches } from '../kernels/runtime/launches.ts';
import { mmoe } from '../models/mmoe.ts';
import { multitab } from '../models/multitab.ts';
import { disposeBatch } from '../training/tensorBatch.ts';
import { createBatch, createNetwork } from '../training/testing.ts';
import { type ProfileSubject, profileStep } from './profile.ts';

const between = async () => {};
const EXPERTS = { experts: 2, expert: [5, 4], tower: [3], embedding: 2, dropout: 0.3 };
const ATTENTION = { width: 4, heads: 2, feedForward: 6, tower: [3], feedForwardDropout: 0.2 };

const subject = (create: ProfileSubject['create']): ProfileSubject => ({
  role: 'model',
  id: 'm',
  label: 'M',
  at: null,
  create,
  batchSize: 12,
  batch: () => createBatch(12),
});

describe.each(['wasm', 'cpu'] as const)('profile on %s', (backend) => {
  beforeAll(async () => {
    await startNodeBackend({ backend, allowSoftwareAdapter: false });
  });

  it('finds every launch of the step, with parts, bytes and times', async () => {
    const network = createNetwork(multitab, ATTENTION);
    const batch = createBatch(12);
    await network.trainStep(batch, 1);
    await network.trainStep(batch, 1);
    const counted = await countLaunches(() => network.trainStep(batch, 1));
    const profile = await profileStep(
      subject(() => network.cloneForProfiling()),
      { steps: 4, between },
    );
    const inPlace = profile.kernels.find((k) => k.kernel === 'AdamW');
    expect(inPlace?.launches ?? 0).toBe(backend === 'wasm' ? network.model.parameters.length : 0);
    const launches = profile.kernels.reduce((sum, k) => sum + k.launches, 0);
    // countLaunches does not see in-place updates.
    expect(launches - (inPlace?.launches ?? 0)).toBe(counted.launches);
    expect(new Set(profile.kernels.map((k) => k.phase))).toEqual(new Set(['forward', 'backward', 'update']));
    const linear = profile.kernels.filter((k) => k.kernel === 'Linear' || k.kernel === 'LinearGradient');
    expect(linear.map((k) => k.phase).sort()).toEqual(['backward', 'forward']);
    for (const { ms, bytesRead, bytesWritten } of profile.kernels) {
      expect(ms).toBeGreaterThan(0);
      expect(bytesRead + bytesWritten).toBeGreaterThan(0);
    }
    // Each kernel within the step, one after the other.
    for (const [i, { startMs, ms }] of profile.timeline.entries()) {
      const next = profile.timeline[i + 1];
      if (next) expect(next.startMs).toBeGreaterThanOrEqual((startMs ?? 0) + (ms ?? 0) - 1e-9);
    }
    expect(profile).toMatchObject({
      steps: 4,
      batchSize: 12,
      jsMs: null,
      gpuMs: null,
      backend,
    });
    expect(profile.stepMs).toBeGreaterThan(0);
    expect(profile.clock).toEqual({ kind: 'wall', tickMs: expect.any(Number), isCoarse: false });
    expect(profile.memory.peakBytes).toBeGreaterThan(profile.memory.tensorBytes);
    network.dispose();
    disposeBatch(batch);
  });

  it('leaves training, tensors and kernels as they were', async () => {
    const batches = Array.from({ length: 4 }, (_, i) => createBatch(12, i));
    const kernels = tf.getKernelsForBackend(backend).map((k) => k.kernelFunc);
    const states: unknown[] = [];
    for (const looks of [false, true]) {
      const network = createNetwork(mmoe, EXPERTS);
      for (const [i, batch] of batches.entries()) {
        if (looks && i === 2) {
          const before = tf.memory().numTensors;
          await profileStep(
            subject(() => network.cloneForProfiling()),
            { steps: 3, between },
          );
          expect(tf.memory().numTensors).toBe(before);
        }
        await network.trainStep(batch, 1);
      }
      states.push((await network.save()).tensors);
      network.dispose();
    }
    expect(states[1]).toEqual(states[0]);
    expect(tf.getKernelsForBackend(backend).map((k) => k.kernelFunc)).toEqual(kernels);
    batches.forEach(disposeBatch);
  });

  it('gives everything back when it is stopped', async () => {
    const network = createNetwork(mmoe, EXPERTS);
    const before = tf.memory().numTensors;
    let calls = 0;
    const stop = async () => {
      if (++calls === 3) throw new Error('stopped');
    };
    await expect(
      profileStep(
        subject(() => network.cloneForProfiling()),
        { steps: 5, between: stop },
      ),
    ).rejects.toThrow('stopped');
    expect(tf.memory().numTensors).toBe(before);
    network.dispose();
  });

  it('a twin has the same values, and steps do not change them', async () => {
    const network = createNetwork(mmoe, EXPERTS);
    const batch = createBatch(12);
    await network.trainStep(batch, 1);
    const twin = network.cloneForProfiling();
    const values = async (p: typeof network) => Promise.all(p.model.parameters.map((v) => v.variable.data()));
    const [own, others] = [await values(network), await values(twin)];
    expect(others).toEqual(own);
    const [report] = await twin.trainStep(batch, 1);
    expect(report?.gradientNorm).toBeGreaterThan(0);
    expect(await values(twin)).toEqual(own);
    twin.dispose();
    network.dispose();
    disposeBatch(batch);
  });
});
