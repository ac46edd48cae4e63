// Kernels are compiled before they are needed, on WebGPU (the software adapter): all of them, without changing numbers, and a
// refused one is reported in the compiler's words.
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { startBrowserBackend } from '../../platform/browser.ts';
import { catalog } from '../catalog.ts';
import { requireExperiment } from '../config/experiment.ts';
import { WorkbenchError } from '../core/errors.ts';
import { kernelPreparer, runtimeOf } from '../kernels/runtime/backendRuntime.ts';
import type { WebgpuContext } from '../kernels/runtime/webgpu/context.ts';
import { program } from '../kernels/runtime/webgpu/program.ts';
import { mmoe } from '../models/mmoe.ts';
import type { BackendReport } from '../protocol/backend.ts';
import type { RunEvent } from '../protocol/run.ts';
import { RunControl } from './runControl.ts';
import { runSession } from './session.ts';
import { disposeBatch } from './tensorBatch.ts';
import { createBatch, createNetwork } from './testing.ts';

const experiment = requireExperiment(
  {
    version: 1,
    data: { id: 'multitab-bench', params: { rows: 200, features: 4, categorical: 1 } },
    tasks: { count: 3, rho: 0.3, degrees: [1, 2], kinds: ['regression', 'binary', 'multiclass'] },
    model: { id: 'mmoe', params: { experts: 2, expert: [5], tower: [3], embedding: 2, dropout: 0.3 } },
    training: { epochs: 2, batchSize: 32, evaluationBatch: 30 },
    baseline: { id: 'st-mlp', params: { hidden: [8], embedding: 2, dropout: 0.2 } },
  },
  catalog,
);

