// What a registry line gives a gradient method: it is chosen by name, its settings are checked and shown while it is chosen, it
// trains in a session, and an interrupted run resumes with its state.
import '../../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { catalog } from '../../catalog.ts';
import { parseExperiment, requireExperiment } from '../../config/experiment.ts';
import type { GradientMethod } from '../../methods/method.ts';
import { methods } from '../../methods/registry.ts';
import { toys } from '../../methods/testing/registry.ts';
import type { Checkpoint } from '../../protocol/checkpoint.ts';
import { RunControl } from '../runControl.ts';
import { eventsOf, runToEnd } from '../sessionTesting.ts';

vi.mock('../../methods/registry.ts', async (original) => {
  const { methods } = await original<typeof import('../../methods/registry.ts')>();
  return { methods: { ...methods, ...(await import('../../methods/testing/registry.ts')).toys } };
});

const raw = (training: Record<string, unknown>) => ({
  version: 1,
  data: { id: 'multitab-bench', params: { rows: 120, features: 4 } },
  tasks: { count: 3, rho: 0.3, degrees: [1, 2], kinds: ['regression', 'binary', 'multiclass'] },
  model: { id: 'mt-mlp', params: { shared: [6], tower: [4], embedding: 2, dropout: 0.2 } },
  training: { epochs: 2, batchSize: 16, ...training },
  baseline: { id: 'st-mlp', params: { hidden: [6], embedding: 2 } },
});
const experimentOf = (training: Record<string, unknown>) => requireExperiment(raw(training), catalog);

beforeAll(() => tf.setBackend('cpu'));

describe('a registered method', () => {
  it('is in the catalog, with its settings', () => {
    expect(catalog.methods.map((m) => m.id)).toEqual(Object.keys(methods));
    expect(Object.keys(methods)).toEqual(expect.arrayContaining(['equal', ...Object.keys(toys)]));
    for (const [id, method] of Object.entries<GradientMethod>(methods)) expect(method.id).toBe(id);
    const spec = catalog.trainingParams.find((p) => p.key === 'givenWeights');
    expect(spec?.visibleWhen).toEqual({ key: 'weighting', oneOf: ['given'] });
    const keys = catalog.trainingParams.map((p) => p.key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('has its settings checked', () => {
    const { issues } = parseExperiment(raw({ weighting: 'given', givenWeights: [-1] }), catalog);
    expect(issues).toMatchObject([{ path: expect.stringMatching(/^training\.givenWeights/) }]);
  });

  it('is given them, and leaves the baseline alone', async () => {
    const ofEqual = (await runToEnd(experimentOf({}))).result.seeds[0];
    const ofOnes = (await runToEnd(experimentOf({ weighting: 'given' }))).result.seeds[0];
    const weighted = (await runToEnd(experimentOf({ weighting: 'given', givenWeights: [1, 0.1, 3] }))).result;
    expect(ofOnes?.model.epochs).toEqual(ofEqual?.model.epochs);
    expect(weighted.seeds[0]?.model.epochs).not.toEqual(ofEqual?.model.epochs);
    expect(weighted.seeds[0]?.baseline?.epochs).toEqual(ofEqual?.baseline?.epochs);
  });
});

describe.each(Object.keys(toys))('a run with %s', (weighting) => {
  it('goes on from a checkpoint to the numbers of an unbroken run', async () => {
    const experiment = experimentOf({ weighting });
    const whole = await runToEnd(experiment);
    expect(whole.result.error).toBeNull();
    const control = new RunControl();
    let steps = 0;
    const half = await runToEnd(experiment, {
      control,
      onEvent: (e) => {
        if (e.type === 'steps' && e.role === 'model') steps += e.gradientNorms.length;
        if (steps >= 3) control.stop();
      },
    });
    expect(half.result.status).toBe('stopped');
    const stored = structuredClone(eventsOf(half.events, 'checkpoint').at(-1)?.checkpoint as Checkpoint);
    const resumed = await runToEnd(experiment, { resume: stored });
    expect(resumed.result.seeds[0]?.model.epochs).toEqual(whole.result.seeds[0]?.model.epochs);
    expect(resumed.result.seeds[0]?.model.test).toEqual(whole.result.seeds[0]?.model.test);
  });
});
