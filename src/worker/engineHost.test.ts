// The engine through its messages, in Node: a probe of the test's own is registered and asked before, during and after a run,
// and measurements take turns with runs.
import '../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { integer, object } from '../engine/core/reader.ts';
import { textInput } from '../engine/data/testing/files.ts';
import { defineProbe } from '../engine/probes/probe.ts';
import { probes } from '../engine/probes/registry.ts';
import type { DatasetSummary } from '../engine/protocol/data.ts';
import type { KeptNetworks } from '../engine/protocol/keptNetworks.ts';
import type { Event } from '../engine/protocol/messages.ts';
import { backend, smallExperiment } from '../engine/training/sessionTesting.ts';
import { EngineHost } from './engineHost.ts';
import { buffersOf } from './transfer.ts';

const request = object({ rows: integer });
const outputs = defineProbe({
  id: 'outputs',
  mode: 'once',
  when: 'training',
  request,
  run: async (context, { rows }) => {
    const { model, dataset, epoch, evaluationBatch, yieldOrStop } = context;
    context.progress({ label: 'predicting', done: 0, total: 1 }, { values: [] });
    await yieldOrStop();
    const tensors = tf.tidy(
      () =>
        model?.forward(evaluationBatch(dataset, dataset.split.validation.subarray(0, rows)), {
          training: false,
          step: 0,
        }) ?? [],
    );
    const values = await Promise.all(tensors.map(async (t) => Array.from(await t.data())));
    tf.dispose(tensors);
    return { epoch, values };
  },
});
const shape = defineProbe({
  id: 'shape',
  mode: 'once',
  when: 'anytime',
  request: object({}),
  run: async ({ table, session }) => ({ tasks: (await table()).shape.tasks.length, inRun: session !== null }),
});
const endless = defineProbe({
  id: 'endless',
  mode: 'watch',
  when: 'training',
  request: object({}),
  run: async ({ progress, yieldOrStop }) => {
    for (let done = 0; ; done++) {
      progress({ label: 'counting', done, total: 10 }, { done });
      await yieldOrStop();
    }
  },
});

type Answer = Extract<Event, { type: 'probe-answer' }>;

function setUp(onEvent: (event: Event, host: EngineHost) => void = () => {}) {
  const events: Event[] = [];
  const wakers = new Set<() => void>();
  const host: EngineHost = new EngineHost({
    probes: { ...probes, outputs, shape, endless },
    startBackend: async () => {
      await tf.setBackend('cpu');
      return backend;
    },
    post: (event) => {
      events.push(event);
      // Asynchronously, as messages are: never before the host has returned.
      queueMicrotask(() => onEvent(event, host));
      for (const wake of wakers) wake();
    },
  });
  const until = (holds: (event: Event) => boolean) =>
    new Promise<Event>((resolve) => {
      const look = () => {
        const found = events.find(holds);
        if (found) resolve(found);
      };
      wakers.add(look);
      look();
    });
  const answers = (probe: string) =>
    events.filter((e): e is Answer => e.type === 'probe-answer' && e.probe === probe);
  host.receive({ type: 'start', request: { backend: 'cpu', allowSoftwareAdapter: false } });
  return { host, events, until, answers };
}

const experiment = smallExperiment();
const isAnswer = (probe: string, state: Answer['state']) => (e: Event) =>
  e.type === 'probe-answer' && e.probe === probe && e.state === state;
const isEnd = (e: Event) => e.type === 'run-finished' || e.type === 'run-failed';

