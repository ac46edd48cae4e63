// HDF5 files are read in a worker inside the engine's.
import type { StartHdf5Thread } from '../../engine/data/formats/hdf5File.ts';

export const startBrowserThread: StartHdf5Thread = ({ answered, failed }) => {
  const worker = new Worker(new URL('./browserThread.ts', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }) => answered(data);
  worker.onerror = (event) => {
    event.preventDefault();
    failed(event.message || 'the worker that reads it did not start');
  };
  return {
    post: (question, transfer) => worker.postMessage(question, transfer),
    end: () => worker.terminate(),
  };
};
