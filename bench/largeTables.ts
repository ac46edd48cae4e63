// `npm run bench:large`: how long MultiTab-Bench takes to make a large table, and what share of a run's time its evaluation takes when the
// splits are large, for a network with cheap steps and for one with attention; seconds of the processor for the first.
//   --rows 1000000 · --run-rows 100000 (of the run, of which 15 % are for validation and 15 % for testing)
import { parseArgs } from 'node:util';
import { catalog } from '../src/engine/catalog.ts';
import { requireExperiment } from '../src/engine/config/experiment.ts';
import { multitabBench } from '../src/engine/data/generators/multitabBench.ts';
import { RunControl } from '../src/engine/training/runControl.ts';
import { runSession } from '../src/engine/training/session.ts';
import { startNodeBackend } from '../src/platform/node.ts';
import { median } from './clock.ts';
import { alone, beside, recordFigures } from './figures.ts';
import { wholeNumber } from './options.ts';

const { values: given } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    'run-rows': { type: 'string', default: '100000' },
  },
});
const count = (option: 'rows' | 'run-rows') => wholeNumber(option, given[option], 100);
const FEATURES = 32;

const processorSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const experimentOf = (rows: number, model: object) =>
  requireExperiment(
    {
      version: 1,
      data: { id: 'multitab-bench', params: { rows, features: FEATURES } },
      tasks: { count: 7, kinds: ['regression', 'binary', 'multiclass'] },
      model,
      baseline: null,
      training: { epochs: 1, batchSize: 2048 },
    },
    catalog,
  );

const rows = count('rows');
const { data, tasks } = experimentOf(rows, { id: 'mt-mlp' });
const parts = new Map<string, number>();
const started = processorSeconds();
let before = started;
const dataset = await multitabBench.generate({ data: data.params, tasks }, async (_share, what) => {
  const now = processorSeconds();
  parts.set(what, (parts.get(what) ?? 0) + now - before);
  before = now;
});
const all = processorSeconds() - started;
console.log(
  `${dataset.rows} rows of ${FEATURES} features and 7 tasks: ${all.toFixed(1)} s of the processor (${[...parts].map(([what, s]) => `${what.toLowerCase()} ${s.toFixed(1)}`).join(', ')}).`,
);

/** What any program that draws the features does: normal numbers by Box and Muller, in float64, kept as float32. */
function drawPlainly(values: Float32Array): number {
  const before = processorSeconds();
  for (let i = 0; i + 1 < values.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - Math.random()));
    const angle = 2 * Math.PI * Math.random();
    values[i] = radius * Math.cos(angle);
    values[i + 1] = radius * Math.sin(angle);
  }
  return processorSeconds() - before;
}
const values = new Float32Array(rows * FEATURES);
const plain = median([1, 2, 3].map(() => drawPlainly(values)));
console.log(`As many normal numbers by Math.random alone: ${plain.toFixed(1)} s.`);
recordFigures([
  beside(
    `${rows} x ${FEATURES} from MultiTab-Bench`,
    's of the processor',
    all,
    'its normal numbers alone, by Math.random',
    plain,
  ),
]);

const backend = await startNodeBackend({ backend: 'wasm', allowSoftwareAdapter: false });
const runRows = count('run-rows');
for (const model of [
  { id: 'mt-mlp', params: {} },
  { id: 'multitab-net', params: { attention: 'col' } },
]) {
  const { result, dispose } = await runSession({
    runId: model.id,
    experiment: experimentOf(runRows, model),
    backend,
    control: new RunControl(),
    emit: () => {},
  });
  dispose();
  if (result.error) throw new Error(result.error.message);
  const network = result.seeds[0]?.model;
  if (!network) throw new Error(`${model.id}: expected a trained network, got none.`);
  const { trainMs, evaluationMs } = network;
  const share = (100 * evaluationMs) / (trainMs + evaluationMs);
  console.log(
    `${model.id}, one epoch of ${runRows} rows: ${(trainMs / 1000).toFixed(1)} s of steps, ${(evaluationMs / 1000).toFixed(1)} s of evaluation, ${share.toFixed(0)} % of the time.`,
  );
  recordFigures([alone(`${model.id}, share of evaluation in an epoch of ${runRows} rows`, '%', share)]);
}
process.exit(0);
