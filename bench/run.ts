// `npm run bench`: milliseconds and launches of a training step on the wasm backend in Node, against jax-js and stock tfjs on
// the same machine in the same run, in time of the processor. Prints a table with ratios. `--quick` measures the main cases with
// fewer rounds, `--main` leaves out stock operations. `--without jax-js` leaves out that contender. `--rounds N` and `--steps N`
// set how many, `--only TEXT` takes the cases whose name has it,
// `--batches 64,256` other batches, `--kernels` lists what our step launches. `--torch` measures PyTorch too, on one thread
// (`--threads N`, then by the wall clock; `--python COMMAND`). `--browser` measures webgpu and wasm (or one: `--backend wasm`) in a
// headless Chromium instead, by the wall clock; its WebGPU is the software adapter.
import { startNodeBackend } from '../src/platform/node.ts';
import { measureAll, nodePlace, options, startTorch } from './driver.ts';

const torch = options.torch ? await startTorch('cpu', !options.browser && options.threads === '1') : null;
try {
  if (options.browser) {
    const { withBrowser } = await import('./browser.ts');
    // PyTorch's initial values are made in this process, the page's in the page: equal, because the seed is.
    if (torch) await startNodeBackend({ backend: 'cpu', allowSoftwareAdapter: false });
    await withBrowser(async (placeOf) => {
      for (const id of options.backends) await measureAll(await placeOf(id), torch);
    });
  } else if (options.backend === 'webgpu') {
    throw new Error('--backend webgpu: in Node it is measured by `npm run bench:node`.');
  } else {
    await measureAll(await nodePlace('wasm'), torch);
  }
} finally {
  await torch?.end();
}
