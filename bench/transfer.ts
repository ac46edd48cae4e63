// When does sharing pay? Families of experiments that differ only in the cosine of the tasks; for each, the part of the gain
// from sharing (the model against its single-task twin) and the part from the architecture (the twin against ST-MLP), with 95 %
// intervals over seeds; then, family by family, the cosines at which sharing helps and costs. Seeds draw initial values and
// batches; the table is the same for all, and `--set data.seed=1` draws another.
// `npm run bench:transfer -- mt-mlp --cosines 0.95,0.8,0`
import { parseArgs } from 'node:util';
import { catalog } from '../src/engine/catalog.ts';
import { decodeExperiment } from '../src/engine/config/codec.ts';
import { formatIssue } from '../src/engine/core/errors.ts';
import type { Estimate } from '../src/engine/core/interval.ts';
import { RunControl } from '../src/engine/training/runControl.ts';
import { runSession } from '../src/engine/training/session.ts';
import { startNodeBackend } from '../src/platform/node.ts';
import { type SharingAt, sharingVerdict } from './transferVerdict.ts';

/** Few rows and eight noisy linear tasks: tasks can supply what one task alone cannot learn. */
const TABLE =
  'data=multitab-bench data.rows=4000 data.trainFraction=0.08 data.validationFraction=0.12 data.features=24 tasks.count=8 tasks.degrees=1 data.noise=1';
const TRAINING =
  'baseline.hidden=8,8 baseline.embedding=0 baseline.initialisation=torch-default baseline.rate=1 training.epochs=40 training.batchSize=32 training.learningRate=0.001 training.twin=both';

const NETWORKS: Record<string, string> = {
  'mt-mlp': 'model=mt-mlp model.shared=8 model.tower=8 model.embedding=0 model.initialisation=as-released',
  'mt-mlp-torch-default':
    'model=mt-mlp model.shared=8 model.tower=8 model.embedding=0 model.initialisation=torch-default',
  mmoe: 'model=mmoe model.experts=2 model.expert=8 model.tower=8 model.embedding=0 model.initialisation=as-released',
  'multitab-net':
    'model=multitab-net model.mask=none model.width=8 model.heads=2 model.feedForward=16 model.tower=8 model.initialisation=scaled model.rate=3',
  'multitab-net-txt':
    'model=multitab-net model.mask=TxT model.width=8 model.heads=2 model.feedForward=16 model.tower=8 model.initialisation=scaled model.rate=3',
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cosines: { type: 'string', default: '0.99,0.95,0.9,0.8,0.5,0' },
    seeds: { type: 'string', default: '0,1,2,3,4' },
    set: { type: 'string', multiple: true, default: [] },
  },
});
const numbers = (text: string | undefined) => (text ?? '').split(',').map(Number);
const signed = (value: number) => `${value >= 0 ? '+' : '−'}${Math.abs(value).toFixed(1)}`;
const cell = ({ mean, low, high }: Estimate) => `${signed(mean)} [${signed(low)}, ${signed(high)}]`;

const families = positionals.length > 0 ? positionals : Object.keys(NETWORKS);
for (const family of families)
  if (!Object.hasOwn(NETWORKS, family))
    throw new Error(
      `bench:transfer: expected families among ${Object.keys(NETWORKS).join(', ')}, got '${family}'.`,
    );
const backend = await startNodeBackend({ backend: 'wasm', allowSoftwareAdapter: false });
const seeds = numbers(values.seeds);
console.log(
  `${seeds.length} seeds (${seeds.join(', ')}); percent of |ST-MLP|, mean over tasks, 95 % interval over seeds.\n`,
);
console.log(
  '| family | cosine | gain over ST-MLP | architecture | sharing | twin, mean | CPU seconds |\n|---|---|---|---|---|---|---|',
);
const verdicts: string[] = [];
for (const family of families) {
  const points: SharingAt[] = [];
  for (const cosine of numbers(values.cosines)) {
    const settings = [TABLE, TRAINING, 'model.rate=1', NETWORKS[family] as string, ...(values.set ?? [])];
    const query = new URLSearchParams(
      [...settings.flatMap((s) => s.split(' ')), `tasks.rho=${cosine}`].map(
        (s) => s.split('=') as [string, string],
      ),
    );
    // A later setting overrides an earlier one.
    const { experiment, issues } = decodeExperiment(
      new URLSearchParams([...new Map(query)]).toString(),
      catalog,
    );
    if (issues.length > 0) throw new Error(issues.map(formatIssue).join('\n'));
    const started = process.cpuUsage();
    const { result, dispose } = await runSession({
      runId: family,
      experiment,
      seeds,
      backend,
      control: new RunControl(),
      emit: () => {},
    });
    dispose();
    if (result.error) throw new Error(result.error.message);
    const model = result.comparison.find((c) => c.role === 'model');
    const twin = result.comparison.find((c) => c.role === 'model:twin');
    if (!model?.decomposition || !twin) throw new Error('no twin was trained');
    const { total, architecture, sharing } = model.decomposition.mean;
    points.push({ cosine, sharing });
    const score = twin.perTask.reduce((sum, t) => sum + t.mean, 0) / twin.perTask.length;
    const { user, system } = process.cpuUsage(started);
    const seconds = ((user + system) / 1e6).toFixed(0);
    const cells = [
      family,
      String(cosine),
      ...[total, architecture, sharing].map(cell),
      score.toFixed(3),
      seconds,
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  verdicts.push(sharingVerdict(family, points));
}
console.log(`\n${verdicts.join('\n')}`);
