// Profiles asked of a run: while it trains, while it is paused, and when it has ended. The run is the same in every case.
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { profileOfExperiment } from '../analysis/profile.ts';
import { catalog } from '../catalog.ts';
import { requireExperiment } from '../config/experiment.ts';
import type { BackendReport } from '../protocol/backend.ts';
import type { StepProfile } from '../protocol/profile.ts';
import type { RunEvent } from '../protocol/run.ts';
import { requireShapeOf } from './plan.ts';
import { RunControl } from './runControl.ts';
import { runSession } from './session.ts';

const backend: BackendReport = { active: 'cpu', adapter: 'test', reason: '', tried: [], software: false };

const experiment = requireExperiment(
  {
    version: 1,
    data: { id: 'multitab-bench', params: { rows: 200, features: 4, categorical: 1 } },
    tasks: { count: 2, rho: 0.3, degrees: [1, 2] },
    model: { id: 'mmoe', params: { experts: 2, expert: [5], tower: [3], embedding: 2, dropout: 0.2 } },
    training: { epochs: 2, batchSize: 32, evaluationBatch: 30 },
    baseline: { id: 'st-mlp', params: { hidden: [8], embedding: 2 } },
    compare: [{ id: 'gradient-boosting', params: { rounds: 2 } }],
  },
  catalog,
);

async function run(control: RunControl, onEvent: (event: RunEvent) => void = () => {}) {
  const events: RunEvent[] = [];
  const emit = (event: RunEvent) => {
    events.push(event);
    onEvent(event);
  };
  const session = await runSession({ runId: 'r', experiment, backend, control, emit });
  const epochs = events.filter((e) => e.type === 'epoch').map((e) => e.record);
  return { session, epochs };
}

describe('profiles of a run', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it('leave its numbers as they are', async () => {
    const plain = await run(new RunControl());
    const control = new RunControl();
    const asked: Promise<StepProfile | null>[] = [];
    const looked = await run(control, (event) => {
      if (event.type === 'epoch' && asked.length < 2)
        asked.push(control.askProfile('model'), control.askProfile('baseline'));
    });
    expect(looked.epochs).toEqual(plain.epochs);
    const profiles = await Promise.all(asked);
    expect(profiles.map((p) => p?.label)).toEqual(['MMoE', 'ST-MLP']);
    const [model] = profiles;
    expect(model).toMatchObject({ role: 'model', batchSize: 32, backend: 'cpu', at: { seed: 0 } });
    expect(model?.at?.step).toBeGreaterThan(0);
    // When all is done the networks can still be looked into.
    const tensors = tf.memory().numTensors;
    expect((await looked.session.inspection?.profile('model'))?.kernels.length).toBeGreaterThan(3);
    expect(tf.memory().numTensors).toBe(tensors);
    for (const { session } of [plain, looked]) session.dispose();
  });

  it('are made while it is paused, of networks that have not begun too, and refused for trees', async () => {
    const control = new RunControl(true);
    const ended = run(control);
    expect(await control.askProfile('model')).toMatchObject({ at: { step: 0 } });
    await expect(control.askProfile('model-2')).rejects.toThrow(/consists of trees/);
    await expect(control.askProfile('model-7')).rejects.toThrow(/none in this run/);
    control.resume();
    const { session } = await ended;
    expect(session.result.status).toBe('finished');
    session.dispose();
  });

  it('are answered with nothing when it ends first', async () => {
    const control = new RunControl();
    const late = run(control, (event) => {
      if (event.type === 'run-finished') question = control.askProfile('model');
    });
    let question: Promise<StepProfile | null> | undefined;
    const { session } = await late;
    expect(await question).toBe(null);
    session.dispose();
  });

  it('are made of an experiment that has not run', async () => {
    const plan = requireShapeOf(experiment);
    const between = async () => {};
    const tensors = tf.memory().numTensors;
    const profile = await profileOfExperiment(experiment, plan, 'baseline', { steps: 3, between });
    expect(profile).toMatchObject({ label: 'ST-MLP', at: null, steps: 3, batchSize: 32 });
    expect(tf.memory().numTensors).toBe(tensors);
    await expect(profileOfExperiment(experiment, plan, 'model-2', { between })).rejects.toThrow(/trees/);
  });
});
