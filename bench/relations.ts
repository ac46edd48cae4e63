// `npm run bench:relations`: the cost of inner products of the tasks' gradients: a step of methods that need them beside a step
// with equal weights, alternating, at 5 and 8 tasks, for MultiTab-Net with attention between features and for MMoE. T backward
// passes share one forward pass. `--backend webgpu` uses the GPU or a software adapter, there with a smaller batch, and counts the launches
// of a step too, which are the same on every adapter. `--rounds N` (9, on a software adapter 3), `--batch N` (256, there 64)
import { parseArgs } from 'node:util';
import { trialOf } from '../src/engine/analysis/trial.ts';
import { defaultsOf, type Params } from '../src/engine/config/params.ts';
import { countLaunches } from '../src/engine/kernels/runtime/launches.ts';
import { mmoe } from '../src/engine/models/mmoe.ts';
import { multitab } from '../src/engine/models/multitab.ts';
import { trainingParams, trainingSettings } from '../src/engine/training/params.ts';
import { startNodeBackend } from '../src/platform/node.ts';
import { clockOf, countsProcessor, median } from './clock.ts';
import { beside, recordFigures } from './figures.ts';
import { wholeNumber } from './options.ts';

const { values: options } = parseArgs({
  options: {
    backend: { type: 'string', default: 'wasm' },
    rounds: { type: 'string' },
    batch: { type: 'string' },
  },
});
const { active, adapter, software } = await startNodeBackend({
  backend: options.backend as 'wasm' | 'webgpu',
  allowSoftwareAdapter: true,
});
const ofProcessor = countsProcessor({ active, software });
const clock = clockOf(ofProcessor);
const ROUNDS = wholeNumber('rounds', options.rounds ?? (software ? '3' : '9'));
const BATCH = wholeNumber('batch', options.batch ?? (software ? '64' : '256'));

/** A step with equal weights, one with inner products, one with the gradients themselves, and one with flat regions. */
const METHODS: { label: string; set: Params }[] = [
  { label: 'equal', set: {} },
  { label: 'cagrad', set: { weighting: 'cagrad' } },
  { label: 'graddrop', set: { weighting: 'graddrop' } },
  { label: 'flat regions', set: { weighting: 'cagrad', sharpness: 'flat-regions' } },
];

const shapeOf = (tasks: number) => ({
  features: Array.from({ length: 32 }, (_, i) => ({
    name: `x${i}`,
    kind: 'numeric' as const,
    cardinality: 1,
  })),
  tasks: Array.from({ length: tasks }, (_, i) => ({
    name: `y${i}`,
    type: 'regression' as const,
    outputs: 1,
    description: '',
  })),
});

console.log(`Backend ${active} (${adapter}), 32 features, batch ${BATCH}.`);
console.log(
  `${ofProcessor ? 'CPU ms' : 'ms'} per step, median of ${ROUNDS} rounds, alternating; ratio to equal weights.\n`,
);
console.log(['network', 'tasks', ...METHODS.map((m) => m.label)].map((c) => c.padStart(16)).join(''));
for (const def of [multitab, mmoe]) {
  for (const tasks of [5, 8]) {
    const contenders = METHODS.map(({ set }) => {
      const settings = trainingSettings({ ...defaultsOf(trainingParams), batchSize: BATCH, ...set });
      const trial = trialOf(
        { role: 'model', def, params: defaultsOf(def.params) },
        shapeOf(tasks),
        settings,
        BATCH,
      );
      if ('skipped' in trial) throw new Error(trial.skipped);
      return { trial, network: trial.create(), batch: trial.batch(), times: [] as number[] };
    });
    const step = async ({ network, batch }: (typeof contenders)[number]) => {
      await network.trainStep(batch, 1);
      await network.drainPendingSteps();
    };
    for (const contender of contenders) for (let i = 0; i < 2; i++) await step(contender);
    for (let round = 0; round < ROUNDS; round++) {
      for (const contender of round % 2 === 0 ? contenders : [...contenders].reverse()) {
        const started = clock();
        await step(contender);
        contender.times.push(clock() - started);
      }
    }
    const equal = median(contenders[0]?.times ?? []);
    recordFigures(
      METHODS.slice(1).map(({ label: method }, i) =>
        beside(
          `${def.label}, ${tasks} tasks, ${method}`,
          ofProcessor ? 'CPU ms' : 'ms',
          median(contenders[i + 1]?.times ?? []),
          'equal weights',
          equal,
        ),
      ),
    );
    const cells = contenders.map(
      ({ times }) => `${median(times).toFixed(1)} (${(median(times) / equal).toFixed(2)})`,
    );
    console.log([def.label, tasks, ...cells].map((c) => String(c).padStart(16)).join(''));
    if (active === 'webgpu') {
      const counts: number[] = [];
      for (const contender of contenders) counts.push((await countLaunches(() => step(contender))).launches);
      console.log(['', 'launches', ...counts].map((c) => String(c).padStart(16)).join(''));
    }
    for (const { network, batch, trial } of contenders) {
      network.dispose();
      batch.dispose();
      trial.dispose();
    }
  }
}
process.exit(0);
