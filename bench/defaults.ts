// `npm run bench:defaults`: which initial values and which learning rate serve each architecture best. Every network trained by
// gradients, with each of its choices of initial values, at three learning rates (others by `--rates`), on several tables and
// three seeds, on wasm; chosen by the mean validation score, with the test score beside it. A JSON line per run is written to
// `--out` at once, and existing runs are not repeated, so that a killed bench can be continued. `--quick` is one seed and two
// rates; `--report` runs nothing.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { catalog } from '../src/engine/catalog.ts';
import { requireExperiment } from '../src/engine/config/experiment.ts';
import type { ChoiceParam, Params } from '../src/engine/config/params.ts';
import { lookUp } from '../src/engine/core/registry.ts';
import { isBoosted } from '../src/engine/models/model.ts';
import { models } from '../src/engine/models/registry.ts';
import type { BackendReport } from '../src/engine/protocol/backend.ts';
import type { TaskScore } from '../src/engine/protocol/result.ts';
import { planExperiment } from '../src/engine/training/plan.ts';
import { RunControl } from '../src/engine/training/runControl.ts';
import { runSession } from '../src/engine/training/session.ts';
import { startNodeBackend } from '../src/platform/node.ts';
import { type DefaultsRun, keyOf, reportDefaults } from './defaultsReport.ts';
import { defaultsTables } from './defaultsTables.ts';

const RATES = [1e-3, 2e-3, 4e-3];
const SEEDS = [0, 1, 2];

/** Sizes as in the presets, so that all networks together take minutes; other settings are at their defaults. */
const TRANSFORMER = { feedForward: 64 };
const EXPERTS = { expert: [64, 32], tower: [32], embedding: 8 };
const SIZES: Record<string, Params> = {
  'multitab-net': TRANSFORMER,
  'mt-mlp': { shared: [128, 64], tower: [32], embedding: 8 },
  mmoe: { experts: 6, ...EXPERTS },
  ple: { layers: 2, sharedExperts: 2, taskExperts: 1, ...EXPERTS },
  stem: { layers: 1, sharedExperts: 2, taskExperts: 1, ...EXPERTS },
  home: { sharedExperts: 1, groupExperts: 1, taskExperts: 1, ...EXPERTS },
  'st-mlp': { hidden: [128, 64], embedding: 8 },
  'ft-transformer': TRANSFORMER,
  'tab-transformer': TRANSFORMER,
  saint: { ...TRANSFORMER, width: 8 },
};

const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: 'bench-defaults.jsonl' },
    models: { type: 'string' },
    tables: { type: 'string' },
    rates: { type: 'string' },
    initial: { type: 'string' },
    quick: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
  },
});
const listed = (text: string | undefined, all: readonly string[], what: string): string[] => {
  const chosen = text?.split(',') ?? [...all];
  const unknown = chosen.find((id) => !all.includes(id));
  if (unknown !== undefined) throw new Error(`--${what}: expected some of ${all.join(', ')}, got ${unknown}`);
  return chosen;
};
const gradientIds = Object.values(models)
  .filter((def) => !isBoosted(def))
  .map((def) => def.id);
const ids = listed(options.models, gradientIds, 'models');
const tables = listed(options.tables, Object.keys(defaultsTables), 'tables');
const rates = options.rates?.split(',').map(Number) ?? (options.quick ? [1e-3, 4e-3] : RATES);
const seeds = options.quick ? SEEDS.slice(0, 1) : SEEDS;

const done: DefaultsRun[] = existsSync(options.out)
  ? readFileSync(options.out, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line): DefaultsRun => JSON.parse(line))
  : [];
const known = new Set(done.map(keyOf));

const initialisationSpec = (id: string) =>
  catalog.models
    .find((m) => m.id === id)
    ?.params.find((p): p is ChoiceParam => p.key === 'initialisation' && p.kind === 'choice');

/** The choices of initial values of an architecture. */
const initialisationsOf = (id: string) =>
  (initialisationSpec(id)?.options ?? [])
    .map((o) => o.value)
    .filter((value) => options.initial?.split(',').includes(value) ?? true);

const meanOf = (scores: readonly TaskScore[]) =>
  scores.reduce((sum, s) => sum + (s.metrics[s.primary]?.value ?? Number.NaN), 0) / scores.length;

/** The seed also determines the rows of a generated table, or the split of others, so that the spread includes tables. */
function experimentOf({ table, id, seed, rate, initialisation }: DefaultsRun) {
  const { data, tasks, training } = tableOf(table);
  return requireExperiment(
    {
      version: 1,
      seed,
      data: { ...data, params: { ...data.params, seed } },
      tasks,
      model: { id, params: { ...SIZES[id], initialisation, rate: 1 } },
      baseline: null,
      training: { ...training, learningRate: rate },
    },
    catalog,
  );
}

const tableOf = (id: string) => lookUp(defaultsTables, id, '--tables');

async function run(backend: BackendReport, planned: DefaultsRun): Promise<DefaultsRun> {
  const started = performance.now();
  const { result, dispose } = await runSession({
    runId: keyOf(planned),
    experiment: experimentOf(planned),
    file: tableOf(planned.table).file?.(),
    backend,
    control: new RunControl(),
    emit: () => {},
  });
  dispose();
  const trained = result.seeds[0]?.model;
  if (!trained) return { ...planned, error: result.error?.message ?? 'nothing was trained' };
  return {
    ...planned,
    validation: meanOf(trained.validation),
    test: meanOf(trained.test),
    bestEpoch: Math.max(...trained.bestEpochs),
    seconds: (performance.now() - started) / 1000,
  };
}

// Seeds outermost: if a bench is stopped early, all networks have equally many seeds.
const planned = seeds.flatMap((seed) =>
  tables.flatMap((table) =>
    ids.flatMap((id) =>
      initialisationsOf(id).flatMap((initialisation) =>
        rates.map((rate): DefaultsRun => ({ table, id, initialisation, rate, seed })),
      ),
    ),
  ),
);
if (!options.report) {
  const backend = await startNodeBackend({ backend: 'wasm', allowSoftwareAdapter: false });
  // Some networks need columns that a table lacks.
  const missing: DefaultsRun[] = [];
  for (const wanted of planned.filter((p) => !known.has(keyOf(p)))) {
    const { issues } = await planExperiment(experimentOf(wanted), { file: tableOf(wanted.table).file?.() });
    if (issues.length === 0) missing.push(wanted);
  }
  console.error(
    `${missing.length} runs on ${backend.active} (${backend.adapter}); ${done.length} stand in ${options.out}`,
  );
  for (const [i, next] of missing.entries()) {
    const finished = await run(backend, next);
    appendFileSync(options.out, `${JSON.stringify(finished)}\n`);
    done.push(finished);
    const outcome = finished.error ?? finished.validation?.toFixed(4);
    console.error(`${i + 1}/${missing.length} ${keyOf(finished)}: ${outcome}`);
  }
}
const incumbents = Object.fromEntries(ids.map((id) => [id, String(initialisationSpec(id)?.default)]));
const reported = done.filter((r) => ids.includes(r.id) && tables.includes(r.table));
console.log(reportDefaults(reported, incumbents));
