// Questions to the networks of a session: when they are answered, by which network, and what ends them.
import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { placeKey } from '../core/attentionPlace.ts';
import { object } from '../core/reader.ts';
import type { RunEvent } from '../protocol/run.ts';
import type { InspectedSession } from '../training/inspection.ts';
import { RunControl } from '../training/runControl.ts';
import { eventsOf as of, smallExperiment as small } from '../training/sessionTesting.ts';
import { defineProbe } from './probe.ts';
import { Prober } from './prober.ts';
import { probes, questionOf } from './registry.ts';
import { answersOf, runProbed as run } from './testing.ts';

beforeAll(() => tf.setBackend('cpu'));

const MEAN = { rows: { kind: 'mean' } } as const;

const several = () =>
  small({
    compare: [
      { id: 'mmoe', params: { experts: 2, expert: [4], tower: [], embedding: 2 } },
      { id: 'ft-transformer', params: { width: 4, heads: 2, feedForward: 4, tower: [] } },
    ],
  });

describe('questions to a run', () => {
  it('are answered at every single step while it is paused', async () => {
    const control = new RunControl(true);
    control.questions.put(questionOf('attention', MEAN));
    let pauses = 0;
    const { events } = await run(small(), {
      control,
      onEvent: (e) => {
        if (e.type !== 'probe-answer' || e.state !== 'answered') return;
        pauses++;
        if (pauses <= 3) control.step();
        else control.stop();
      },
    });
    const counts = of(events, 'steps')
      .filter((e) => e.role === 'model')
      .map((e) => e.gradientNorms.length);
    expect(counts).toEqual([1, 1, 1]);
    expect(answersOf(events, 'attention').map((a) => a.step)).toEqual([0, 1, 2, 3]);
    // Said where the pause begins, and after each single step.
    expect(of(events, 'state').map((e) => e.state)).toEqual(['paused', 'paused', 'paused', 'paused']);
  });

  it('show attention whose open cells sum to one and whose blocked cells are zero', async () => {
    const control = new RunControl();
    control.questions.put(questionOf('attention', { rows: { kind: 'rows', rows: [1, 3] } }));
    const { events } = await run(small(), { control });
    const maps = answersOf(events, 'attention').at(-1)?.maps ?? [];
    expect(maps.map(placeKey)).toEqual(['block0/feature/head0', 'block0/feature/head1']);
    for (const { weights, blocked, keys, queries } of maps) {
      expect(keys.map((k) => k.group)).toEqual([
        'task',
        'task',
        'task',
        'categorical',
        'numeric',
        'numeric',
        'numeric',
      ]);
      queries.forEach((_, q) => {
        const row = weights.subarray(q * keys.length, (q + 1) * keys.length);
        expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      });
      blocked?.forEach((b, i) => {
        if (b) expect(weights[i]).toBe(0);
      });
    }
  });

  it('are of the network in training, and say when there are no experts', async () => {
    const control = new RunControl();
    control.questions.put(questionOf('expert-use', {}));
    const { events } = await run(several(), { control });
    const use = answersOf(events, 'expert-use');
    expect(new Set(use.map((e) => e.at?.role))).toEqual(new Set(['model', 'model-2', 'model-3']));
    const mmoe = use.findLast((e) => e.at?.role === 'model-2');
    expect(mmoe?.layers[0]?.gates.map((g) => g.label)).toEqual(['Task 1', 'Task 2', 'Task 3']);
    for (const { mean, weights } of mmoe?.layers[0]?.gates ?? []) {
      expect(weights).toHaveLength(2 * (mmoe?.rows ?? 0));
      expect(mean.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    }
    expect(use.findLast((e) => e.at?.role === 'model')?.layers).toEqual([]);
  });

  it('are of the network asked for, never of another', async () => {
    const control = new RunControl();
    control.questions.put(questionOf('expert-use', {}, { role: 'model-2' }));
    control.questions.put(questionOf('attention', MEAN, { role: 'model-2' }));
    const { events } = await run(several(), { control });
    const use = answersOf(events, 'expert-use');
    expect(use.length).toBeGreaterThan(0);
    expect(new Set(use.map((e) => e.at?.role))).toEqual(new Set(['model-2']));
    // MMoE has no attention, and its answer says so.
    expect(answersOf(events, 'attention').at(-1)).toMatchObject({ at: { role: 'model-2' }, maps: [] });
    const steps = of(events, 'steps').flatMap((e) =>
      e.role === 'model-2' ? [e.firstStep + e.gradientNorms.length - 1] : [],
    );
    expect(use.at(-1)?.step).toBe(Math.max(...steps));
  });

  it('show the networks of single tasks by their task', async () => {
    const control = new RunControl();
    control.questions.put(questionOf('attention', MEAN, { role: 'model-3' }));
    const { events } = await run(several(), { control });
    const maps = answersOf(events, 'attention').findLast((e) => e.at?.role === 'model-3')?.maps ?? [];
    expect(new Set(maps.map((m) => m.network))).toEqual(new Set(['Task 1', 'Task 2', 'Task 3']));
    expect(maps[0]?.queries.map((q) => q.name).slice(0, 2)).toEqual(['Task 1', expect.any(String)]);
  });

  it('are answered once an epoch where no more is asked', async () => {
    const control = new RunControl();
    control.questions.put(questionOf('attention', MEAN, { everyEpochOnly: true }));
    const { events } = await run(small(), { control });
    // At once, after each of the two epochs, and when the network has been tested.
    expect(answersOf(events, 'attention').map((a) => a.at?.epoch)).toEqual([1, 1, 2, 2]);
  });

  it('are answered at the end of every epoch too where a memory asks, however quick the epochs', async () => {
    const control = new RunControl();
    control.questions.put(questionOf('attention', MEAN, { everyEpoch: true }));
    const { events } = await run(small(), { control });
    const epochs = answersOf(events, 'attention').map((a) => [a.at?.epoch, a.step]);
    // Five batches an epoch.
    expect(epochs).toEqual(
      expect.arrayContaining([
        [1, 5],
        [2, 10],
      ]),
    );
  });

  it('that come while steps are waited for are as new as before', async () => {
    const control = new RunControl();
    const asked = questionOf('what-if', { text: 'first' });
    control.questions.put(asked);
    const prober = new Prober({} as InspectedSession, control.questions);
    const due = prober.due();
    expect(due).toEqual([asked]);
    const next = questionOf('what-if', { text: 'second' });
    control.questions.put(next);
    await prober.answer(due);
    expect(prober.due()).toEqual([next]);
  });

  it('change none of its numbers', async () => {
    const control = new RunControl();
    const ask = (e: RunEvent) => {
      if (e.type !== 'epoch' || e.role !== 'model') return;
      control.questions.put(questionOf('mask-tests', {}));
      control.questions.put(questionOf('what-if', { text: '' }));
      control.questions.put(questionOf('row-perturbation', { row: 0, feature: 1, value: 2 }));
    };
    const [plain, asked] = [await run(small()), await run(small(), { control, onEvent: ask })];
    const epochs = (events: RunEvent[]) => of(events, 'epoch').map((e) => e.record);
    expect(epochs(asked.events)).toEqual(epochs(plain.events));
    expect(answersOf(asked.events, 'mask-tests').at(-1)?.report?.assertions.length).toBeGreaterThan(5);
    expect(answersOf(asked.events, 'what-if').at(-1)?.issue).not.toBeNull();
    expect(answersOf(asked.events, 'row-perturbation').at(-1)?.report?.rows).toBeGreaterThan(10);
  });
});

describe('a question', () => {
  const faulty = defineProbe({
    id: 'faulty',
    mode: 'once',
    when: 'training',
    request: object({}),
    run: async () => {
      throw new Error('it broke');
    },
  });
  const endless = defineProbe({
    id: 'endless',
    mode: 'watch',
    when: 'training',
    request: object({}),
    run: async ({ progress, yieldOrStop }) => {
      for (let done = 0; ; done++) {
        progress({ label: 'counting', done, total: 100 }, { done });
        await yieldOrStop();
      }
    },
  });
  const all = { ...probes, faulty, endless };

  it('that cannot be answered says why and ends no run', async () => {
    const control = new RunControl();
    control.questions.put({ probe: 'faulty', request: {}, mode: 'once' });
    const { events, result } = await run(small(), { control, probes: all });
    expect(result.status).toBe('finished');
    const answers = of(events, 'probe-answer');
    expect(answers).toHaveLength(1);
    expect(answers[0]).toMatchObject({ state: 'refused', error: { message: 'it broke' } });
  });

  it('tells its progress and ends when it is withdrawn, and the run goes on', async () => {
    const control = new RunControl();
    control.questions.put({ probe: 'endless', request: {}, mode: 'watch' });
    const { events, result } = await run(small(), {
      control,
      probes: all,
      onEvent: (e) => {
        if (e.type === 'probe-answer' && e.state === 'measuring' && e.progress.done === 2)
          control.questions.withdraw('endless');
      },
    });
    expect(result.status).toBe('finished');
    expect(of(events, 'probe-answer').map((e) => e.state)).toEqual([
      'measuring',
      'measuring',
      'measuring',
      'stopped',
    ]);
  });

  it('that another takes the place of ends in silence: the answer to come is not a stop', async () => {
    const control = new RunControl();
    const put = () => control.questions.put({ probe: 'endless', request: {}, mode: 'watch' });
    put();
    let told = 0;
    const { events } = await run(small(), {
      control,
      probes: all,
      onEvent: (e) => {
        if (e.type !== 'probe-answer' || e.state !== 'measuring') return;
        told++;
        if (told === 2) put();
        if (told === 4) control.questions.withdraw('endless');
      },
    });
    const states = of(events, 'probe-answer').map((e) => e.state);
    expect(states).toEqual(['measuring', 'measuring', 'measuring', 'measuring', 'stopped']);
  });

  it('gives way when the run is stopped', async () => {
    const control = new RunControl();
    control.questions.put({ probe: 'endless', request: {}, mode: 'watch' });
    const { result } = await run(small(), {
      control,
      probes: all,
      onEvent: (e) => {
        if (e.type === 'probe-answer') {
          control.stop();
          control.questions.withdraw('endless');
        }
      },
    });
    expect(result.status).toBe('stopped');
  });
});
