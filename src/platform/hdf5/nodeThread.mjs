// Runs in a thread of Node; JavaScript, so that it needs no loader there.
// @ts-check
import { parentPort } from 'node:worker_threads';
import { serveHdf5 } from '../../engine/data/formats/hdf5Server.mjs';

const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
const serving = serveHdf5((answer, transfer) => port.postMessage(answer, transfer));
port.on('message', async (question) => (await serving)(question));
