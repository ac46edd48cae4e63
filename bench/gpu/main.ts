// Everything that needs a machine with a GPU, in one run (bench/gpu.md). build.ts makes it one file, so that it can be copied.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { checkGoldenFolder, type GoldenOutcome, goldenFiles } from '../../src/cli/goldenFolder.ts';
import { installWebgpuKernels } from '../../src/engine/kernels/installWebgpu.ts';
import { createStepTimer } from '../../src/engine/kernels/runtime/threadTimer.ts';
import { kernelSuite } from '../../src/engine/kernels/testing/suite.ts';
import { attendByProducts } from '../../src/engine/kernels/testing/tunings.ts';
import { startNodeBackend } from '../../src/platform/node.ts';
import { caseOf, MODELS, SETTING } from '../cases.ts';
import { type Measured, measure, tableHead, tableRows } from '../measure.ts';
import { TorchProcess } from '../torchProcess.ts';
import { ofProcess } from '../trainStep.ts';
import { ceilingsOf } from './ceilings.ts';
import { type KernelShare, kernelShares, shareLines } from './kernelShares.ts';
import { productLines, shapesOf, type TriedProduct, tryProducts } from './products.ts';
import { type TriedTuning, tryTunings, tuningLines } from './tunings.ts';
import { runTests, type SuiteOutcome } from './vitest.ts';

const { values: given } = parseArgs({
  options: {
    out: { type: 'string', default: '.' },
    golden: { type: 'string', default: path.join(import.meta.dirname, 'golden') },
    batches: { type: 'string', default: '256,2048,8192' },
    /** Batches for torch.compile, which takes half a minute each. */
    compiled: { type: 'string', default: '2048' },
    /** Batches for jax-js, whose buffers are too small for larger ones. */
    jax: { type: 'string', default: '256,2048' },
    /** Operations whose kernels are tested, by folder; default: all. */
    ops: { type: 'string', default: '' },
    /** Use the loops of a GPU on a software adapter too. */
    'like-gpu': { type: 'boolean', default: false },
    rounds: { type: 'string', default: '7' },
    only: { type: 'string', default: '' },
    /** Number of tiles shown per product. */
    best: { type: 'string', default: '3' },
    python: { type: 'string', default: 'python3' },
    /** Parts to run: suite, golden, steps, kernels, products, tunings. */
    parts: { type: 'string', default: 'suite,golden,steps,kernels,products,tunings' },
  },
});

const clipped = (text: string) => (text.length > 300 ? `${text.slice(0, 300)}...` : text);
const numbers = (text: string) => text.split(',').filter(Boolean).map(Number);
const parts = new Set(given.parts.split(','));
const started = performance.now();
const say = (text: string) => console.log(`[${((performance.now() - started) / 1000).toFixed(0)} s] ${text}`);

interface StepResult {
  case: string;
  batch: number;
  measured: Measured[];
  notes: string[];
  kernels: KernelShare[] | null;
}

/** Maximum number of device errors kept; one often causes thousands. */
const MAX_ERRORS = 20;
const deviceErrors: string[] = [];
process.removeAllListeners('warning');
process.on('warning', ({ message }) => {
  if (message.startsWith('WebGPU') && deviceErrors.length < MAX_ERRORS) deviceErrors.push(clipped(message));
});

const { adapter, software } = await startNodeBackend({ backend: 'webgpu', allowSoftwareAdapter: true });
const backend = tf.backend() as WebGPUBackend;
const context = installWebgpuKernels(backend, software && !given['like-gpu']);
const timer = createStepTimer();
const { device } = backend;
const limits = Object.fromEntries(
  Object.keys(Object.getPrototypeOf(device.limits) as object)
    .concat(['maxBufferSize', 'maxStorageBufferBindingSize', 'maxComputeWorkgroupStorageSize'])
    .map((key) => [key, device.limits[key as keyof GPUSupportedLimits] as unknown])
    .filter(([, value]) => typeof value === 'number'),
);
const { info } = device.adapterInfo ? { info: device.adapterInfo } : { info: null };
say(
  `${adapter}${software ? ' (software)' : ''}, ${info?.vendor ?? ''} ${info?.architecture ?? ''}, Node ${process.version}, features ${[...device.features].join(' ')}`,
);
say(`limits ${JSON.stringify(limits)}`);

const ceilings = await ceilingsOf(
  context,
  timer,
  software ? { megabytes: 16, steps: 64, groups: 16 } : { megabytes: 512, steps: 4096, groups: 4096 },
);
say(
  `copies ${(ceilings.bytesPerSecond / 1e9).toPrecision(3)} GB/s, multiplies and adds ${(ceilings.flopsPerSecond / 1e12).toPrecision(3)} TFLOP/s in float32`,
);

