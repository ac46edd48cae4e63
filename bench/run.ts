// `npm run bench`: milliseconds and launches of a training step on the wasm backend in Node, against stock tfjs operations on
// the same machine in the same run. Prints a table with ratios. `--quick` measures the main cases with fewer rounds,
// `--rounds N` sets how many, `--only TEXT` takes the cases whose name has it. `--backend webgpu` measures on the GPU (or a
// software adapter, with a smaller batch) and counts what is dispatched to it.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { setKernelMode } from '../src/engine/kernels/defineKernel.ts';
import { countLaunches } from '../src/engine/kernels/launches.ts';
import { mmoe } from '../src/engine/models/mmoe.ts';
import { multitab } from '../src/engine/models/multitab.ts';
import type { BackendReport } from '../src/engine/protocol.ts';
import { startNodeBackend } from '../src/platform/node.ts';
import { type Contender, contendersOf, type StepCase } from './trainStep.ts';
import { unbatchedMmoe } from './unbatchedMmoe.ts';

/** Of most cases. */
const LARGE_BATCH = 256;
const NO_MASK = { mask: 'none' };
const MMOE = { experts: 8, expert: [256, 128], tower: [64], embedding: 16 };

const CASES: (StepCase & { quick: boolean })[] = [
  {
    name: 'feature attention, batch 256',
    model: multitab,
    batch: LARGE_BATCH,
    params: { ...NO_MASK, attention: 'col' },
    quick: true,
  },
  {
    name: 'feature and row attention, batch 256',
    model: multitab,
    batch: LARGE_BATCH,
    params: { ...NO_MASK, attention: 'row_col', interSample: 'across-rows' },
    quick: true,
  },
  {
    name: 'feature and row attention as released, batch 256',
    model: multitab,
    batch: LARGE_BATCH,
    params: { ...NO_MASK, attention: 'row_col', interSample: 'as-released' },
    quick: false,
  },
  {
    name: 'feature attention, batch 2048',
    model: multitab,
    batch: 2048,
    params: { ...NO_MASK, attention: 'col' },
    quick: false,
  },
  {
    name: 'MMoE, 8 experts [256, 128], batch 256',
    model: mmoe,
    plain: unbatchedMmoe,
    batch: LARGE_BATCH,
    params: MMOE,
    quick: true,
  },
];

/** A software adapter computes about 1 GFLOP/s. */
const small = (c: (typeof CASES)[number]) => ({
  ...c,
  name: c.name.replace(`batch ${LARGE_BATCH}`, 'batch 32'),
  batch: 32,
});

/** Steps of one contender in a row, so that neither finds the other's data in the cache. */
const STEPS_PER_TURN = 3;

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

async function timeTurn(contender: Contender): Promise<number> {
  const started = performance.now();
  for (let i = 0; i < STEPS_PER_TURN; i++) await contender.step();
  return (performance.now() - started) / STEPS_PER_TURN;
}

interface Measured {
  label: string;
  ms: number;
  launches: number;
}

/** What a piece of work dispatches, by whichever kernel. */
async function countDispatches(work: () => Promise<unknown>): Promise<number> {
  const passes = GPUComputePassEncoder.prototype;
  const dispatch = passes.dispatchWorkgroups;
  let count = 0;
  passes.dispatchWorkgroups = function (...sizes) {
    count++;
    return dispatch.apply(this, sizes);
  };
  await work();
  passes.dispatchWorkgroups = dispatch;
  return count;
}

/** Rounds in alternating order, after a warm-up of each. */
async function measure(
  stepCase: StepCase,
  rounds: number,
  active: BackendReport['active'],
): Promise<Measured[]> {
  const contenders = contendersOf(stepCase, active === 'webgpu');
  const times: number[][] = contenders.map(() => []);
  // The first losses come from the same initial values: a contender that computes something else must not win.
  const losses: number[] = [];
  for (const c of contenders) losses.push(await c.step());
  for (const [i, loss] of losses.entries()) {
    if (Math.abs(loss - losses[0]) <= 1e-4 * Math.abs(losses[0])) continue;
    throw new Error(
      `${stepCase.name}: the first losses differ, ours ${losses[0]}, ${contenders[i].label} ${loss}`,
    );
  }
  for (let round = 0; round < rounds; round++) {
    const order = contenders.map((_, i) => i);
    for (const i of round % 2 === 0 ? order : order.reverse()) times[i].push(await timeTurn(contenders[i]));
  }
  const measured: Measured[] = [];
  for (const [i, c] of contenders.entries()) {
    // Counted in the mode that the step sets for itself, so that plain operations count one by one.
    setKernelMode(c.mode);
    const launches =
      active === 'webgpu'
        ? await countDispatches(() => c.step())
        : (await countLaunches(() => c.step())).launches;
    measured.push({ label: c.label, ms: median(times[i]), launches });
    c.dispose();
  }
  return measured;
}

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string', default: '' },
    backend: { type: 'string', default: 'wasm' },
  },
});
const { quick, only } = options;
const rounds = Number(options.rounds ?? (quick ? 5 : 9));
if (!Number.isInteger(rounds) || rounds < 1) {
  throw new Error(
    `--rounds: expected a whole number of at least 1, got '${options.rounds}'. Try --rounds 5.`,
  );
}
const { backend } = options;
if (backend !== 'wasm' && backend !== 'webgpu')
  throw new Error(`--backend: expected wasm or webgpu, got '${backend}'.`);
const { active, adapter, software } = await startNodeBackend({ backend, allowSoftwareAdapter: true });
console.log(`Backend ${active} (${adapter}), Node ${process.version}, ${cpus().length} cores.`);
console.log(
  '7 tasks, 32 numeric features, towers [64], AdamW; attention: width 16, 4 heads, 1 block, feed-forward 256.',
);
console.log(`Milliseconds per step, median of ${rounds} rounds of ${STEPS_PER_TURN}, alternating.\n`);
const column = (text: string, width: number) => text.padStart(width);
console.log(
  `${'case'.padEnd(50)}${'step'.padEnd(18)}${column('ms', 8)}${column('launches', 10)}${column('ours is faster', 16)}`,
);
const wanted = CASES.filter((c) => (c.quick || !quick) && c.name.includes(only));
for (const stepCase of software ? wanted.filter((c) => c.batch === LARGE_BATCH).map(small) : wanted) {
  const [ours, ...others] = await measure(stepCase, rounds, active);
  for (const m of [ours, ...others]) {
    const ratio = m === ours ? '' : `${(m.ms / ours.ms).toFixed(2)}x`;
    console.log(
      `${stepCase.name.padEnd(50)}${m.label.padEnd(18)}${column(m.ms.toFixed(1), 8)}${column(String(m.launches), 10)}${column(ratio, 16)}`,
    );
  }
}
