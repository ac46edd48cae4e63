// `npm run bench:all`: runs every speed bench, one after another, stores the figures in bench/results/all/MACHINE.json, and
// writes them as one table into bench/RESULTS.md. Takes half an hour of a machine with nothing else on it; names of benches (`--
// step load`) select some, and the others' figures stay. --small takes a smaller size of each · --minutes N starts no bench
// later than that, and says which are left · --quality runs the quality benches too, which takes hours · --python COMMAND
// (python3) · --report writes the table from stored figures, and runs nothing
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../scripts/tools.mjs';
import { wholeNumber } from '../options.ts';
import { buildPage, PAGE_BUILT } from '../pageBuild.ts';
import { withSection } from '../section.ts';
import { BENCHES, chosen } from './list.ts';
import { merged, type Recorded, type RecordedBench, tableOf } from './recorded.ts';
import { fileOf, machine, RESULTS, readAll, readRecorded, runBench } from './runBench.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quality: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
    small: { type: 'boolean', default: false },
    minutes: { type: 'string' },
    python: { type: 'string', default: 'python3' },
  },
});

function report(): void {
  const target = path.join(root, 'bench', 'RESULTS.md');
  const order = BENCHES.map(({ id }) => id);
  const section = readAll()
    .map((recorded) => tableOf(recorded, order))
    .join('\n');
  writeFileSync(target, withSection(readFileSync(target, 'utf8'), 'bench:all', section));
  console.log('\nWritten into bench/RESULTS.md.');
}

const name = machine();
const faults: RecordedBench[] = [];
const benches = values.report ? [] : chosen(positionals, values.quality);
const minutes =
  values.minutes === undefined ? Number.POSITIVE_INFINITY : wholeNumber('minutes', values.minutes);
const seconds = () => Math.round(performance.now() / 1000);
const left: string[] = [];
if (benches.some(({ page }) => page)) {
  buildPage();
  process.env[PAGE_BUILT] = '1';
}
for (const bench of benches) {
  if (seconds() >= 60 * minutes) {
    left.push(bench.id);
    continue;
  }
  console.log(`\n== ${bench.id}: ${bench.title} ==`);
  const started = seconds();
  const measured = runBench(bench, values.small ? 'small' : 'whole', values.python);
  console.log(`(${bench.id} took ${seconds() - started} s, all so far ${seconds()} s)`);
  if (measured.fault !== null) {
    console.log(`${bench.id}: ${measured.fault}`);
    faults.push(measured);
    // Earlier figures are worth more than a note that there are none now.
    if (readRecorded(name)?.benches.some(({ id, fault }) => id === bench.id && fault === null)) continue;
  }
  const now: Recorded = { machine: name, node: process.version, benches: [measured] };
  mkdirSync(RESULTS, { recursive: true });
  // After each bench, so that an early end loses at most one.
  writeFileSync(fileOf(name), `${JSON.stringify(merged(readRecorded(name), now), null, 2)}\n`);
}
report();
for (const { id, fault } of faults) console.log(`${id} is not measured: ${fault}`);
if (left.length > 0)
  console.log(
    `After ${minutes} minutes these are left: npm run bench:all -- ${values.small ? '--small ' : ''}${left.join(' ')}`,
  );
if (faults.length > 0) process.exitCode = 1;
