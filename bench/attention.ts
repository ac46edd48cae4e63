// `npm run bench:attention`: the attention kernel, forward and backward, against the same in plain operations, alternating, and
// how its time and memory grow with the rows. Node; `--backend webgpu` uses the GPU or a software adapter.
// `--rounds N` (7)
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { attention } from '../src/engine/kernels/ops/attention/index.ts';
import { type KernelMode, setKernelMode } from '../src/engine/kernels/runtime/backendRuntime.ts';
import { startNodeBackend } from '../src/platform/node.ts';
import { clockOf, countsProcessor, median } from './clock.ts';
import { alone, beside, recordFigures } from './figures.ts';
import { wholeNumber } from './options.ts';

/** With more rows, plain operations take minutes on a software adapter. */
const MAX_PLAIN_ON_SOFTWARE = 32;
const { values: options } = parseArgs({
  options: {
    backend: { type: 'string', default: 'wasm' },
    rows: { type: 'string', default: '2048' },
    rounds: { type: 'string', default: '7' },
  },
});
const ROUNDS = wholeNumber('rounds', options.rounds);

interface Shape {
  name: string;
  groups: number;
  length: number;
  width: number;
  heads: number;
  rotary?: boolean;
  drop?: number;
}

const MODEL = { groups: 1, width: 624, heads: 4 };
const SHAPES: readonly Shape[] = [
  { name: 'features of 8 rows: 32 tokens, head size 4', groups: 8, length: 32, width: 16, heads: 4 },
  { name: '32 rows, head size 156', ...MODEL, length: 32 },
  { name: '256 rows, head size 156', ...MODEL, length: 256 },
  { name: '256 rows, head size 156, positions', ...MODEL, length: 256, rotary: true },
  { name: '256 rows, head size 156, dropout', ...MODEL, length: 256, drop: 0.1 },
];

const gradientOf = (qkv: tf.Tensor3D, { heads, rotary = false, drop = 0 }: Shape) => {
  const dropout = { rate: drop, key: [1, 2, 3] as const };
  return tf.tidy(() =>
    tf.grad((x) => tf.sum(tf.square(attention(x as tf.Tensor3D, heads, null, { rotary, dropout }))))(qkv),
  );
};

async function timed(shape: Shape, modes: readonly KernelMode[], clock: () => number, rounds: number) {
  const { groups, length, width } = shape;
  const qkv = tf.randomNormal([groups, length, 3 * width]) as tf.Tensor3D;
  const times = modes.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const i of round % 2 === 0 ? modes.keys() : [...modes.keys()].reverse()) {
      setKernelMode(modes[i] as KernelMode);
      const started = clock();
      const gradient = gradientOf(qkv, shape);
      await gradient.data();
      gradient.dispose();
      // The first round compiles, and is not counted.
      if (round > 0) times[i]?.push(clock() - started);
    }
  }
  setKernelMode('native');
  const { peakBytes } = await tf.profile(() => gradientOf(qkv, shape).dispose() as never);
  qkv.dispose();
  return { ms: times.map(median), peakBytes };
}

const { active, adapter, software } = await startNodeBackend({
  backend: options.backend as 'wasm' | 'webgpu',
  allowSoftwareAdapter: true,
});
const ofProcessor = countsProcessor({ active, software });
const clock = clockOf(ofProcessor);
console.log(
  `Backend ${active} (${adapter}). Forward and backward, ${ofProcessor ? 'CPU ' : ''}ms, median of ${ROUNDS}.\n`,
);
console.log(
  `${'shape'.padEnd(46)}${['ours', 'plain', 'faster', 'peak MB'].map((c) => c.padStart(10)).join('')}`,
);
const line = (name: string, cells: string[]) =>
  console.log(name.padEnd(46) + cells.map((c) => c.padStart(10)).join(''));
for (const shape of SHAPES) {
  const isLong = software && shape.length > MAX_PLAIN_ON_SOFTWARE;
  const { ms, peakBytes } = await timed(shape, isLong ? ['native'] : ['native', 'reference'], clock, ROUNDS);
  const [ours = 0, plain] = ms;
  recordFigures([
    plain === undefined
      ? alone(shape.name, ofProcessor ? 'CPU ms' : 'ms', ours)
      : beside(shape.name, ofProcessor ? 'CPU ms' : 'ms', ours, 'plain operations', plain),
  ]);
  line(shape.name, [
    ours.toFixed(1),
    plain?.toFixed(1) ?? '',
    plain === undefined ? '' : `${(plain / ours).toFixed(2)}x`,
    (peakBytes / 1e6).toFixed(1),
  ]);
}
console.log('\nGrowth with the rows, width 8, 1 head:');
for (let length = 512; length <= Number(options.rows); length *= 2) {
  const shape = { name: `${length} rows`, groups: 1, length, width: 8, heads: 1 };
  const { ms, peakBytes } = await timed(shape, ['native'], clock, 3);
  line(shape.name, [(ms[0] as number).toFixed(1), '', '', (peakBytes / 1e6).toFixed(2)]);
}
process.exit(0);
