// Common parts of the training-step benches: options, which cases are measured where, and PyTorch beside them.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { startNodeBackend } from '../src/platform/node.ts';
import { caseOf, MODELS, SETTING } from './cases.ts';
import { beside, recordFigures } from './figures.ts';
import { type MeasureOptions, measure, tableHead, tableRows } from './measure.ts';
import { wholeNumber } from './options.ts';
import { type TorchPeer, TorchProcess } from './torchProcess.ts';
import { ofProcess, type StepBackend } from './trainStep.ts';

/** A software adapter computes about 1 GFLOP/s. */
const SOFTWARE_BATCH = 32;
/** So that a turn takes longer than a tick of the clock. */
const STEPS_ON_GPU = 20;
const STEPS = 3;

const { values: given } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    steps: { type: 'string' },
    without: { type: 'string', multiple: true, default: [] },
    only: { type: 'string', default: '' },
    main: { type: 'boolean', default: false },
    batches: { type: 'string' },
    kernels: { type: 'boolean', default: false },
    browser: { type: 'boolean', default: false },
    backend: { type: 'string' },
    torch: { type: 'boolean', default: false },
    python: { type: 'string', default: 'python3' },
    threads: { type: 'string', default: '1' },
  },
});

const counts = (option: string, text: string): number[] =>
  text.split(',').map((one) => wholeNumber(option, one));

const BACKENDS = ['webgpu', 'wasm'] as const;
const backend = BACKENDS.find((id) => id === given.backend);
if (given.backend !== undefined && !backend)
  throw new Error(`--backend: expected wasm or webgpu, got '${given.backend}'.`);

export const options = {
  ...given,
  backends: backend ? [backend] : BACKENDS,
  rounds: counts('rounds', given.rounds ?? (given.quick ? '5' : '9'))[0],
  steps: given.steps === undefined ? null : counts('steps', given.steps)[0],
  batches: given.batches === undefined ? null : counts('batches', given.batches),
};

/** An environment for measuring steps. */
export interface Place {
  backend: StepBackend;
  adapter: string;
  software: boolean;
  /** Name and version of the JavaScript engine. */
  agent: string;
  /** Steps are in time of the processor; so must PyTorch's be. */
  ofProcessor: boolean;
  measure(
    model: string,
    batch: number,
    how: MeasureOptions,
    torch: TorchProcess | null,
    peers: readonly TorchPeer[],
  ): ReturnType<typeof measure>;
}

export async function nodePlace(id: StepBackend): Promise<Place> {
  const { adapter, software } = await startNodeBackend({ backend: id, allowSoftwareAdapter: true });
  return {
    backend: id,
    adapter,
    software,
    agent: `Node ${process.version}`,
    ofProcessor: id === 'wasm' && options.threads === '1',
    measure: (model, batch, how, torch, peers) =>
      measure(
        caseOf(model, batch),
        how,
        peers.map(({ id: peer, label }) =>
          ofProcess(
            label,
            (steps) => (torch as TorchProcess).run(peer, steps),
            () => (torch as TorchProcess).drop(peer),
          ),
        ),
      ),
  };
}

/**
 * @param ofProcessor - to count time of the processor
 * @returns null if there is none, after printing why
 */
export async function startTorch(device?: 'cpu', ofProcessor = false): Promise<TorchProcess | null> {
  const { python, threads } = options;
  const started = await TorchProcess.start(python, [
    '--threads',
    String(counts('threads', threads)[0]),
    ...(device ? ['--device', device] : []),
    ...(ofProcessor ? ['--processor'] : []),
  ]);
  if (started instanceof TorchProcess) return started;
  console.log(`PyTorch is not measured: '${python}' says: ${started}. Another one: --python COMMAND.\n`);
  return null;
}

/** Runs the measurements of the options, and prints them. */
export async function measureAll(place: Place, torch: TorchProcess | null): Promise<void> {
  const { quick, only, rounds, kernels, batches, main: mainOnly, without } = options;
  const onGpu = place.backend === 'webgpu' && !place.software;
  const { ofProcessor } = place;
  const how = {
    backend: place.backend,
    rounds,
    steps: options.steps ?? (onGpu ? STEPS_ON_GPU : STEPS),
    ofProcessor,
    main: mainOnly,
    without,
  };
  const unit = ofProcessor ? 'CPU ms' : 'ms';
  console.log(`Backend ${place.backend} (${place.adapter}), ${place.agent}, ${cpus().length} cores.`);
  if (torch) console.log(`PyTorch ${torch.about.version} (${torch.about.name}).`);
  console.log(SETTING);
  console.log(
    `Milliseconds${ofProcessor ? ' of the processor' : ''} per step, median of ${rounds} rounds of ${how.steps}, alternating.\n`,
  );
  console.log(tableHead());
  const usual = place.backend === 'wasm' ? [256] : place.software ? [SOFTWARE_BATCH] : [64, 256, 2048];
  for (const { name, main } of MODELS) {
    if (!(main || !quick) || !name.includes(only)) continue;
    for (const batch of batches ?? usual) {
      const stepCase = caseOf(name, batch);
      const { peers, notes } = (await torch?.peersOf(stepCase)) ?? { peers: [], notes: [] };
      const { measured, notes: more } = await place.measure(name, batch, how, torch, peers);
      console.log(tableRows(stepCase.name, measured, kernels));
      const [ours, ...others] = measured;
      recordFigures(
        others.map(({ label, ms }) => beside(stepCase.name, unit, ours?.ms ?? Number.NaN, label, ms)),
      );
      for (const note of [...notes, ...more]) console.log(note);
      if (more.length > 0) process.exitCode = 1;
    }
  }
  console.log();
}
