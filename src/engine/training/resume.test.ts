// An interrupted and resumed run loses nothing and repeats nothing.
import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import { type Experiment, requireExperiment } from '../config/experiment.ts';
import { questionOf } from '../probes/registry.ts';
import { runProbed } from '../probes/testing.ts';
import type { Checkpoint } from '../protocol/checkpoint.ts';
import type { RunResult } from '../protocol/result.ts';
import type { RunEvent } from '../protocol/run.ts';
import { NOTHING_ASKED } from './inspection.ts';
import { RunControl } from './runControl.ts';
import { eventsOf, runToEnd } from './sessionTesting.ts';
import { StopSignal } from './turns.ts';

function experimentOf(changes: Record<string, unknown> = {}): Experiment {
  return requireExperiment(
    {
      version: 1,
      data: { id: 'multitab-bench', params: { rows: 160, features: 4 } },
      tasks: { count: 2, rho: 0.3, degrees: [1, 2] },
      model: { id: 'multitab-net', params: { width: 4, heads: 2, feedForward: 6, tower: [4] } },
      training: { epochs: 2, batchSize: 32, evaluationBatch: 16 },
      baseline: { id: 'st-mlp', params: { hidden: [4], embedding: 0 } },
      ...changes,
    },
    catalog,
  );
}

/** Results without times. */
const numbersOf = ({ seeds }: RunResult) =>
  JSON.parse(JSON.stringify(seeds, (key, value) => (/Ms$/.test(key) ? undefined : value)));

/** Stops at an event as a message would: some time later, whatever is running then. */
async function interrupted(experiment: Experiment, control: RunControl, at: (event: RunEvent) => boolean) {
  const { result, events } = await runProbed(experiment, {
    control,
    onEvent: (event) => {
      if (at(event)) setTimeout(() => control.stop(), 0);
    },
  });
  expect(result.status).toBe('stopped');
  return structuredClone(eventsOf(events, 'checkpoint').at(-1)?.checkpoint as Checkpoint);
}

beforeAll(() => tf.setBackend('cpu'));

describe('a run that was stopped', () => {
  it('while its networks were looked into after their test has tested each of them once', async () => {
    const experiment = experimentOf();
    const whole = await runToEnd(experiment);
    const control = new RunControl();
    control.questions.put(questionOf('mask-tests', {}, { role: 'model' }));
    const checkpoint = await interrupted(experiment, control, (e) => e.type === 'tested');
    const resumed = await runToEnd(experiment, { resume: checkpoint });
    expect(resumed.result.comparison.map((c) => c.role)).toEqual(['baseline', 'model']);
    expect(resumed.result.seeds[0]?.others).toEqual([]);
    expect(numbersOf(resumed.result)).toEqual(numbersOf(whole.result));
  });

  it('while its last questions were answered, with every seed trained, has each result once', async () => {
    const experiment = experimentOf({
      compare: [{ id: 'gradient-boosting', params: { rounds: 2 } }],
      model: { id: 'mt-mlp', params: { shared: [4], tower: [], embedding: 0 } },
    });
    let isTrained = false;
    const stopped = await runToEnd(experiment, {
      onEvent: ({ type }) => {
        isTrained ||= type === 'seed-finished';
      },
      inspect: () => ({
        ...NOTHING_ASKED,
        answer: async () => {
          if (!isTrained) return;
          isTrained = false;
          throw new StopSignal();
        },
      }),
    });
    expect(stopped.result.status).toBe('stopped');
    const checkpoint = eventsOf(stopped.events, 'checkpoint').at(-1)?.checkpoint;
    const resumed = await runToEnd(experiment, { resume: structuredClone(checkpoint) });
    expect(numbersOf(resumed.result)).toEqual(numbersOf(stopped.result));
    expect(resumed.result.seeds).toHaveLength(1);
  });

  it('has said in the end all that an unbroken one says', async () => {
    const experiment = experimentOf({
      training: { epochs: 1, batchSize: 32, rateSearch: 'three' },
      model: { id: 'gradient-boosting', params: { rounds: 2 } },
      compare: [{ id: 'mt-mlp', params: { shared: [4], tower: [], embedding: 0 } }],
    });
    const whole = await runToEnd(experiment);
    expect(whole.result.notes.map((n) => n.code)).toContain('rate-search-without-trees');
    const control = new RunControl();
    const checkpoint = await interrupted(
      experiment,
      control,
      (e) => e.type === 'progress' && e.phase === 'searching-rate' && e.roles.includes('model-2'),
    );
    const resumed = await runToEnd(experiment, { resume: checkpoint });
    expect(resumed.result.notes).toEqual(whole.result.notes);
    expect(numbersOf(resumed.result)).toEqual(numbersOf(whole.result));
  });
});
