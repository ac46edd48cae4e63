// Tasks in groups: a group equals the network that its tasks alone would train, bit by bit, and what it is compared with.
import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import { requireExperiment } from '../config/experiment.ts';
import { rng } from '../core/rng.ts';
import { textInput } from '../data/testing/files.ts';
import { planExperiment } from './plan.ts';
import { runToEnd } from './sessionTesting.ts';

const TARGETS = ['amount', 'kind', 'flag'] as const;

function table() {
  const { normal, uniform } = rng(3, 'groups');
  const lines = Array.from({ length: 160 }, () => {
    const [a, b, c] = [normal(), normal(), ['red', 'green'][Math.floor(2 * uniform())]];
    const amount = a - b + (c === 'red' ? 1 : 0) + 0.3 * normal();
    const kind = a + 0.5 * normal() > 0.4 ? 'high' : b > 0 ? 'middle' : 'low';
    return [a, b, c, amount, kind, amount + normal() > 0 ? 'yes' : 'no'].join(',');
  });
  return textInput([`a,b,c,${TARGETS.join(',')}`, ...lines].join('\n'), 'groups.csv');
}

const MT_MLP = { shared: [6], tower: [4], embedding: 2, dropout: 0.2 };
const NET = { width: 4, heads: 2, feedForward: 8, tower: [4], attentionDropout: 0.1, mask: 'TxT' };

/** Targets that are left out are not features either. */
const experimentOf = (
  id: string,
  params: Record<string, unknown>,
  targets: readonly string[] = TARGETS,
  more: { training?: Record<string, unknown>; compare?: unknown[] } = {},
) =>
  requireExperiment(
    {
      version: 1,
      data: {
        id: 'table',
        params: {
          file: 'groups.csv',
          ignore: TARGETS.filter((t) => !targets.includes(t)).join(', '),
          split: 'random',
        },
      },
      tasks: { targets: targets.map((column) => ({ column, type: 'auto' })) },
      model: { id, params },
      compare: more.compare ?? [],
      training: {
        epochs: 3,
        batchSize: 32,
        clipNorm: 0.5,
        patience: 1,
        learningRate: 0.01,
        ...more.training,
      },
      baseline: more.compare ? { id: 'st-mlp', params: { hidden: [6], embedding: 2 } } : null,
    },
    catalog,
  );

const trained = async (...args: Parameters<typeof experimentOf>) => {
  const { result } = await runToEnd(experimentOf(...args), { file: table() });
  if (result.error) throw new Error(result.error.message);
  return result;
};

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe.each([
  ['multitab-net', NET],
  ['home', { groups: [1, 2, 1], grouping: 'chosen', embedding: 2, expert: [4], tower: [4] }],
])('groups of %s', (id, params) => {
  it('learn what their tasks alone would, stopped and restored on their own', async () => {
    const tensors = tf.memory().numTensors;
    const grouped = await trained(id, { ...params, together: [1, 2, 1] });
    expect(tf.memory().numTensors).toBe(tensors);
    // HoME's own groups are given by task; a pair keeps those of its tasks.
    const pair = await trained(id, { ...params, ...(id === 'home' ? { groups: [1, 1] } : {}) }, [
      'amount',
      'flag',
    ]);
    const one = await trained(id, { ...params, ...(id === 'home' ? { groups: [2] } : {}) }, ['kind']);
    const scoresOf = (r: typeof pair) => r.seeds[0]?.model.test;
    expect(scoresOf(grouped)?.filter((s) => s.task !== 'kind')).toEqual(scoresOf(pair));
    expect(scoresOf(grouped)?.filter((s) => s.task === 'kind')).toEqual(scoresOf(one));
    const epochs = grouped.seeds[0]?.model.bestEpochs as number[];
    expect(epochs[0]).toBe(epochs[2]);
    expect([epochs[0], epochs[1]]).toEqual([
      pair.seeds[0]?.model.bestEpochs[0],
      one.seeds[0]?.model.bestEpochs[0],
    ]);
  });
});

it('are compared with the twin of the model they are groups of, which is trained once', async () => {
  const compare = [
    { id: 'mt-mlp', params: { ...MT_MLP, together: [1, 2, 1] } },
    { id: 'mt-mlp', params: { ...MT_MLP, shared: [5], together: [1, 2, 1] } },
  ];
  const result = await trained('mt-mlp', MT_MLP, TARGETS, { training: { twin: 'both' }, compare });
  const others = result.seeds[0]?.others ?? [];
  expect(others.map((o) => o.result.role)).toEqual(['model:twin', 'model-2', 'model-3', 'model-3:twin']);
  expect(others[1]?.result.label).toMatch(/task groups 1, 2, 1/);
  // A single task gains nothing from sharing.
  const sharing = others[1]?.decomposition?.perTask.map((t) => t.difference.sharing) as number[];
  expect(sharing[1]).toBe(0);
  expect(sharing[0]).not.toBe(0);
  expect(others[2]?.decomposition).not.toBeNull();
});

describe('groups are refused', () => {
  const planOf = async (params: Record<string, unknown>, training: Record<string, unknown> = {}) =>
    (await planExperiment(experimentOf('mt-mlp', params, TARGETS, { training }), { file: table() })).issues;

  it('when there is not a number per task', async () => {
    expect(await planOf({ together: [1, 2] })).toMatchObject([
      { path: 'model.params.together', expected: expect.stringContaining('each of 3 tasks'), got: '2' },
    ]);
    expect(await planOf({ together: [4, 4, 4] })).toEqual([]);
  });

  it('with methods that mix all tasks', async () => {
    const together = [1, 2, 1];
    expect(await planOf({ together }, { weighting: 'fixed' })).toEqual([]);
    expect(await planOf({ together }, { weighting: 'pcgrad' })).toMatchObject([
      { path: 'training.weighting', expected: expect.stringContaining('networks of their own') },
    ]);
    expect(await planOf({ together }, { sharpness: 'sam' })).toMatchObject([{ path: 'training.sharpness' }]);
    expect(await planOf({ together: [1, 1, 1] }, { weighting: 'pcgrad' })).toEqual([]);
  });
});
