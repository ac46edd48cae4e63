// Profiles of a run: in training, while paused, and after its end. The run's numbers do not change.
import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { profileOfExperiment } from '../analysis/profile.ts';
import { catalog } from '../catalog.ts';
import { requireExperiment } from '../config/experiment.ts';
import type { Role } from '../core/roles.ts';
import type { BackendReport } from '../protocol/backend.ts';
import type { RunEvent } from '../protocol/run.ts';
import type { InspectedSession } from '../training/inspection.ts';
import { requireShapeOf } from '../training/plan.ts';
import { RunControl } from '../training/runControl.ts';
import { runSession } from '../training/session.ts';
import { Prober } from './prober.ts';
import { questionOf } from './registry.ts';
import { answersOf } from './testing.ts';

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

const profiles = (events: readonly RunEvent[]) => answersOf(events, 'profile').flatMap((a) => a.networks);
const ask = (control: RunControl, ...roles: Role[]) =>
  control.questions.put(questionOf('profile', { roles }));

async function run(control: RunControl, onEvent: (event: RunEvent) => void = () => {}) {
  const events: RunEvent[] = [];
  const emit = (event: RunEvent) => {
    events.push(event);
    onEvent(event);
  };
  const inspect = (own: InspectedSession) => new Prober(own, control.questions);
  const session = await runSession({ runId: 'r', experiment, backend, control, emit, inspect });
  const epochs = events.filter((e) => e.type === 'epoch').map((e) => e.record);
  return { session, epochs, events };
}

describe('profiles of a run', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it('leave its numbers as they are', async () => {
    const plain = await run(new RunControl());
    const control = new RunControl();
    let asked = false;
    const looked = await run(control, (event) => {
      if (event.type === 'epoch' && !asked) ask(control, 'model', 'baseline');
      asked ||= event.type === 'epoch';
    });
    expect(looked.epochs).toEqual(plain.epochs);
    const measured = profiles(looked.events);
    expect(measured.map((p) => p.label)).toEqual(['MMoE', 'ST-MLP']);
    const [model] = measured;
    expect(model).toMatchObject({ role: 'model', batchSize: 32, backend: 'cpu', at: { seed: 0 } });
    expect(model?.at?.step).toBeGreaterThan(0);
    // Network by network, with partial answers.
    const told = looked.events.filter((e) => e.type === 'probe-answer' && e.state === 'measuring');
    expect(told).toMatchObject([
      { progress: { label: 'MMoE', done: 0, total: 2 }, answer: { networks: [] } },
      { progress: { label: 'ST-MLP', done: 1, total: 2 }, answer: { networks: [{ label: 'MMoE' }] } },
    ]);
    // After the end the networks can still be probed.
    const tensors = tf.memory().numTensors;
    ask(control, 'model');
    await looked.session.inspection?.answer();
    expect(profiles(looked.events).at(-1)?.kernels.length).toBeGreaterThan(3);
    expect(tf.memory().numTensors).toBe(tensors);
    for (const { session } of [plain, looked]) session.dispose();
  });

  it('are made while it is paused, of networks that have not begun too, and refused for trees', async () => {
    const control = new RunControl(true);
    const wanted: Role[] = ['model-2', 'model-7'];
    const refused: string[] = [];
    const ended = run(control, (event) => {
      if (event.type !== 'probe-answer' || event.state === 'measuring') return;
      if (event.state === 'refused') refused.push(event.error.message);
      const next = wanted.shift();
      if (next) ask(control, next);
      else control.resume();
    });
    ask(control, 'model');
    const { session, events } = await ended;
    expect(profiles(events)).toMatchObject([{ at: { step: 0 } }]);
    expect(refused[0]).toMatch(/consists of trees/);
    expect(refused[1]).toMatch(/none in this run/);
    expect(session.result.status).toBe('finished');
    session.dispose();
  });

  it('wait for its end where they come last, and are made then', async () => {
    const control = new RunControl();
    const { session, events } = await run(control, (event) => {
      if (event.type === 'run-finished') ask(control, 'model');
    });
    expect(profiles(events)).toEqual([]);
    expect(control.questions.waiting).toHaveLength(1);
    await session.inspection?.answer(control.questions.waiting);
    expect(profiles(events)).toHaveLength(1);
    session.dispose();
  });

  it('are made of an experiment that has not run', async () => {
    const plan = await requireShapeOf(experiment);
    const between = async () => {};
    const tensors = tf.memory().numTensors;
    const profile = await profileOfExperiment(experiment, plan, 'baseline', { steps: 3, between });
    expect(profile).toMatchObject({ label: 'ST-MLP', at: null, steps: 3, batchSize: 32 });
    expect(tf.memory().numTensors).toBe(tensors);
    await expect(profileOfExperiment(experiment, plan, 'model-2', { between })).rejects.toThrow(/trees/);
  });
});
