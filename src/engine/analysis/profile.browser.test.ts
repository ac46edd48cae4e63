// Profiles of recorded and of ordinary steps on WebGPU (the software adapter): every dispatch is timed, and training is neither
// changed nor slowed.
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBrowserBackend } from '../../platform/browser.ts';
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

const bytesInGpu = () => (tf.memory() as unknown as { numBytesInGPU: number }).numBytesInGPU;

describe('profile on webgpu', () => {
  const deviceErrors: string[] = [];

  beforeAll(async () => {
    await startBrowserBackend({ backend: 'webgpu', allowSoftwareAdapter: true }, (message) =>
      deviceErrors.push(message),
    );
  });

  afterEach(() => expect(deviceErrors).toEqual([]));

  it.each([true, false])('times every launch of the step; recorded: %s', async (record) => {
    const network = createNetwork(multitab, ATTENTION, { record });
    const batch = createBatch(12);
    await network.trainStep(batch, 1);
    const counted = await countLaunches(async () => {
      await network.trainStep(batch, 1);
      await network.drainPendingSteps();
    });
    const profile = await profileStep(
      subject(() => network.cloneForProfiling()),
      { steps: 4, between },
    );
    expect(profile.isReplayed).toBe(record);
    expect(profile.clock.kind).toBe('gpu');
    expect(profile.timeline).toHaveLength(counted.launches);
    const counts = new Map<string, number>();
    for (const { kernel } of profile.timeline) counts.set(kernel, (counts.get(kernel) ?? 0) + 1);
    for (const [kernel, count] of counted.byKernel)
      if (kernel !== '' && counts.has(kernel)) expect(counts.get(kernel)).toBe(count);
    expect(counts.get('UpdateParameters')).toBeGreaterThan(0);
    // No launch lacks a name or content, those of tfjs included.
    for (const { kernel, phase, ms, bytesRead, bytesWritten } of profile.kernels) {
      expect(kernel).not.toBe('');
      expect(ms, kernel).toBeGreaterThan(0);
      expect(bytesWritten, kernel).toBeGreaterThan(0);
      if (kernel !== 'Fill') expect(bytesRead, kernel).toBeGreaterThan(0);
      expect(phase).not.toBe('data');
    }
    const phasesOf = (kernel: string) =>
      profile.kernels.filter((k) => k.kernel === kernel).map((k) => k.phase);
    expect(phasesOf('Linear')).toEqual(['forward']);
    expect(phasesOf('LinearGradient: weights')).toEqual(['backward']);
    expect(phasesOf('UpdateParameters')).toEqual(['update']);
    // In order and without overlap.
    const starts = profile.timeline.map((l) => l.startMs ?? Number.NaN);
    expect([...starts].sort((a, b) => a - b)).toEqual(starts);
    const total = profile.kernels.reduce((sum, k) => sum + (k.ms ?? 0), 0);
    expect(profile.gpuMs).toBeGreaterThan(0);
    expect(total).toBeGreaterThan(0);
    expect(profile.jsMs).toBeGreaterThan(0);
    network.dispose();
    disposeBatch(batch);
  });

  it('counts the bytes of what a launch reads and writes', async () => {
    const network = createNetwork(multitab, ATTENTION);
    const profile = await profileStep(
      subject(() => network.cloneForProfiling()),
      { steps: 3, between },
    );
    const update = profile.kernels.find((k) => k.kernel === 'UpdateParameters');
    const values = network.model.parameters.reduce((sum, p) => sum + p.variable.size, 0);
    // Parameters and two moments in place.
    const launches = update?.launches ?? 0;
    expect(update?.bytesWritten).toBe(4 * values + launches * 8 * values);
    network.dispose();
  });

  it('finds out that a browser rounds the times, and takes more steps until they tell', async () => {
    const tick = 2_000_000n;
    const buffers = GPUBuffer.prototype;
    const { getMappedRange } = buffers;
    buffers.getMappedRange = function (...range) {
      const bytes = getMappedRange.apply(this, range);
      if (this.label !== 'timestamps') return bytes;
      return BigUint64Array.from(new BigUint64Array(bytes), (stamp) => stamp - (stamp % tick)).buffer;
    };
    try {
      const network = createNetwork(mmoe, EXPERTS);
      const profile = await profileStep(
        subject(() => network.cloneForProfiling()),
        { steps: 3, between },
      );
      expect(profile.clock.tickMs).toBe(2);
      expect(profile.clock.isCoarse).toBe(true);
      expect(profile.steps).toBeGreaterThan(20);
      const total = profile.kernels.reduce((sum, k) => sum + (k.ms ?? 0), 0);
      expect(total).toBeGreaterThan(0);
      network.dispose();
    } finally {
      buffers.getMappedRange = getMappedRange;
    }
  });

  it('training goes on bit by bit, from the same recordings, with nothing left behind', async () => {
    const batches = Array.from({ length: 6 }, (_, i) => createBatch(12, i));
    const prototype = { ...Object.getOwnPropertyDescriptors(GPUCommandEncoder.prototype) };
    const states: unknown[] = [];
    for (const looks of [false, true]) {
      const network = createNetwork(mmoe, EXPERTS);
      for (const [i, batch] of batches.entries()) {
        if (looks && i === 3) {
          await network.drainPendingSteps();
          const [tensors, bytes] = [tf.memory().numTensors, bytesInGpu()];
          await profileStep(
            subject(() => network.cloneForProfiling()),
            { steps: 3, between },
          );
          expect(tf.memory().numTensors).toBe(tensors);
          expect(bytesInGpu()).toBe(bytes);
          // Still replayed from the earlier recording.
          const { kernels } = await tf.profile(() => network.trainStep(batch, 1) as never);
          expect(kernels).toEqual([]);
        } else await network.trainStep(batch, 1);
      }
      await network.drainPendingSteps();
      states.push((await network.save()).tensors);
      network.dispose();
    }
    expect(states[1]).toEqual(states[0]);
    expect(Object.getOwnPropertyDescriptors(GPUCommandEncoder.prototype)).toEqual(prototype);
    batches.forEach(disposeBatch);
  });
});
