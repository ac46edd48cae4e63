// The child of `npm run bench:start`: starts wasm in a process that has compiled nothing yet, and takes the first step of a run twice.
//   argument: the model of an experiment as JSON
import { RunControl } from '../src/engine/training/runControl.ts';
import { runSession } from '../src/engine/training/session.ts';
import { startNodeBackend } from '../src/platform/node.ts';
import { firstExperiment } from './firstRun.ts';

/** Milliseconds of the processor. */
export interface Start {
  /** Until the wasm backend and our kernels can be used. */
  backend: number;
  /** From Run to the report of the first step, in a new process and again in the same one. */
  first: number;
  again: number;
}

const processor = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

async function firstStep(model: object): Promise<number> {
  const experiment = firstExperiment({ rows: 2000, batchSize: 64, model, baseline: {} });
  const control = new RunControl();
  const started = processor();
  let taken: number | null = null;
  const { result, dispose } = await runSession({
    runId: 'start',
    experiment,
    backend,
    control,
    emit: (event) => {
      if (event.type !== 'progress' || taken !== null) return;
      taken = processor() - started;
      control.stop();
    },
  });
  dispose();
  if (result.error) throw new Error(result.error.message);
  if (taken === null) throw new Error('the run ended without a step');
  return taken;
}

const before = processor();
const backend = await startNodeBackend({ backend: 'wasm', allowSoftwareAdapter: false });
const started = processor() - before;
const model: object = JSON.parse(process.argv[2] ?? '{}');
const measured: Start = {
  backend: started,
  first: await firstStep(model),
  again: await firstStep(model),
};
console.log(JSON.stringify(measured));
process.exit(0);
