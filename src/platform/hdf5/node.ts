// HDF5 files are read in threads of Node.
import { Worker } from 'node:worker_threads';
import type { StartHdf5Thread } from '../../engine/data/formats/hdf5File.ts';

export const startNodeThread: StartHdf5Thread = ({ answered, failed }) => {
  // The built command line has the script beside its own, see scripts/buildCli.mjs.
  const worker = new Worker(new URL('./nodeThread.mjs', import.meta.url), { execArgv: [] });
  worker.on('message', answered);
  worker.on('error', (error) => failed(error instanceof Error ? error.message : String(error)));
  worker.on('exit', () => failed('the thread that reads it ended'));
  return {
    post: (question, transfer) => worker.postMessage(question, transfer),
    end: () => void worker.terminate(),
  };
};
