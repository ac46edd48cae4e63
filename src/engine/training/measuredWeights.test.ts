// A run with given weights measures the model as the run that trained them did.
import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import type { Checkpoint } from '../protocol/checkpoint.ts';
import type { RunEvent } from '../protocol/run.ts';
import { readSafetensors } from '../weights/safetensors.ts';
import { torchFileOf } from '../weights/testing.ts';
import { RunControl } from './runControl.ts';
import { runSession } from './session.ts';
import { backend, eventsOf as of, runToEnd as run, smallExperiment as small } from './sessionTesting.ts';

beforeAll(() => tf.setBackend('cpu'));

it('measures a model with given weights as the run that trained them did', async () => {
  let bytes = new Uint8Array();
  const experiment = small();
  const trained = await runSession({
    runId: 'a',
    experiment,
    backend,
    control: new RunControl(),
    emit: (e) => {
      if (e.type === 'weights') bytes = e.bytes as Uint8Array<ArrayBuffer>;
    },
  });
  await trained.exportWeights('model');
  trained.dispose();
  const load = (
    file: { name: string; bytes: Uint8Array },
    e = experiment,
    emit: (event: RunEvent) => void = () => {},
  ) =>
    runSession({
      runId: 'b',
      experiment: e,
      backend,
      control: new RunControl(),
      emit,
      weights: file,
    });
  const loaded = await load({ name: 'w.safetensors', bytes });
  loaded.dispose();
  expect(loaded.result.seeds[0]?.model.test).toEqual(trained.result.seeds[0]?.model.test);
  expect(loaded.result.seeds[0]?.gain).toEqual(trained.result.seeds[0]?.gain);
  // After a resume it is measured again, and still not trained.
  const stored: Checkpoint[] = [];
  const control = new RunControl();
  const stopped = await runSession({
    runId: 'c',
    experiment,
    backend,
    control,
    weights: { name: 'w.safetensors', bytes },
    emit: (e) => {
      if (e.type === 'epoch' && e.role === 'model') control.stop();
      if (e.type === 'checkpoint') stored.push(e.checkpoint);
    },
  });
  stopped.dispose();
  expect(stopped.result.status).toBe('stopped');
  const resumed = await run(experiment, { resume: stored.at(-1) });
  expect(resumed.result.seeds[0]?.model.test).toEqual(trained.result.seeds[0]?.model.test);
  expect(resumed.result.seeds[0]?.model.steps).toBe(0);

  // The same from a PyTorch checkpoint, under the attribute of a LightningModule.
  const read = readSafetensors(bytes, 'w').map((t) => ({ ...t, name: `model.${t.name}` }));
  const found: RunEvent[] = [];
  const fromTorch = await load({ name: 'w.pt', bytes: torchFileOf(read) }, experiment, (e) => found.push(e));
  fromTorch.dispose();
  expect(fromTorch.result.seeds[0]?.model.test).toEqual(trained.result.seeds[0]?.model.test);
  expect(of(found, 'weights-read')).toMatchObject([
    {
      fileName: 'w.pt',
      tensors: read.length,
      notes: [
        { code: 'weights-prefix', text: expect.stringContaining('without model.') },
        { code: 'weights-without-metadata', text: expect.stringMatching(/^w\.pt does not say/) },
      ],
    },
  ]);

  const model = { id: 'multitab-net', params: { width: 8, heads: 2, feedForward: 8, tower: [4] } };
  const other = await load({ name: 'w.safetensors', bytes }, small({ model }));
  expect(other.result.error?.message).toMatch(
    /w\.safetensors does not fit MultiTab-Net: .* expected \[.*\], got \[/,
  );
  other.dispose();
});
