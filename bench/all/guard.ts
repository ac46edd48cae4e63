// `npm run bench:guard`: runs the benches that have recorded ratios on this machine, and lists every ratio that is now lower by
// more than 15 %. A bench with such a ratio is run a second time; a ratio counts if it is lower both times. Not part of the
// tests: it needs an idle machine. Benches run at the size of the record (whole or `--small`). Names of benches (`-- step attention`) select some · --python COMMAND (python3)
import { parseArgs } from 'node:util';
import { chosen, sizeOf } from './list.ts';
import { type Fallen, fallen, fallenLine, fallenTwice, TOLERATED } from './recorded.ts';
import { fileOf, machine, readRecorded, runBench } from './runBench.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { python: { type: 'string', default: 'python3' } },
});

const name = machine();
const recorded = readRecorded(name);
if (!recorded)
  throw new Error(
    `bench:guard: expected recorded ratios of this machine in ${fileOf(name)}, got none. Run \`npm run bench:all\` first; ratios of another machine say little here.`,
  );
const lost: Fallen[] = [];
let compared = 0;
for (const bench of chosen(positionals, false)) {
  const before = recorded.benches.find(({ id }) => id === bench.id);
  const size = before ? sizeOf(bench, before.command) : null;
  const ratios = (before?.figures ?? []).filter(({ peer }) => peer !== null).length;
  if (!before || ratios === 0) {
    console.log(`\n== ${bench.id}: no recorded ratios ==`);
    continue;
  }
  if (!size) {
    console.log(
      `\n== ${bench.id}: recorded with other options (${before.command}); run \`npm run bench:all -- ${bench.id}\` ==`,
    );
    continue;
  }
  console.log(`\n== ${bench.id}: ${bench.title} ==`);
  compared += ratios;
  const first = fallen(before, runBench(bench, size, values.python));
  if (first.length === 0) continue;
  console.log(`\n${bench.id}: ${first.length} of ${ratios} ratios are lower, measured again.`);
  lost.push(...fallenTwice(first, fallen(before, runBench(bench, size, values.python))));
}
console.log(`\n${compared} ratios compared, ${lost.length} lower by more than ${100 * TOLERATED} %.`);
for (const one of lost) console.log(fallenLine(one));
if (lost.length > 0) process.exitCode = 1;