describe('kernels compiled ahead on webgpu', () => {
  const faults: string[] = [];
  let backend: BackendReport;

  // A device without pipelines.
  beforeEach(async () => {
    faults.length = 0;
    backend = await startBrowserBackend({ backend: 'webgpu', allowSoftwareAdapter: true }, (message) =>
      faults.push(message),
    );
  });

  async function run(onEvent: (event: RunEvent) => void = () => {}, chosen = experiment) {
    const events: RunEvent[] = [];
    const emit = (event: RunEvent) => {
      events.push(event);
      onEvent(event);
    };
    const session = await runSession({
      runId: 'test',
      experiment: chosen,
      backend,
      control: new RunControl(),
      emit,
    });
    session.dispose();
    expect(session.result.error).toBeNull();
    expect(faults).toEqual([]);
    return { result: session.result, events };
  }

  it('are all that steps and measurements launch, told one by one, and change no number', async () => {
    const ahead = vi.spyOn(GPUDevice.prototype, 'createComputePipelineAsync');
    const inTheWay = vi.spyOn(GPUDevice.prototype, 'createComputePipeline');
    const late: string[] = [];
    const { result, events } = await run((event) => {
      if (event.type === 'steps' || event.type === 'epoch')
        late.push(...inTheWay.mock.calls.map(([{ label }]) => label ?? ''));
      inTheWay.mockClear();
    });
    expect(late).toEqual([]);
    const told = events.filter((e) => e.type === 'compiling');
    expect(told[0]).toMatchObject({ ready: 0 });
    expect(told[0]?.total).toBeGreaterThan(10);
    const totals = told.filter((e) => e.ready === 0).map((e) => e.total);
    expect(totals.reduce((a, b) => a + b)).toBe(ahead.mock.calls.length);
    expect(told.filter((e) => e.ready === e.total)).toHaveLength(totals.length);
    const [compiling, steps] = ['compiling', 'steps'].map((type) => events.findIndex((e) => e.type === type));
    expect(compiling).toBeLessThan(steps as number);
    vi.restoreAllMocks();

    backend = await startBrowserBackend({ backend: 'webgpu', allowSoftwareAdapter: true }, (message) =>
      faults.push(message),
    );
    runtimeOf('webgpu').preparer = { upload: () => {}, prepare: async () => {} };
    const plain = await run();
    expect(plain.events.some((e) => e.type === 'compiling')).toBe(false);
    for (const role of ['model', 'baseline'] as const)
      expect(result.seeds[0]?.[role]?.epochs).toEqual(plain.result.seeds[0]?.[role]?.epochs);
  });

  it('are compiled for a further network too, when the one before it ended late in the table', async () => {
    // The last batch begins at row 100, after which fewer than 100 of the 160 rows are left.
    const late = requireExperiment(
      {
        ...experiment,
        data: { id: 'multitab-bench', params: { ...experiment.data.params, rows: 160 } },
        training: { ...experiment.training, epochs: 1, batchSize: 100 },
        compare: [{ id: 'mt-mlp', params: { shared: [4], tower: [3], embedding: 2 } }],
      },
      catalog,
    );
    const { result } = await run(undefined, late);
    expect(result.seeds[0]?.others).toHaveLength(1);
  });

  it('may be compiled anew when what asked for them broke off', async () => {
    const batch = createBatch(12);
    const network = createNetwork(mmoe, { experts: 2, expert: [5], tower: [3], embedding: 2 });
    const upload = (tensors: readonly tf.Tensor[]) => kernelPreparer()?.upload(tensors);
    const broken = kernelPreparer()?.prepare(
      () => {
        network.warmUp(batch, upload);
        throw new Error('no more');
      },
      () => {},
    );
    await expect(broken).rejects.toThrow('no more');
    const [report] = [...(await network.trainStep(batch, 1)), ...(await network.drainPendingSteps())];
    expect(report?.gradientNorm).toBeGreaterThan(0);
    network.dispose();
    disposeBatch(batch);
    expect(faults).toEqual([]);
  });

  it('leave no tensor behind and do not touch the network', async () => {
    const network = createNetwork(mmoe, { experts: 2, expert: [5], tower: [3], embedding: 2, dropout: 0.3 });
    const batch = createBatch(12);
    const { tensors } = await network.save();
    expect(batch.targets.shape[1]).toBe(12);
    const before = tf.memory().numTensors;
    const told: [number, number][] = [];
    await kernelPreparer()?.prepare(
      () => network.warmUp(batch, (tensors) => kernelPreparer()?.upload(tensors)),
      (...at) => told.push(at),
    );
    expect(told[0]?.[1]).toBeGreaterThan(5);
    expect(tf.memory().numTensors).toBe(before);
    expect((await network.save()).tensors).toEqual(tensors);
    // Nothing is left to compile.
    told.length = 0;
    await kernelPreparer()?.prepare(
      () => network.warmUp(batch, (tensors) => kernelPreparer()?.upload(tensors)),
      (...at) => told.push(at),
    );
    expect(told).toEqual([]);
    const [report] = [...(await network.trainStep(batch, 1)), ...(await network.drainPendingSteps())];
    expect(report?.gradientNorm).toBeGreaterThan(0);
    network.dispose();
    disposeBatch(batch);
    expect(faults).toEqual([]);
  });

  it('are named when the compiler refuses one, with its words and its place', async () => {
    const context = kernelPreparer() as WebgpuContext;
    const broken = program({
      name: 'Broken',
      params: {},
      shader: () => ({
        lanes: 1,
        inputs: {},
        outputs: { y: 'f32' },
        code: 'fn run(group: u32, lane: u32) { y[group] = missing; }',
      }),
    });
    const y = context.output([1]);
    const error = await context
      .prepare(
        () => context.run(broken, null, { inputs: [], outputs: [y], params: {}, groups: 1 }),
        () => {},
      )
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WorkbenchError);
    expect((error as WorkbenchError).message).toMatch(
      /^The GPU kernel Broken did not compile\nLine \d+, column \d+: .*missing/,
    );
    // The refusal answers the caller, and is not a fault of the device.
    await tf.nextFrame();
    expect(faults).toEqual([]);
    y.dispose();
  });
});
