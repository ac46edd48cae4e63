// Test quality of every model on the reference table (the preset `reference`: 20,000 rows, five tasks of degree 1 to 3, eight
// epochs), beside PyTorch's with the public code. `npm run bench:quality -- mmoe ple --set model.initialisation=as-released`
import { parseArgs } from 'node:util';
import { catalog } from '../src/engine/catalog.ts';
import { decodeExperiment, encodeExperiment } from '../src/engine/config/codec.ts';
import { requireExperiment } from '../src/engine/config/experiment.ts';
import { formatIssue } from '../src/engine/core/errors.ts';
import { RunControl } from '../src/engine/training/runControl.ts';
import { runSession } from '../src/engine/training/session.ts';
import { startNodeBackend } from '../src/platform/node.ts';

/** Mean explained variance on the test rows; PyTorch 1.13, CPU, one seed. */
const PYTORCH: Record<string, number> = {
  'multitab-net': 0.983,
  'st-mlp': 0.977,
  'mt-mlp': 0.958,
  mmoe: 0.962,
  ple: 0.971,
  stem: 0.977,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { set: { type: 'string', multiple: true, default: [] }, seeds: { type: 'string', default: '0' } },
});
const ids = positionals.length > 0 ? positionals : Object.keys(PYTORCH);
const backend = await startNodeBackend({ backend: 'wasm', allowSoftwareAdapter: false });
const preset = catalog.presets.find((p) => p.id === 'reference');
const base = requireExperiment({ ...preset?.experiment, baseline: null }, catalog);
console.log('model            mean    PyTorch  difference  seconds  per task');
for (const id of ids) {
  const start = id === base.model.id ? base : requireExperiment({ ...base, model: { id } }, catalog);
  const query = [encodeExperiment(start, catalog), ...(values.set ?? [])].join('&');
  const { experiment, issues } = decodeExperiment(query, catalog);
  if (issues.length > 0) throw new Error(issues.map(formatIssue).join('\n'));
  for (const seed of (values.seeds ?? '0').split(',').map(Number)) {
    const started = performance.now();
    const { result, dispose } = await runSession({
      runId: id,
      experiment: { ...experiment, seed },
      backend,
      control: new RunControl(),
      emit: () => {},
    });
    dispose();
    const scores = (result.seeds[0]?.model.test ?? []).map((s) => s.metrics[s.primary]?.value ?? Number.NaN);
    const mean = scores.reduce((a, b) => a + b, 0) / scores.length;
    const reference = PYTORCH[id];
    const line = [
      id.padEnd(16),
      mean.toFixed(3),
      reference === undefined ? '    –' : reference.toFixed(3).padStart(8),
      reference === undefined ? '         –' : (mean - reference).toFixed(3).padStart(11),
      ((performance.now() - started) / 1000).toFixed(0).padStart(8),
      ` ${scores.map((s) => s.toFixed(3)).join(' ')}`,
    ];
    console.log(line.join(' '), result.error?.message ?? '');
  }
}
