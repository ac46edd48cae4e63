// `npm run study:measures`: which cheap measure of how related tasks are predicts what they give each other, over a sweep of cosines.
// Every cell trains four tasks together, every pair and every task apart, and is kept, so that the command goes on where it was
// stopped. Prints Spearman's rank correlations, mean and range over seeds, and writes them as docs/studies/measures.svg.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { toJson } from '../../src/cli/json.ts';
import { relationsOfSeed, withTruths } from '../../src/cli/relations.ts';
import { catalog } from '../../src/engine/catalog.ts';
import { requireExperiment } from '../../src/engine/config/experiment.ts';
import { presets } from '../../src/engine/config/presets.ts';
import type { RelationMeasure, Truth } from '../../src/engine/core/relationSummary.ts';
import { offDiagonal, rankCorrelation } from '../../src/engine/core/relations.ts';
import { startNodeBackend } from '../../src/platform/node.ts';
import { measuresFigure } from './measuresFigure.ts';

const COSINES = [0, 0.3, 0.6, 0.8, 0.95];
const SEEDS = [0, 1, 2];
const TASKS = 4;
const OUT = path.join('runs', 'measures');

interface Cell {
  rho: number;
  seed: number;
  measures: RelationMeasure[];
  truths: Truth[];
}

const file = path.join(OUT, 'cells.jsonl');
mkdirSync(OUT, { recursive: true });
const cells = existsSync(file)
  ? readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line) => (line ? [JSON.parse(line) as Cell] : []))
  : [];

const base = presets.find((p) => p.id === 'sharing-helps')?.experiment;
if (!base) throw new Error('study: expected the preset sharing-helps');
const backend = await startNodeBackend({ backend: 'wasm', allowSoftwareAdapter: false });
for (const rho of COSINES) {
  const tasks = { count: TASKS, rho, degrees: [1] };
  const experiment = withTruths(requireExperiment({ ...base, tasks, repeats: 1 }, catalog), 'pairs', TASKS);
  for (const seed of SEEDS) {
    if (cells.some((c) => c.rho === rho && c.seed === seed)) continue;
    const started = performance.now();
    const found = await relationsOfSeed(experiment, seed, { backend });
    if ('failed' in found) throw new Error(`cosine ${rho}, seed ${seed}: ${found.failed}`);
    const line = toJson({ rho, seed, measures: found.measures, truths: found.truths });
    appendFileSync(file, `${line}\n`);
    cells.push(JSON.parse(line) as Cell);
    process.stderr.write(
      `cosine ${rho}, seed ${seed}: ${((performance.now() - started) / 1000).toFixed(0)} s\n`,
    );
  }
}

/** Over all ordered pairs of all tables, of one seed: what each measure and the gain as a pair rank alike. */
function ranksOf(seed: number): Map<string, { label: string; pairs: number; tables: number }> {
  const own = cells.filter((c) => c.seed === seed).sort((a, b) => a.rho - b.rho);
  const gains = own.map((c) => offDiagonal(pairGain(c), TASKS, false));
  return new Map(
    (own[0]?.measures ?? []).map(({ id, label }) => {
      const values = own.map((c) =>
        offDiagonal(c.measures.find((m) => m.id === id)?.matrix ?? [], TASKS, false),
      );
      const pairs = rankCorrelation(values.flat(), gains.flat());
      const tables = rankCorrelation(values.map(mean), gains.map(mean));
      return [id, { label, pairs, tables }] as const;
    }),
  );
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

function pairGain({ truths, rho, seed }: Cell): ArrayLike<number> {
  const truth = truths.find((t) => t.id === 'pair-gain');
  if (!truth?.pairs) throw new Error(`cosine ${rho}, seed ${seed}: expected the gains of pairs`);
  return truth.pairs;
}

const bySeed = SEEDS.map(ranksOf);
const cell = (values: readonly number[]) =>
  `${mean(values).toFixed(2)} [${Math.min(...values).toFixed(2)}, ${Math.max(...values).toFixed(2)}]`;
process.stdout.write('| measure | over all pairs | over tables |\n|---|---|---|\n');
const rows = [...(bySeed[0] ?? [])].map(([id, { label }]) => {
  const own = bySeed.flatMap((ranks) => ranks.get(id) ?? []);
  return { label, pairs: own.map((r) => r.pairs), tables: own.map((r) => r.tables) };
});
rows.sort((a, b) => mean(b.pairs) - mean(a.pairs));
for (const { label, pairs, tables } of rows)
  process.stdout.write(`| ${label} | ${cell(pairs)} | ${cell(tables)} |\n`);
for (const rho of COSINES) {
  const gains = cells.filter((c) => c.rho === rho).map((c) => mean(offDiagonal(pairGain(c), TASKS, false)));
  process.stdout.write(`cosine ${rho}: gain as a pair ${gains.map((g) => g.toFixed(4)).join(', ')}\n`);
}
const best = rows[0]?.label ?? 'none';
writeFileSync(
  path.join('docs', 'studies', 'measures.svg'),
  measuresFigure(
    rows,
    `Rank correlation of each measure with the gain of training in pairs, ${SEEDS.length} seeds; highest over pairs: ${best}`,
  ),
);
process.exit(0);
