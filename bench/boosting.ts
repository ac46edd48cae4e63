// `npm run bench:boosting`: MultiTab-Net and our boosted trees beside scikit-learn's histogram boosting on the example tables:
// the same rows, mean and spread of the test metric over seeds that determine split, initial values and batches.
// --seeds 0,1,2 · --python python3 (with scikit-learn 1.7 or later) · names of presets
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../scripts/tools.mjs';
import { readTableInput } from '../src/cli/files.ts';
import { toJson } from '../src/cli/json.ts';
import { catalog } from '../src/engine/catalog.ts';
import { requireExperiment } from '../src/engine/config/experiment.ts';
import { exportSettings, toSplitCsv } from '../src/engine/data/export/exportTable.ts';
import { openRequest } from '../src/engine/data/openRequest.ts';
import { UNWATCHED } from '../src/engine/data/progress.ts';
import { tableSource } from '../src/engine/data/tableSource.ts';
import { RunControl } from '../src/engine/training/runControl.ts';
import { runSession } from '../src/engine/training/session.ts';
import { startNodeBackend } from '../src/platform/node.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: 'string', default: '0,1,2' }, python: { type: 'string', default: 'python3' } },
});
const ids = positionals.length > 0 ? positionals : ['penguins', 'cars', 'wine', 'weather', 'birdstrikes'];
const seeds = values.seeds.split(',').map(Number);
const backend = await startNodeBackend({ backend: 'wasm', allowSoftwareAdapter: false });
const folder = mkdtempSync(path.join(tmpdir(), 'multitab-boosting-'));
/** On small tables several threads are slower than one, most of all on a busy machine. */
const ONE_THREAD = { ...process.env, OMP_NUM_THREADS: '1' };
const COLUMNS = ['MultiTab-Net', 'our boosting', 'scikit-learn'];

const spread = (numbers: readonly number[]) => {
  const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length;
  const sd = Math.sqrt(
    numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, numbers.length - 1),
  );
  return `${mean.toFixed(3)} ± ${sd.toFixed(3)}`;
};

console.log(`| table | task | metric | ${COLUMNS.join(' | ')} |`);
console.log('|---|---|---|---|---|---|');
for (const id of ids) {
  const preset = catalog.presets.find((p) => p.id === id);
  if (!preset) throw new Error(`bench:boosting: expected presets of tables, got ${id}.`);
  /** Per task a list of numbers for each column. */
  const scores = new Map<string, { metric: string; of: number[][] }>();
  for (const seed of seeds) {
    const start = requireExperiment(
      { ...preset.experiment, baseline: null, compare: [{ id: 'gradient-boosting', params: {} }] },
      catalog,
    );
    const data = { ...start.data, params: { ...start.data.params, seed } };
    const experiment = { ...start, data, seed, repeats: 1 };
    const file = await readTableInput(
      'data',
      path.join(root, 'public', 'data', String(start.data.params.file)),
    );
    const { result, dispose } = await runSession({
      runId: `${id}-${seed}`,
      experiment,
      file,
      backend,
      control: new RunControl(),
      emit: () => {},
    });
    dispose();
    if (result.error) throw new Error(result.error.message);
    const { request, issues } = await openRequest(tableSource, {
      data: data.params,
      tasks: experiment.tasks,
      file,
    });
    if (issues.length > 0) throw new Error(`${id}: ${issues[0]?.expected}`);
    const dataset = await tableSource.generate(request, UNWATCHED);
    const table = path.join(folder, `${id}-${seed}.csv`);
    writeFileSync(table, toSplitCsv(dataset));
    writeFileSync(`${table}.json`, toJson(exportSettings(dataset, experiment)));
    const script = path.join(root, 'bench', 'histBoosting.py');
    const theirs = JSON.parse(
      execFileSync(values.python, [script, table], { encoding: 'utf8', env: ONE_THREAD }),
    );
    const [trained] = result.seeds;
    const parts = [trained?.model, trained?.others[0]?.result];
    dataset.tasks.forEach(({ name }, t) => {
      const own = parts.map((part) => part?.test[t]);
      const metric = own[0]?.primary ?? '';
      const line = scores.get(name) ?? { metric, of: COLUMNS.map((): number[] => []) };
      for (const [i, test] of own.entries())
        line.of[i]?.push(test?.metrics[test.primary]?.value ?? Number.NaN);
      line.of[2]?.push(theirs[name]);
      scores.set(name, line);
    });
  }
  for (const [task, { metric, of }] of scores)
    console.log(`| ${id} | ${task} | ${metric} | ${of.map(spread).join(' | ')} |`);
}