describe('the engine behind its messages', () => {
  it('gives a sign of life between the steps of a run, and keeps it when that is asked for', async () => {
    let ms = 0;
    const now = vi.spyOn(performance, 'now').mockImplementation(() => ms);
    const { host, events, until } = setUp((event) => {
      if (event.type !== 'epoch' || event.role !== 'model') return;
      ms += 2_000;
      host.receive({ type: 'ping' });
      // The checkpoint after the first second is written; the next would come ten seconds later.
      if (event.record.epoch === 2) host.receive({ type: 'keep', runId: 'r' });
    });
    await until((e) => e.type === 'backend');
    const small = smallExperiment({ training: { epochs: 4 }, baseline: null });
    host.receive({ type: 'run', runId: 'r', experiment: small });
    await until(isEnd);
    now.mockRestore();
    const seen = events.flatMap((e): (string | number)[] => {
      if (e.type === 'epoch') return e.role === 'model' ? [e.record.epoch] : [];
      return e.type === 'checkpoint' || e.type === 'pong' ? [e.type] : [];
    });
    expect(seen).toEqual([1, 'pong', 'checkpoint', 2, 'pong', 'checkpoint', 3, 'pong', 4, 'pong']);
  });

  it('says what it offers, its probes included', () => {
    const [ready] = setUp().events;
    const known = ready?.type === 'ready' ? ready.catalog.probes : [];
    expect(known).toContainEqual({ id: 'attention', mode: 'watch', when: 'training' });
    expect(known).toContainEqual({ id: 'cost', mode: 'once', when: 'anytime' });
  });

  it('answers a question to a run while it trains and after its end, and tells its progress', async () => {
    let isAsked = false;
    const { host, until, answers } = setUp((event, own) => {
      if (event.type !== 'epoch' || isAsked) return;
      isAsked = true;
      own.receive({ type: 'probe', runId: 'a', probe: 'outputs', request: { rows: 3 } });
    });
    await until((e) => e.type === 'backend');
    host.receive({ type: 'run', runId: 'a', experiment });
    await until(isEnd);
    await until(isAnswer('outputs', 'answered'));
    expect(answers('outputs').map((e) => e.state)).toEqual(['measuring', 'answered']);
    const [, during] = answers('outputs');
    expect(during).toMatchObject({ runId: 'a', request: { rows: 3 }, at: { role: 'model', seed: 0 } });
    const values = during?.state === 'answered' ? (during.answer as { values: number[][] }).values : [];
    expect(values.map((v) => v.length)).toEqual([3, 3, 9]);
    host.receive({ type: 'probe', runId: 'a', probe: 'outputs', request: { rows: 2 } });
    await until((e) => isAnswer('outputs', 'answered')(e) && (e as Answer).request !== during?.request);
    expect(answers('outputs').at(-1)).toMatchObject({ state: 'answered', answer: { epoch: 2 } });
  });

  it('refuses what the schema does not know, probes it has not, and networks that are gone', async () => {
    const { host, until, answers } = setUp();
    await until((e) => e.type === 'backend');
    host.receive({ type: 'probe', runId: 'x', probe: 'outputs', request: { rows: 'many' } });
    host.receive({ type: 'probe', runId: 'x', probe: 'outputs', request: { rows: 1 } });
    host.receive({ type: 'probe', runId: null, probe: 'nothing', request: {} });
    await until(isAnswer('nothing', 'refused'));
    const messages = answers('outputs').map((e) => (e.state === 'refused' ? e.error.message : ''));
    expect(messages).toEqual([
      'outputs.rows: expected a whole number, got "many". Correct the request.',
      'outputs: the networks of this run are gone. Run it again.',
    ]);
    expect(answers('nothing')[0]).toMatchObject({ error: { issues: [{ path: 'probe', got: '"nothing"' }] } });
  });

  it('answers for an experiment that does not run, counts beside a run, and measures only when idle', async () => {
    const { host, until, answers } = setUp();
    await until((e) => e.type === 'backend');
    host.receive({ type: 'probe', runId: null, probe: 'shape', request: {}, experiment });
    await until(isAnswer('shape', 'answered'));
    expect(answers('shape')[0]).toMatchObject({ runId: null, at: null, answer: { tasks: 3, inRun: false } });
    host.receive({ type: 'run', runId: 'a', experiment, paused: true });
    host.receive({ type: 'probe', runId: null, probe: 'cost', request: {}, experiment });
    host.receive({ type: 'probe', runId: null, probe: 'shape', request: {}, experiment });
    await until(isAnswer('cost', 'answered'));
    await until(isAnswer('shape', 'refused'));
    expect(answers('shape').at(-1)).toMatchObject({ error: { message: expect.stringMatching(/no run/) } });
    // Questions about the run itself are allowed at any time.
    host.receive({ type: 'probe', runId: 'a', probe: 'shape', request: {}, experiment });
    await until((e) => isAnswer('shape', 'answered')(e) && (e as Answer).runId === 'a');
    expect(answers('shape').at(-1)).toMatchObject({ answer: { tasks: 3, inRun: true } });
    host.receive({ type: 'stop', runId: 'a' });
    await until(isEnd);
  });

  it('opens the networks of a run of before, says why it cannot, and answers for them', async () => {
    const { host, until, events, answers } = setUp();
    await until((e) => e.type === 'backend');
    host.receive({ type: 'run', runId: 'a', experiment });
    await until(isEnd);
    const kept = events.find((e) => e.type === 'networks')?.kept as KeptNetworks;
    const ask = (runId: string) =>
      host.receive({ type: 'probe', runId, probe: 'outputs', request: { rows: 3 } });
    ask('a');
    await until(isAnswer('outputs', 'answered'));
    const other = { ...experiment, seed: 7 };
    host.receive({ type: 'open', runId: 'b', experiment: other, kept: { ...kept, table: 'another' } });
    await until((e) => e.type === 'open-failed');
    expect(events.at(-1)).toMatchObject({ error: { message: expect.stringMatching(/networks.table/) } });
    host.receive({ type: 'open', runId: 'a', experiment, kept });
    ask('a');
    await until((e) => e.type === 'opened');
    await until(() => answers('outputs').filter((e) => e.state === 'answered').length === 2);
    const [before, after] = answers('outputs').filter((e) => e.state === 'answered');
    expect(after).toEqual({ ...before, step: expect.any(Number) });
    expect(after?.runId).toBe('a');
  });

  it('refuses what waits for the networks of a run that gets none', async () => {
    const { host, until, answers } = setUp();
    await until((e) => e.type === 'backend');
    const data = { id: 'multitab-bench', params: { rows: 200, features: 1 } };
    host.receive({ type: 'run', runId: 'a', experiment: { ...experiment, data } });
    host.receive({ type: 'probe', runId: 'a', probe: 'outputs', request: { rows: 1 } });
    await until(isEnd);
    await until(isAnswer('outputs', 'refused'));
    expect(answers('outputs')).toMatchObject([
      { runId: 'a', error: { message: expect.stringMatching(/ended/) } },
    ]);
  });

  it('ends a measurement when it is withdrawn, and when another run is asked for', async () => {
    const { host, until, answers } = setUp();
    await until((e) => e.type === 'backend');
    host.receive({ type: 'run', runId: 'a', experiment });
    await until(isEnd);
    const ask = (wanted: unknown) =>
      host.receive({ type: 'probe', runId: 'a', probe: 'endless', request: wanted });
    ask({});
    await until(isAnswer('endless', 'measuring'));
    ask(null);
    await until(isAnswer('endless', 'stopped'));
    const before = answers('endless').length;
    ask({});
    await until(() => answers('endless').length > before);
    host.receive({ type: 'run', runId: 'b', experiment });
    await until((e) => isEnd(e) && (e as { runId: string }).runId === 'b');
    expect(answers('endless').filter((e) => e.state === 'stopped')).toHaveLength(2);
  });

  it('reads a table once for what is asked of it, and gives it up when the same is asked anew', async () => {
    const { host, until, events } = setUp();
    await until((e) => e.type === 'backend');
    const lines = Array.from({ length: 60 }, (_, i) => `${i},${i % 7},${i * i}`);
    const file = textInput(`a,b,y\n${lines.join('\n')}`);
    const data = { id: 'table', params: { file: file.name } };
    const tasks = { targets: [{ column: 'y', type: 'regression' }] };
    const check = (requestId: number, given = file) =>
      host.receive({ type: 'check', requestId, experiment: { version: 1, data, tasks }, file: given });
    const slices = vi.spyOn(file.blob, 'slice');
    check(1);
    check(2);
    host.receive({ type: 'preview-table', requestId: 3, file });
    await until((e) => e.type === 'table-previewed');
    await until((e) => e.type === 'checked');
    const answers = events.flatMap((e) => ('requestId' in e ? [[e.requestId, e.type]] : []));
    expect(answers).toContainEqual([1, 'request-failed']);
    const failed = events.find((e) => e.type === 'request-failed');
    expect(failed?.error.message).toBe('check: asked again before it was answered.');
    expect(answers).toContainEqual([2, 'checked']);
    expect(events).toContainEqual(expect.objectContaining({ type: 'checked', issues: [] }));
    const read = slices.mock.calls.length;
    check(4, { ...file });
    await until((e) => e.type === 'checked' && e.requestId === 4);
    expect(slices).toHaveBeenCalledTimes(read);

    host.receive({
      type: 'preview-table',
      requestId: 5,
      file: textInput('a,b,y\n1,2,3\n4,5,6', 'other.csv'),
    });
    host.receive({ type: 'stop-reading' });
    await until((e) => e.type === 'request-failed' && e.requestId === 5);
    const stopped = events.find((e) => e.type === 'request-failed' && e.requestId === 5);
    expect(stopped).toMatchObject({
      error: { message: 'Reading other.csv was stopped: choose it again to read it.' },
    });
  });

  it('counts what is asked while the backend starts only when it has started, or has failed to', async () => {
    for (const fails of [false, true]) {
      const events: Event[] = [];
      let end = () => {};
      const host = new EngineHost({
        startBackend: () =>
          new Promise((resolve, reject) => {
            end = () => (fails ? reject(new Error('no backend')) : resolve(backend));
          }),
        post: (event) => events.push(event),
      });
      host.receive({ type: 'start', request: { backend: 'auto', allowSoftwareAdapter: false } });
      host.receive({ type: 'probe', runId: null, probe: 'cost', request: {}, experiment });
      host.receive({ type: 'check', requestId: 1, experiment });
      const types = () => events.map((e) => e.type);
      await new Promise((resolve) => setTimeout(resolve));
      expect(types()).toEqual(['ready']);
      end();
      await vi.waitFor(() => expect(types()).toContain('checked'));
      await vi.waitFor(() => expect(types()).toContain('probe-answer'));
      expect(types()[1]).toBe(fails ? 'backend-lost' : 'backend');
    }
  });

  it.each([true, false])(
    'tells no failure of any kind that comes with the loss of the GPU (lost: %s)',
    async (isLost) => {
      vi.useFakeTimers({ toFake: ['setTimeout'] });
      const events: Event[] = [];
      let lose = () => {};
      const host = new EngineHost({
        startBackend: async (_, onFault) => {
          lose = () => onFault('gone', true);
          return { ...backend, active: 'webgpu' };
        },
        post: (event) => events.push(event),
      });
      host.receive({ type: 'start', request: { backend: 'webgpu', allowSoftwareAdapter: false } });
      await vi.waitFor(() => expect(events.map((e) => e.type)).toContain('backend'));
      host.receive({ type: 'run', runId: 'r', experiment: { model: { id: 'none' } } });
      await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
      if (isLost) lose();
      vi.runAllTimers();
      vi.useRealTimers();
      const types = events.map((e) => e.type).slice(2);
      expect(types).toEqual([isLost ? 'backend-lost' : 'run-failed']);
    },
  );
});

describe('the buffers of an event', () => {
  it('are transferred where it alone has them: losses and maps, each once, and not what the run goes on with', () => {
    const losses = Float32Array.of(1, 2);
    const shared = { taskLosses: losses, gradientNorms: losses.subarray(0, 1) };
    const steps = {
      type: 'steps',
      role: 'model',
      seed: 0,
      epoch: 1,
      firstStep: 1,
      runId: 'r',
      step: 1,
    } as const;
    expect(buffersOf({ ...steps, ...shared })).toEqual([losses.buffer]);
    // The result of the run holds the same table and the same weights.
    const dataset = { relatedness: { realised: Float64Array.of(1) } } as DatasetSummary;
    expect(buffersOf({ type: 'dataset', dataset, runId: 'r', step: 0 })).toEqual([]);
    const bytes = new Uint8Array(4);
    const weights = {
      type: 'weights',
      role: 'model',
      fileName: 'w',
      python: '',
      runId: 'r',
      step: 1,
    } as const;
    expect(buffersOf({ ...weights, bytes })).toEqual([]);
  });
});
