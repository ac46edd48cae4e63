// A new optimizer is a file and a line of the registry: it appears in the settings, trains, and is stored in checkpoints.
import { beforeAll, expect, it, vi } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import { parseParams } from '../config/params.ts';
import { trainingParams } from '../training/params.ts';
import { disposeBatch } from '../training/tensorBatch.ts';
import { createBatch, createNetwork, linearModel } from '../training/testing.ts';
import type { OptimizerId } from './registry.ts';

vi.mock('./registry.ts', async (original) => {
  const { optimizers } = await original<typeof import('./registry.ts')>();
  const { toyOptimizer } = await import('./testing/toyOptimizer.ts');
  return { optimizers: { ...optimizers, toy: toyOptimizer } };
});

beforeAll(async () => {
  await startNodeBackend({ backend: 'cpu', allowSoftwareAdapter: false });
});

it('stands in the settings and may be chosen', () => {
  const param = trainingParams.find((p) => p.key === 'optimizer');
  expect(param?.kind === 'choice' && param.options).toContainEqual({ value: 'toy', label: 'Toy' });
  expect(param?.help).toMatch(/Adam, SGD, and Toy: without weight decay/);
  const { params, issues } = parseParams(trainingParams, { optimizer: 'toy' }, 'training');
  expect([params.optimizer, issues]).toEqual(['toy', []]);
});

it('trains, and goes on from a checkpoint', async () => {
  const training = { optimizer: 'toy' as OptimizerId, learningRate: 0.05 };
  const [network, other] = [1, 2].map(() => createNetwork(linearModel(), {}, { training }));
  const batch = createBatch(30);
  const lossOf = async (trained: typeof network) =>
    (await trained.trainStep(batch, 1))[0]?.taskLosses[0] ?? Number.NaN;
  const losses: number[] = [];
  for (let step = 0; step < 8; step++) losses.push(await lossOf(network));
  expect(losses.at(-1)).toBeLessThan((losses[0] as number) * 0.9);
  const saved = await network.save();
  expect(Object.keys(saved.tensors).filter((name) => name.includes('velocity'))).toHaveLength(2);
  other.load(saved.tensors, saved.state);
  expect(await lossOf(other)).toBe(await lossOf(network));
  expect(await lossOf(other)).toBe(await lossOf(network));
  network.dispose();
  other.dispose();
  disposeBatch(batch);
});