const result: {
  adapter: string;
  software: boolean;
  /** Name of the card by PyTorch; drivers tell WebGPU their version, not the card. */
  card: string | null;
  info: unknown;
  limits: unknown;
  node: string;
  date: string;
  ceilings: typeof ceilings;
  suite: SuiteOutcome | null;
  golden: (GoldenOutcome & { failures: string[] }) | null;
  torch: unknown;
  steps: StepResult[];
  products: TriedProduct[];
  tunings: TriedTuning[];
} = {
  adapter,
  software,
  card: null,
  info: info && { vendor: info.vendor, architecture: info.architecture, description: info.description },
  limits,
  node: process.version,
  date: new Date().toISOString().slice(0, 10),
  ceilings,
  suite: null,
  golden: null,
  torch: null,
  steps: [],
  products: [],
  tunings: [],
};
await mkdir(given.out, { recursive: true });
/** Called after every part: an interrupted run keeps its results. */
async function save(): Promise<string> {
  const name = (result.card ?? adapter)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const file = path.join(given.out, `${name}.json`);
  await writeFile(file, `${JSON.stringify(result, null, 1)}\n`);
  return file;
}

const torch = parts.has('steps')
  ? await TorchProcess.start(given.python, ['--threads', '1'])
  : 'not asked for';
if (torch instanceof TorchProcess) {
  result.torch = torch.about;
  if (torch.about.device === 'cuda') result.card = torch.about.name;
  say(`PyTorch ${torch.about.version} (${torch.about.name})`);
} else say(`PyTorch is not measured: ${torch}`);

if (parts.has('suite')) {
  const held = context.tuning;
  const options = { smallOnly: software, forwardTolerance: 2e-5, gradientTolerance: 1e-4, deviceErrors };
  const only = given.ops ? { only: given.ops.split(',') } : {};
  kernelSuite('webgpu', { ...options, ...only, start: async () => {} });
  kernelSuite('webgpu', {
    ...options,
    label: 'webgpu, attention by products',
    only: ['attention'],
    start: async () => attendByProducts(context),
  });
  const { passed, failures } = await runTests();
  result.suite = { passed, failures: failures.map(clipped) };
  say(`kernels' tests: ${result.suite.passed} passed, ${result.suite.failures.length} failed`);
  for (const failure of result.suite.failures.slice(0, 20)) console.log(`  FAIL ${failure}`);
  context.tuning = held;
  await save();
}

if (parts.has('golden')) {
  const failures: string[] = [];
  const files = (await goldenFiles(given.golden)) ?? [];
  const outcome = await checkGoldenFolder(given.golden, files, (line) => {
    if (!line.startsWith('pass')) failures.push(clipped(line));
  });
  result.golden = { ...outcome, failures };
  say(`golden cases: ${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped} skipped`);
  for (const failure of failures.slice(0, 20)) console.log(`  ${failure}`);
  await save();
}

if (parts.has('steps')) {
  console.log(SETTING);
  console.log(tableHead());
  for (const { name, peers: known } of MODELS) {
    if (!known || !name.includes(given.only)) continue;
    for (const batch of numbers(given.batches)) {
      const stepCase = caseOf(name, batch);
      const compiled = numbers(given.compiled).includes(batch);
      say(`${stepCase.name}`);
      deviceErrors.length = 0;
      const { peers, notes } =
        torch instanceof TorchProcess ? await torch.peersOf(stepCase, compiled) : { peers: [], notes: [] };
      const process = torch as TorchProcess;
      const contenders = peers.map(({ id, label }) =>
        ofProcess(
          label,
          (steps) => process.run(id, steps),
          () => process.drop(id),
        ),
      );
      try {
        const options = {
          backend: 'webgpu' as const,
          rounds: Number(given.rounds),
          steps: software ? 2 : 20,
          without: numbers(given.jax).includes(batch) ? [] : ['jax-js'],
          main: true,
        };
        const { measured, notes: more } = await measure(stepCase, options, contenders);
        console.log(tableRows(stepCase.name, measured, false));
        const all = [...notes, ...more, ...deviceErrors.slice(0, 2)];
        for (const note of all) console.log(`  ${note}`);
        const shares = parts.has('kernels') ? await kernelShares(stepCase, timer, ceilings) : null;
        if (shares && batch === 2048) console.log(shareLines(shares, 24));
        result.steps.push({ case: name, batch, measured, notes: all, kernels: shares });
      } catch (error) {
        console.log(`  ${stepCase.name}: ${error instanceof Error ? error.message : String(error)}`);
        result.steps.push({ case: name, batch, measured: [], notes: [String(error)], kernels: null });
      }
      await save();
    }
  }
  say('steps are measured');
  if (torch instanceof TorchProcess) await torch.end();
}

if (parts.has('tunings') && !software) {
  result.tunings = await tryTunings(context, timer, ceilings);
  say('tunings, on the GPU');
  console.log(tuningLines(result.tunings));
  await save();
}

if (parts.has('products')) {
  const batch = software ? 32 : 2048;
  result.products = await tryProducts(context, timer, shapesOf(batch), software ? [16] : [256, 1024]);
  say(`products at batch ${batch}`);
  console.log(productLines(result.products, Number(given.best)));
  await save();
}
if (deviceErrors.length > 0)
  say(`${deviceErrors.length} errors of the device, the first: ${deviceErrors[0]}`);
say(`all in ${await save()}`);
// Dawn keeps the process alive.
process.exit(result.suite?.failures.length || result.golden?.failed ? 1 : 0);
