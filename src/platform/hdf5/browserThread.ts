// Runs in a worker of its own, inside that of the engine.
import { serveHdf5 } from '../../engine/data/formats/hdf5Server.mjs';

const serving = serveHdf5((answer, transfer) => postMessage(answer, { transfer }));
// An exception reaches `onerror` of the engine, a rejection would not.
serving.catch((error) =>
  setTimeout(() => {
    throw error;
  }),
);
self.onmessage = async (message) => (await serving)(message.data);
