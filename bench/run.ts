// `npm run bench`: milliseconds of a training step on the wasm backend in Node, against stock tfjs operations on the same
// machine in the same run. Prints a table with ratios. `--quick` measures the two main cases with fewer rounds,
// `--rounds N` sets how many.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { startNodeBackend } from '../src/platform/node.ts';
import { type Contender, ours, type StepCase, stock } from './trainStep.ts';

const CASES: (StepCase & { quick: boolean })[] = [
  { name: 'feature attention, batch 256', batch: 256, params: { attention: 'col' }, quick: true },
  {
    name: 'feature and row attention, batch 256',
    batch: 256,
    params: { attention: 'row_col', interSample: 'across-rows' },
    quick: true,
  },
  {
    name: 'feature and row attention as released, batch 256',
    batch: 256,
    params: { attention: 'row_col', interSample: 'as-released' },
    quick: false,
  },
  { name: 'feature attention, batch 2048', batch: 2048, params: { attention: 'col' }, quick: false },
];

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

/** Rounds in alternating order, after a warm-up of each. */
async function measure(stepCase: StepCase, rounds: number): Promise<{ oursMs: number; stockMs: number }> {
  const contenders = [ours(stepCase), stock(stepCase)];
  const times: number[][] = [[], []];
  // The first losses come from the same initial values: a contender that computes something else must not win.
  const [first, second] = [await contenders[0].step(), await contenders[1].step()];
  if (!(Math.abs(first - second) <= 1e-4 * Math.abs(second))) {
    throw new Error(`${stepCase.name}: the first losses differ, ${first} and ${second}`);
  }
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? [0, 1] : [1, 0];
    for (const i of order) times[i].push(await timeTurn(contenders[i]));
  }
  for (const c of contenders) c.dispose();
  return { oursMs: median(times[0]), stockMs: median(times[1]) };
}

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, rounds: { type: 'string' } },
});
const { quick } = options;
const rounds = Number(options.rounds ?? (quick ? 5 : 9));
if (!Number.isInteger(rounds) || rounds < 1) {
  throw new Error(
    `--rounds: expected a whole number of at least 1, got '${options.rounds}'. Try --rounds 5.`,
  );
}
const { active, adapter } = await startNodeBackend({ backend: 'wasm', allowSoftwareAdapter: false });
console.log(`Backend ${active} (${adapter}), Node ${process.version}, ${cpus().length} cores.`);
console.log(
  `7 tasks, 32 numeric features, width 16, 4 heads, 1 block, feed-forward 256, towers [64], AdamW.`,
);
console.log(`Milliseconds per step, median of ${rounds} rounds of ${STEPS_PER_TURN}, alternating.\n`);
console.log(`${'case'.padEnd(50)}${'stock'.padStart(10)}${'ours'.padStart(10)}${'ratio'.padStart(9)}`);
for (const stepCase of CASES.filter((c) => c.quick || !quick)) {
  const { oursMs, stockMs } = await measure(stepCase, rounds);
  const [a, b] = [stockMs.toFixed(1), oursMs.toFixed(1)];
  console.log(
    `${stepCase.name.padEnd(50)}${a.padStart(10)}${b.padStart(10)}${`${(stockMs / oursMs).toFixed(2)}x`.padStart(9)}`,
  );
}
