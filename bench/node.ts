// `npm run bench:node`: the training step on WebGPU in Node (Dawn), on a machine with a GPU and without a browser, against
// jax-js, stock tfjs and, if Python has it, PyTorch on the same card in the same run. Options as for `npm run bench`; batches
// are 64, 256 and 2048 on a GPU (2048 is the public configuration `synthetic_v2`) and 32 on a software adapter.
import { measureAll, nodePlace, startTorch } from './driver.ts';

const place = await nodePlace('webgpu');
const torch = await startTorch(place.software ? 'cpu' : undefined);
try {
  await measureAll(place, torch);
} finally {
  await torch?.end();
}
// Dawn keeps the process alive.
process.exit(process.exitCode);
