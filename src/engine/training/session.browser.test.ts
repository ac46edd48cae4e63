// A whole session with replayed steps on WebGPU (the software adapter), against one without.
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { startBrowserBackend } from '../../platform/browser.ts';
import { catalog } from '../catalog.ts';
import { requireExperiment } from '../config/experiment.ts';
import { batchOrder } from '../data/batches.ts';
import { textInput } from '../data/testing/files.ts';
import { stepRecorder } from '../kernels/runtime/backendRuntime.ts';
import type { StepRecorder } from '../kernels/runtime/recording.ts';
import { Prober } from '../probes/prober.ts';
import { questionOf } from '../probes/registry.ts';
import type { BackendReport } from '../protocol/backend.ts';
import type { Checkpoint } from '../protocol/checkpoint.ts';
import type { RunEvent } from '../protocol/run.ts';
import { requirePlan, sourceOf } from './plan.ts';
import { RunControl } from './runControl.ts';
import { runSession, type SessionOptions } from './session.ts';

describe('a session on webgpu', () => {
  const faults: string[] = [];
  let backend: BackendReport;

  beforeAll(async () => {
    backend = await startBrowserBackend({ backend: 'webgpu', allowSoftwareAdapter: true }, (message) =>
      faults.push(message),
    );
  });

  const experiment = requireExperiment(
    {
      version: 1,
      data: { id: 'multitab-bench', params: { rows: 200, features: 4, categorical: 1 } },
      tasks: { count: 3, rho: 0.3, degrees: [1, 2], kinds: ['regression', 'binary', 'multiclass'] },
      model: { id: 'multitab-net', params: { width: 4, heads: 2, feedForward: 8, tower: [4] } },
      training: { epochs: 2, batchSize: 32, evaluationBatch: 30 },
      baseline: { id: 'st-mlp', params: { hidden: [8], embedding: 2 } },
    },
    catalog,
  );

  async function run(
    control: RunControl,
    resume?: Checkpoint,
    onEvent?: (event: RunEvent) => void,
    other: Partial<SessionOptions> = {},
  ) {
    const events: RunEvent[] = [];
    const emit = (event: RunEvent) => {
      events.push(event);
      onEvent?.(event);
    };
    const session = await runSession({
      runId: 'test',
      experiment,
      backend,
      control,
      resume,
      emit,
      inspect: (own) => new Prober(own, control.questions),
      ...other,
    });
    session.dispose();
    return { result: session.result, events };
  }

  const curves = (events: readonly RunEvent[]) => {
    const losses: Record<string, number[]> = { baseline: [], model: [] };
    for (const event of events) {
      if (event.type !== 'steps') continue;
      const own = losses[event.role] as number[];
      expect(event.firstStep).toBe(own.length / 3 + 1);
      own.push(...event.taskLosses);
    }
    return losses;
  };

  const notesOf = (events: readonly RunEvent[]) => events.flatMap((e) => (e.type === 'note' ? [e.note] : []));

  it('reports every step once, in order, and comes to the same end after a stop', async () => {
    const whole = await run(new RunControl());
    expect(whole.result.error).toBeNull();
    // After two epochs a network may predict worse than the mean or chance, which is noted; no other note may appear.
    expect(notesOf(whole.events).filter(({ code }) => !code.startsWith('worse-than-'))).toEqual([]);
    const expected = curves(whole.events);
    // 140 training rows: four batches of 32 and one of 12, for two epochs, three tasks.
    expect([expected.model?.length, expected.baseline?.length]).toEqual([30, 30]);

    const control = new RunControl();
    const first = await run(control, undefined, (event) => {
      if (event.type === 'epoch') control.stop();
    });
    expect(first.result.status).toBe('stopped');
    const checkpoint = first.events.flatMap((e) => (e.type === 'checkpoint' ? [e.checkpoint] : [])).at(-1);
    const second = await run(new RunControl(), checkpoint);
    expect(second.result.seeds[0]?.model.test).toEqual(whole.result.seeds[0]?.model.test);
    expect(second.result.seeds[0]?.baseline?.test).toEqual(whole.result.seeds[0]?.baseline?.test);
    expect(faults).toEqual([]);
  });

  it('uploads batches and says so when the table is too large for the GPU', async () => {
    const whole = await run(new RunControl());
    const limit = vi.spyOn(stepRecorder() as StepRecorder, 'maxBytes', 'get').mockReturnValue(8_000);
    const { result, events } = await run(new RunControl());
    limit.mockRestore();
    expect(notesOf(events).map(({ text }) => text)).toEqual([
      'Batches are sent to the GPU step by step, which makes steps slower: the table takes 0.0064 MB, and 0.004 MB are set aside for it on this GPU.',
      ...notesOf(whole.events).map(({ text }) => text),
    ]);
    expect(curves(events)).toEqual(curves(whole.events));
    expect(result.seeds[0]?.model.test).toEqual(whole.result.seeds[0]?.model.test);
  });

  it('stops at a fault among the last steps of an epoch, which are read together', async () => {
    const count = 160;
    const csv = (bad: number | null) =>
      textInput(
        `x,z,y\n${Array.from({ length: count }, (_, i) => `${i % 7},${i % 5},${i === bad ? '3e30' : i % 3}`).join('\n')}`,
      );
    const experiment = requireExperiment(
      {
        version: 1,
        data: { id: 'table', params: { standardiseTargets: false } },
        tasks: { targets: [{ column: 'y', type: 'regression' }] },
        model: { id: 'mt-mlp', params: { shared: [4], tower: [], embedding: 0 } },
        training: { epochs: 1, batchSize: 8, evaluationBatch: 30 },
        baseline: null,
      },
      catalog,
    );
    const request = await requirePlan(experiment, { file: csv(null) });
    const { split } = await sourceOf(experiment).generate(request, async () => {});
    // 14 batches: compilation has ended when the steps around the bad one are launched.
    const order = batchOrder(experiment.seed, 1, split.train);
    const whole = await run(new RunControl(), undefined, undefined, { experiment, file: csv(null) });
    expect(whole.result.error).toBeNull();
    const { result, events } = await run(new RunControl(), undefined, undefined, {
      experiment,
      file: csv(order[8 * 12 + 3] as number),
    });
    expect(result.status).toBe('failed');
    expect(result.error?.message).toMatch(/step 13: the loss of y/);
    const losses = (of: readonly RunEvent[]) =>
      of.flatMap((e) => (e.type === 'steps' ? [...e.taskLosses] : []));
    expect(losses(events)).toEqual(losses(whole.events).slice(0, 12));
    expect(events.some((e) => e.type === 'epoch')).toBe(false);
  });

  it.each([
    ['attention', { id: 'multitab-net', params: { width: 4, heads: 2, feedForward: 8, tower: [4] } }],
    ['MMoE', { id: 'mmoe', params: { experts: 2, expert: [5], tower: [4], embedding: 2 } }],
  ])(
    '%s: 200 steps, evaluations, captures, mask tests and checkpoints leave nothing behind',
    async (_name, model) => {
      const held = () => {
        const { numTensors, numBytesInGPU } = tf.memory() as tf.MemoryInfo & { numBytesInGPU: number };
        return { numTensors, numBytesInGPU };
      };
      const before = held();
      const control = new RunControl();
      const watch = (on: boolean) => {
        if (!on) {
          control.questions.withdrawAll();
          return;
        }
        control.questions.put(questionOf('attention', { rows: { kind: 'mean' } }));
        control.questions.put(questionOf('expert-use', {}));
        control.questions.put(questionOf('mask-tests', {}));
      };
      const afterEpoch: ReturnType<typeof held>[] = [];
      const seen = new Map<string, number>();
      const { result } = await run(
        control,
        undefined,
        (event) => {
          const what = event.type === 'probe-answer' ? `${event.probe} ${event.state}` : event.type;
          seen.set(what, (seen.get(what) ?? 0) + 1);
          // Steps are recorded in the first two epochs.
          if (event.type === 'epoch' && event.role === 'model' && [2, 5].includes(event.record.epoch)) {
            watch(true);
            control.pause();
          }
          if (event.type !== 'state') return;
          // In the pause a checkpoint is taken and all attention captured, before the run continues.
          if (event.state === 'paused') {
            control.resume();
            return;
          }
          watch(false);
          afterEpoch.push(held());
        },
        {
          experiment: requireExperiment(
            {
              ...experiment,
              model,
              training: { ...experiment.training, epochs: 6, batchSize: 3, patience: 0 },
            },
            catalog,
          ),
        },
      );
      expect(result.error).toBeNull();
      expect(result.seeds[0]?.model.steps).toBe(6 * 47);
      for (const type of ['attention answered', 'expert-use answered', 'mask-tests answered', 'checkpoint'])
        expect(seen.get(type), type).toBeGreaterThanOrEqual(2);
      expect(afterEpoch).toHaveLength(2);
      expect(afterEpoch[1]).toEqual(afterEpoch[0]);
      expect(held().numTensors).toBe(before.numTensors);
      expect(faults).toEqual([]);
    },
  );
});
