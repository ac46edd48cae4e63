// `npm run fuzz -- [TARGET ...] [--seconds 60] [--seed 1]`: damages valid files and links and gives them to their readers, each
// target in a process of its own. A reader fails when it takes more than two seconds, uses more memory than the file explains,
// or throws an error that is not one of ours. Failures are kept in fuzz-failures/.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import type { Sample } from './target.ts';
import { targets } from './targets.ts';
import { faultOf, trialsOf } from './trial.ts';

const FOLDER = 'fuzz-failures';
const LIMIT_MS = 2_000;
/** A process that prints nothing for this long counts as hanging. It is long enough for a busy machine. */
const HANG_MS = 120_000;
/** In addition to what Node itself and the valid samples use. */
const MOST_MEGABYTES = 512;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  // An unknown option is refused below, with what is known.
  strict: false,
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed);
const unknown = [
  ...positionals.filter((name) => !Object.hasOwn(targets, name)),
  ...Object.keys(values).filter((name) => !['seconds', 'seed', 'only'].includes(name)),
];
if (!(seconds > 0) || !Number.isInteger(seed) || unknown.length > 0) {
  console.error(
    `fuzz: expected --seconds above 0, a whole --seed and targets of ${Object.keys(targets).join(', ')}, got ${process.argv.slice(2).join(' ')}.`,
  );
  process.exit(2);
}

const lastOf = (name: string) => path.join(FOLDER, `${name}.last`);
const peak = () => process.resourceUsage().maxRSS / 1024;

/** Runs one target, in a process of its own. */
async function fuzz(name: string): Promise<void> {
  const target = targets[name];
  if (!target) throw new Error(`fuzz: no target ${name}`);
  const samples = await target.samples();
  for (const sample of samples) {
    const fault = await faultOf(target, sample);
    if (fault && !/^expected a refusal/.test(fault))
      throw new Error(`${name}: sound ${sample.name}: ${fault}`);
  }
  const start = peak();
  let trials = 0;
  let slowest = 0;
  const property = fc.asyncProperty(trialsOf(samples), async (sample: Sample) => {
    writeFileSync(lastOf(name), sample.bytes);
    const began = process.cpuUsage();
    const fault = await faultOf(target, sample);
    const used = process.cpuUsage(began);
    const ms = (used.user + used.system) / 1000;
    trials++;
    slowest = Math.max(slowest, ms);
    if (trials % 20 === 0) process.send?.({ trials });
    const megabytes = Math.max(1, sample.bytes.length / 2 ** 20) * MOST_MEGABYTES;
    const found =
      fault ??
      (ms > LIMIT_MS ? `took ${Math.round(ms)} ms of ${sample.bytes.length} bytes` : null) ??
      (peak() - start > megabytes ? `took ${Math.round(peak() - start)} MB` : null);
    if (found) throw new Error(`${sample.name}: ${found}`);
  });
  const result = await fc.check(property, {
    seed,
    numRuns: Number.POSITIVE_INFINITY,
    interruptAfterTimeLimit: seconds * 1000,
    endOnFailure: false,
  });
  const rate = `${trials} trials, slowest ${Math.round(slowest)} ms, ${Math.round(peak() - start)} MB more at the peak`;
  if (!result.failed || result.counterexample === null) {
    console.log(`${name.padEnd(12)} ${rate}`);
    return;
  }
  const [sample] = result.counterexample as [Sample];
  const kept = path.join(FOLDER, `${name}-${seed}-${sample.name}`);
  writeFileSync(kept, sample.bytes);
  console.log(`${name.padEnd(12)} FAULT after ${rate}\n  ${kept}\n  ${String(result.errorInstance)}`);
  process.exitCode = 1;
}

/** @returns whether no fault was found */
function watch(name: string): Promise<boolean> {
  const script = fileURLToPath(import.meta.url);
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', script, '--only', name, '--seconds', String(seconds), '--seed', String(seed)],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  return new Promise((resolve) => {
    const hangs = () => {
      const kept = path.join(FOLDER, `${name}-${seed}-hangs`);
      writeFileSync(kept, readFileSync(lastOf(name)));
      console.log(`${name.padEnd(12)} FAULT: hangs\n  ${kept}`);
      child.kill('SIGKILL');
    };
    let timer = setTimeout(hangs, HANG_MS);
    child.on('message', () => {
      clearTimeout(timer);
      timer = setTimeout(hangs, HANG_MS);
    });
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      if (code === null || code > 1)
        console.log(`${name.padEnd(12)} ended by ${signal ?? code}; its last input is ${lastOf(name)}`);
      resolve(code === 0);
    });
  });
}

mkdirSync(FOLDER, { recursive: true });
if (typeof values.only === 'string') await fuzz(values.only);
else {
  console.log(`seed ${seed}, ${seconds} s each`);
  let isSound = true;
  for (const name of positionals.length > 0 ? positionals : Object.keys(targets))
    isSound = (await watch(name)) && isSound;
  process.exitCode = isSound ? 0 : 1;
}
