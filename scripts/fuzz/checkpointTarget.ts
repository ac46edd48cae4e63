// Checkpoint files: read, and gone on from for a few steps. Their checksum is made anew, as by one who wants to be read.
import '../../src/platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { framed, keptIn } from '../../src/cli/checkpointBytes.ts';
import { writeBundle } from '../../src/engine/core/bundle.ts';
import type { Checkpoint } from '../../src/engine/protocol/checkpoint.ts';
import { RunControl } from '../../src/engine/training/runControl.ts';
import { runToEnd, smallExperiment } from '../../src/engine/training/sessionTesting.ts';
import type { Sample, Target } from './target.ts';

const experiment = smallExperiment({
  repeats: 2,
  model: { id: 'mt-mlp', params: { shared: [4], tower: [] } },
  compare: [{ id: 'gradient-boosting', params: { rounds: 2 } }],
});

/** Bytes in front of the head, which hold its length. */
const LENGTH = 8;
/** Of the sound file: its head as text, the part of it that a run goes on from, and the numbers behind it, which stay. */
const sound = { head: '', state: '', body: new Uint8Array() };

/** In the second seed, with networks of steps and of rounds. */
async function checkpointBytes(): Promise<Uint8Array<ArrayBuffer>> {
  await tf.setBackend('cpu');
  const control = new RunControl();
  const all: Checkpoint[] = [];
  await runToEnd(experiment, {
    control,
    onEvent(event) {
      if (event.type === 'epoch' && event.seed === 1) control.stop();
      if (event.type === 'checkpoint') all.push(event.checkpoint);
    },
  });
  return writeBundle({ checkpoint: all.at(-1), backend: 'cpu', fingerprint: 'a' });
}

async function samples(): Promise<Sample[]> {
  const whole = await checkpointBytes();
  const end = LENGTH + Number(new DataView(whole.buffer).getBigUint64(0, true));
  const head = whole.slice(LENGTH, end);
  const text = new TextDecoder().decode(head);
  const state = JSON.stringify(JSON.parse(text).checkpoint.state);
  Object.assign(sound, { head: text, state, body: whole.slice(end) });
  return [
    { name: 'run.checkpoint', bytes: head, isJson: true },
    { name: 'state', bytes: new TextEncoder().encode(state), isJson: true },
  ];
}

function bundleOf({ name, bytes }: Sample): Uint8Array {
  const given = new TextDecoder().decode(bytes);
  const text = name === 'state' ? sound.head.replace(sound.state, () => given) : given;
  const head = new TextEncoder().encode(text);
  const bundle = new Uint8Array(LENGTH + head.length + sound.body.length);
  new DataView(bundle.buffer).setBigUint64(0, BigInt(head.length), true);
  bundle.set(head, LENGTH);
  bundle.set(sound.body, LENGTH + head.length);
  return bundle;
}

export const checkpoint: Target = {
  samples,
  async read(sample) {
    const kept = keptIn(framed(bundleOf(sample)), sample.name);
    const control = new RunControl();
    // A fault of ours is thrown; a refusal is a result.
    await runToEnd(experiment, {
      control,
      resume: kept.checkpoint,
      onEvent: ({ type }) => {
        if (type === 'steps') control.stop();
      },
    });
  },
};
