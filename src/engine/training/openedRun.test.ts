// A kept run that is opened again answers as it did at its end.
import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Experiment } from '../config/experiment.ts';
import { Prober } from '../probes/prober.ts';
import { questionOf } from '../probes/registry.ts';
import { answersOf } from '../probes/testing.ts';
import type { KeptNetworks } from '../protocol/keptNetworks.ts';
import type { RunEvent } from '../protocol/run.ts';
import { openRun } from './openedRun.ts';
import { RunControl } from './runControl.ts';
import { type HeldNetworks, runSession } from './session.ts';
import { backend, eventsOf, smallExperiment } from './sessionTesting.ts';

beforeAll(() => tf.setBackend('cpu'));

const questions = [
  questionOf('attention', { rows: { kind: 'rows', rows: [0, 2] } }, { role: 'model' }),
  questionOf('row-perturbation', { row: 1, feature: 0, value: 2 }, { role: 'model' }),
];

async function looked(held: HeldNetworks, control: RunControl, events: RunEvent[]) {
  for (const question of questions) control.questions.put(question);
  await held.inspection?.answer(control.questions.waiting);
  await held.exportWeights('model');
  return {
    attention: answersOf(events, 'attention').at(-1),
    rows: answersOf(events, 'row-perturbation').at(-1),
    bytes: eventsOf(events, 'weights').at(-1)?.bytes,
    refusals: events.filter((e) => e.type === 'probe-answer' && e.state === 'refused'),
  };
}

async function trained(experiment: Experiment, stopAt: (e: RunEvent) => boolean = () => false) {
  const control = new RunControl();
  const events: RunEvent[] = [];
  const held = await runSession({
    runId: 'r',
    experiment,
    backend,
    control,
    keepNetworks: true,
    inspect: (session) => new Prober(session, control.questions),
    emit: (event) => {
      events.push(event);
      if (stopAt(event)) control.stop();
    },
  });
  // The form in which storage returns it.
  const kept = structuredClone(eventsOf(events, 'networks').at(-1)?.kept) as KeptNetworks;
  return { control, events, held, kept };
}

async function opened(experiment: Experiment, kept: KeptNetworks) {
  const control = new RunControl();
  const events: RunEvent[] = [];
  const held = await openRun({
    runId: 'r',
    experiment,
    kept,
    control,
    inspect: (session) => new Prober(session, control.questions),
    emit: (event) => events.push(event),
  });
  return { control, events, held };
}

describe('an opened run', () => {
  it('answers what it answered at its end, number for number, and says nothing else', async () => {
    const experiment = smallExperiment({ compare: [{ id: 'mmoe', params: { experts: 2 } }] });
    const before = await trained(experiment);
    const first = await looked(before.held, before.control, before.events);
    before.held.dispose();
    const tensors = tf.memory().numTensors;
    const again = await opened(experiment, before.kept);
    const second = await looked(again.held, again.control, again.events);
    expect(second).toEqual(first);
    expect(second.refusals).toEqual([]);
    expect(first.rows).toBeDefined();
    expect(new Set(again.events.map((e) => e.type))).toEqual(new Set(['probe-answer', 'weights']));
    again.held.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('has the networks of a run that was stopped, as they stood', async () => {
    const experiment = smallExperiment();
    const before = await trained(experiment, (e) => e.type === 'epoch' && e.record.epoch === 1);
    expect(before.held.result.status).toBe('stopped');
    const first = await looked(before.held, before.control, before.events);
    before.held.dispose();
    const again = await opened(experiment, before.kept);
    expect(await looked(again.held, again.control, again.events)).toEqual(first);
    expect(first.attention?.at?.epoch).toBe(1);
    again.held.dispose();
  });

  it('has trees as they were tested', async () => {
    const experiment = smallExperiment({ model: { id: 'gradient-boosting', params: { rounds: 3 } } });
    const { kept, held } = await trained(experiment);
    held.dispose();
    const again = await opened(experiment, kept);
    expect(again.held.inspection).not.toBeNull();
    again.held.dispose();
  });

  it('is refused where the table is another, or the networks are of other settings', async () => {
    const experiment = smallExperiment();
    const { kept, held } = await trained(experiment);
    held.dispose();
    const tensors = tf.memory().numTensors;
    const withRows = smallExperiment({
      data: { id: 'multitab-bench', params: { rows: 210, features: 4, categorical: 1 } },
    });
    await expect(opened(withRows, kept)).rejects.toThrow(/networks\.table: expected the table/);
    const wider = smallExperiment({ model: { id: 'multitab-net', params: { width: 8, heads: 2 } } });
    await expect(opened(wider, kept)).rejects.toThrow(/model\/parameter\/\d+: expected \d+ values, got \d+/);
    await expect(opened(experiment, { ...kept, version: 9 as 1 })).rejects.toThrow(/expected 1, got 9/);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
