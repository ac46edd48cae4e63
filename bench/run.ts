// `npm run bench`: milliseconds and launches of a training step on the wasm backend in Node, against jax-js and stock tfjs on
// the same machine in the same run. Prints a table with ratios. `--quick` measures the main cases with fewer rounds,
// `--rounds N` sets how many, `--only TEXT` takes the cases whose name has it, `--kernels` lists what our step launches.
// `--backend webgpu` measures on the GPU (or a software adapter, with a smaller batch). `--browser` measures webgpu and wasm
// in a headless Chromium instead; its WebGPU is the software adapter.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { startNodeBackend } from '../src/platform/node.ts';
import { CASES, SETTING, smallCases } from './cases.ts';
import { measure, STEPS_PER_TURN, tableHead, tableRows } from './measure.ts';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string', default: '' },
    backend: { type: 'string' },
    browser: { type: 'boolean', default: false },
    kernels: { type: 'boolean', default: false },
  },
});
const { quick, only, kernels } = options;
const rounds = Number(options.rounds ?? (quick ? 5 : 9));
if (!Number.isInteger(rounds) || rounds < 1) {
  throw new Error(
    `--rounds: expected a whole number of at least 1, got '${options.rounds}'. Try --rounds 5.`,
  );
}
const BACKENDS = ['webgpu', 'wasm'] as const;
const backend = BACKENDS.find((id) => id === options.backend);
if (options.backend !== undefined && !backend)
  throw new Error(`--backend: expected wasm or webgpu, got '${options.backend}'.`);

function announce(active: string, adapter: string, where: string): void {
  console.log(`Backend ${active} (${adapter}), ${where}, ${cpus().length} cores.`);
  console.log(SETTING);
  console.log(`Milliseconds per step, median of ${rounds} rounds of ${STEPS_PER_TURN}, alternating.\n`);
  console.log(tableHead());
}

const wanted = CASES.filter((c) => (c.quick || !quick) && c.name.includes(only));
if (options.browser) {
  const { withBrowser } = await import('./browser.ts');
  await withBrowser(async (page) => {
    for (const id of backend ? [backend] : BACKENDS) {
      const { adapter, software, agent } = await page.start(id);
      announce(id, adapter, agent);
      for (const { name } of software ? smallCases(wanted) : wanted)
        console.log(tableRows(name, await page.measure(name, rounds), kernels));
      console.log();
    }
  });
} else {
  const started = await startNodeBackend({ backend: backend ?? 'wasm', allowSoftwareAdapter: true });
  announce(started.active, started.adapter, `Node ${process.version}`);
  for (const stepCase of started.software ? smallCases(wanted) : wanted)
    console.log(tableRows(stepCase.name, await measure(stepCase, rounds, backend ?? 'wasm'), kernels));
}
