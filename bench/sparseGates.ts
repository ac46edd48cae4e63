// `npm run bench:sparse`: the step of MMoE with sparse gates beside the same network with dense ones, alternating, and how many
// rows the experts compute. Seven gates choose; an expert that several gates choose for a row computes it once. `--backend
// webgpu` uses the GPU or a software adapter, with a smaller network. `--rounds N` (7, there 3)
import { parseArgs } from 'node:util';
import { defaultsOf } from '../src/engine/config/params.ts';
import { mmoe } from '../src/engine/models/mmoe.ts';
import { startNodeBackend } from '../src/platform/node.ts';
import { clockOf, countsProcessor, median } from './clock.ts';
import { beside, recordFigures } from './figures.ts';
import { wholeNumber } from './options.ts';
import { ofSession } from './trainStep.ts';

const STEPS = 2;
const TOPS = [0, 4, 2, 1] as const;

const { values: options } = parseArgs({
  options: { backend: { type: 'string', default: 'wasm' }, rounds: { type: 'string' } },
});
const { active, adapter, software } = await startNodeBackend({
  backend: options.backend as 'wasm' | 'webgpu',
  allowSoftwareAdapter: true,
});
const ofProcessor = countsProcessor({ active, software });
const clock = clockOf(ofProcessor);
const ROUNDS = wholeNumber('rounds', options.rounds ?? (software ? '3' : '7'));
const BATCH = software ? 256 : 1024;
const NETWORK = software
  ? { experts: 32, expert: [64, 32], tower: [16], embedding: 8 }
  : { experts: 32, expert: [128, 64], tower: [64], embedding: 16 };

const contenders = TOPS.map((top) => {
  const stepCase = { name: 'MMoE', model: mmoe, batch: BATCH, params: { ...NETWORK, top }, peers: null };
  return { top, times: [] as number[], ...ofSession(`top ${top}`, mmoe, stepCase) };
});
for (const contender of contenders) {
  const { loss } = await contender.run(1);
  // A refused launch leaves zeros.
  if (!(Number.isFinite(loss) && loss > 0)) throw new Error(`${contender.label}: the loss is ${loss}`);
}
for (let round = 0; round < ROUNDS; round++) {
  for (const contender of round % 2 === 0 ? contenders : [...contenders].reverse()) {
    const started = clock();
    await contender.run(STEPS);
    contender.times.push((clock() - started) / STEPS);
  }
}

const flops = (top: number) => {
  const params = { ...defaultsOf(mmoe.params), ...NETWORK, top };
  const task = { type: 'regression' as const, outputs: 1, description: '' };
  const model = mmoe.build({
    features: Array.from({ length: 32 }, (_, i) => ({
      name: `x${i}`,
      kind: 'numeric' as const,
      cardinality: 1,
    })),
    tasks: Array.from({ length: 7 }, (_, i) => ({ name: `y${i}`, ...task })),
    params,
    seed: 1,
    countOnly: true,
  });
  return model.flopsPerRow(BATCH);
};

const [first, last] = NETWORK.expert;
console.log(`Backend ${active} (${adapter}).`);
console.log(
  `MMoE, ${NETWORK.experts} experts [${first}, ${last}], embedding ${NETWORK.embedding}, 7 tasks, 32 features, batch ${BATCH}.`,
);
console.log(
  `${ofProcessor ? 'CPU ms' : 'ms'} per step, median of ${ROUNDS} rounds of ${STEPS}, alternating.\n`,
);
console.log(
  ['experts per gate', ofProcessor ? 'CPU ms' : 'ms', 'of dense', 'most FLOPs']
    .map((c) => c.padStart(18))
    .join(''),
);
const dense = median(contenders[0]?.times ?? []);
for (const { top, times } of contenders) {
  const ms = median(times);
  if (top > 0)
    recordFigures([
      beside(
        `${top} of ${NETWORK.experts} experts per gate`,
        ofProcessor ? 'CPU ms' : 'ms',
        ms,
        'dense gates',
        dense,
      ),
    ]);
  const cells = [top || 'all', ms.toFixed(1), (ms / dense).toFixed(2), (flops(top) / flops(0)).toFixed(2)];
  console.log(cells.map((c) => String(c).padStart(18)).join(''));
}
process.exit(0);
