// The gain of every gradient method on three small tables: trains the sweeps of `methods/`, continuing existing ones, and
// prints a line per method. `npm run study:methods` takes names of tables, default all; `-- --jobs 1` leaves cores free.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { estimate } from '../../src/engine/core/interval.ts';
import type { RunResult } from '../../src/engine/protocol/result.ts';

const folder = new URL('./methods/', import.meta.url).pathname;
const known = readdirSync(folder).map((file) => file.replace('.json', ''));
const given = process.argv.slice(2);
const named = given.filter((word) => known.includes(word));
const options = given.filter((word) => !known.includes(word));

for (const name of named.length > 0 ? named : known) {
  const out = `runs/methods-${name}`;
  const sweep = ['--import', 'tsx', 'src/cli/main.ts', 'sweep', `${folder}${name}.json`, '--out', out];
  const { status } = spawnSync(process.execPath, [...sweep, ...options], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0)
    throw new Error(`${name}: the sweep ended with exit code ${status}; run it again to go on`);
  process.stdout.write(`${name}\n${tableOf(`${out}/runs.jsonl`)}\n`);
}

/** Gain of every method, mean over tasks, and the 95 % interval over the seeds; best first. */
function tableOf(file: string): string {
  const gains = new Map<string, number[]>();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const { result } = line ? (JSON.parse(line) as { result?: RunResult }) : {};
    if (!result) continue;
    const method = String(result.experiment.training.weighting);
    const gain = Number(result.seeds[0]?.gain?.mean ?? Number.NaN);
    gains.set(method, [...(gains.get(method) ?? []), gain]);
  }
  return [...gains]
    .map(([method, values]) => ({ method, seeds: values.length, ...estimate(values) }))
    .sort((a, b) => b.mean - a.mean)
    .map(
      ({ method, seeds, mean, low, high }) =>
        `${method.padEnd(14)} ${mean.toFixed(2).padStart(7)} [${low.toFixed(2)}, ${high.toFixed(2)}] ${seeds} seeds`,
    )
    .join('\n');
}
