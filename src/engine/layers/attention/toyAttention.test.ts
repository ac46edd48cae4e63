// A new kind of attention is a file and a line of the registry: the models with attention get a setting to choose it, it
// trains, and the attention probes work with it.
import '../../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { catalog } from '../../catalog.ts';
import { decodeExperiment, encodeExperiment } from '../../config/codec.ts';
import { placeKey } from '../../core/attentionPlace.ts';
import { randomDataset } from '../../data/randomDataset.ts';
import { multitab } from '../../models/multitab.ts';
import { questionOf } from '../../probes/registry.ts';
import { answersOf, runProbed } from '../../probes/testing.ts';
import type { Checkpoint } from '../../protocol/checkpoint.ts';
import { RunControl } from '../../training/runControl.ts';
import { eventsOf, smallExperiment } from '../../training/sessionTesting.ts';

vi.mock('./registry.ts', async (original) => {
  const { attentions } = await original<typeof import('./registry.ts')>();
  const { toyAttention } = await import('./testing/toyAttention.ts');
  return { attentions: { ...attentions, toy: toyAttention } };
});

beforeAll(() => tf.setBackend('cpu'));

const SIZE = { width: 4, heads: 2, feedForward: 8, tower: [4], initialisation: 'scaled' };

/** @param params - settings besides the sizes */
const experimentOf = (params: Record<string, unknown> = {}, id = 'multitab-net') =>
  smallExperiment({ model: { id, params: { ...SIZE, ...params } } });

/** For the table of `smallExperiment`. */
const SHAPE = randomDataset(
  [
    { name: 'c', kind: 'categorical', cardinality: 3 },
    ...['x0', 'x1', 'x2'].map((name) => ({ name, kind: 'numeric' as const, cardinality: 1 })),
  ],
  ['A', 'B', 'C'].map((name) => ({ name, type: 'regression' as const, outputs: 1, description: '' })),
  10,
);

const TOY = { attentionVariant: 'toy' };

describe('a registered kind of attention', () => {
  it('is chosen by a setting of the models with attention, in the form and in a link', () => {
    const specs = catalog.models.flatMap(({ id, params }) =>
      params.filter((p) => p.key === 'attentionVariant').map((spec) => ({ id, spec })),
    );
    expect(specs.map(({ id }) => id)).toEqual(
      catalog.models.filter((m) => m.capabilities.includes('attention')).map((m) => m.id),
    );
    expect(specs[0]?.spec).toMatchObject({
      options: [{ value: 'softmax' }, { value: 'toy', label: 'Sigmoid' }],
      default: 'softmax',
    });
    const experiment = experimentOf(TOY);
    const link = encodeExperiment(experiment, catalog);
    expect(link).toContain('model.attentionVariant=toy');
    expect(decodeExperiment(link, catalog).experiment).toEqual(experiment);
  });

  it('weighs keys in its own way from the first step, and the attention probe shows it', async () => {
    const control = new RunControl(true);
    control.questions.put(questionOf('attention', { rows: { kind: 'rows', rows: [1] } }));
    const { events } = await runProbed(experimentOf({ ...TOY, mask: 'TxT' }), {
      control,
      onEvent: (e) => {
        if (e.type === 'probe-answer' && e.state === 'answered') control.stop();
      },
    });
    const { step, maps = [] } = answersOf(events, 'attention')[0] ?? {};
    expect(step).toBe(0);
    expect(maps.map(placeKey)).toEqual(['block0/feature/head0', 'block0/feature/head1']);
    for (const { weights, scores, blocked, keys } of maps) {
      const size = keys.length;
      const gates = scores.map((score, i) => (blocked?.[i] ? 0 : 1 / (1 + Math.exp(-score))));
      weights.forEach((weight, i) => {
        const start = i - (i % size);
        const sum = gates.subarray(start, start + size).reduce((a, b) => a + b, 0);
        expect(weight).toBeCloseTo((gates[i] as number) / sum, 5);
      });
    }
    expect(maps[0]?.blocked?.some((b) => b === 1)).toBe(true);
  });

  it('trains, with dropout and masks that hold', async () => {
    const control = new RunControl();
    control.questions.put(questionOf('mask-tests', {}));
    const [toy, softmax] = [
      await runProbed(experimentOf({ ...TOY, mask: 'TxT', attentionDropout: 0.1 }), { control }),
      await runProbed(experimentOf({ mask: 'TxT', attentionDropout: 0.1 })),
    ];
    const lossesOf = ({ events }: typeof toy) =>
      eventsOf(events, 'epoch').flatMap((e) => (e.role === 'model' ? [e.record.trainLosses] : []));
    expect(toy.result.error).toBeNull();
    expect(lossesOf(toy)).toHaveLength(2);
    expect(lossesOf(toy)).not.toEqual(lossesOf(softmax));
    const { assertions = [] } = answersOf(toy.events, 'mask-tests').at(-1)?.report ?? {};
    expect(assertions.filter((a) => !a.passed)).toEqual([]);
  });

  it('learns its own parameters, which checkpoints keep', async () => {
    const control = new RunControl();
    const stopped = await runProbed(experimentOf(TOY), {
      control,
      onEvent: (e) => {
        if (e.type === 'steps' && e.role === 'model') control.stop();
      },
    });
    const checkpoint = eventsOf(stopped.events, 'checkpoint').at(-1)?.checkpoint as Checkpoint;
    const { parameters } = multitab.build({ ...SHAPE, params: experimentOf(TOY).model.params, seed: 0 });
    const at = parameters.findIndex((p) => p.name === 'transformer.blocks.0.0.attention.steepness');
    const steepness = checkpoint.tensors[`model/parameter/${at}`];
    expect(steepness).toHaveLength(SIZE.heads);
    expect([...(steepness ?? [])]).not.toContain(1);
    const resumed = await runProbed(experimentOf(TOY), { resume: structuredClone(checkpoint) });
    const whole = await runProbed(experimentOf(TOY));
    expect(resumed.result.seeds[0]?.model.epochs).toEqual(whole.result.seeds[0]?.model.epochs);
  });

  it.each([
    ['a network per task', 'ft-transformer', {}],
    ['rows that read themselves alone', 'saint', { interSample: 'as-released', rotary: true }],
  ])('runs in other models too: %s', async (_, id, params) => {
    const control = new RunControl();
    control.questions.put(questionOf('attention', { rows: { kind: 'mean' } }, { everyEpochOnly: true }));
    const { result, events } = await runProbed(experimentOf({ ...TOY, ...params }, id), { control });
    expect(result.error).toBeNull();
    const maps = answersOf(events, 'attention').findLast((a) => a.at?.role === 'model')?.maps ?? [];
    expect(new Set(maps.map((m) => m.network))).toEqual(new Set(['Task 1', 'Task 2', 'Task 3']));
    const rows = maps.filter((m) => m.kind === 'row');
    expect(rows).toHaveLength(id === 'saint' ? 6 : 0);
    for (const { weights, keys } of rows)
      weights.forEach((weight, i) => {
        expect(weight).toBe(Number(i % (keys.length + 1) === 0));
      });
  });
});
