// `npm run kill:sweep -- [--kills 50] [--seed 1]`: a sweep is killed with SIGKILL at random moments, alone or together with its
// processes, and started again, until it has been killed that many times and has then finished. No finished run may be lost on
// the way, and the merged runs must equal those of an undisturbed sweep byte for byte. It takes minutes, so it is not part of
// `npm test`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './tools.mjs';

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' } },
});
const kills = Number(values.kills);
let state = Number(values.seed);
/** Mulberry32: a seed gives the same moments every time, as far as the machine's timing allows. */
const random = () => {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

const command = path.join(root, 'dist-cli', 'multitab.js');
if (
  spawnSync(process.execPath, [path.join(root, 'scripts', 'buildCli.mjs')], { stdio: 'inherit' }).status !== 0
)
  throw new Error('kill:sweep: the command line does not build.');

const folder = mkdtempSync(path.join(tmpdir(), 'multitab-kill-'));
const file = path.join(folder, 'sweep.json');
writeFileSync(
  file,
  JSON.stringify({
    version: 1,
    label: 'Killed',
    base: 'sharing-helps',
    set: { 'data.rows': 400, 'training.epochs': 1, 'tasks.count': 2, model: 'mt-mlp', baseline: 'none' },
    axes: [{ key: 'tasks.rho', values: [0, 0.2, 0.4, 0.6, 0.8] }],
    seeds: '0..29',
  }),
);
/** @param {string} out */
const args = (out) => [
  command,
  'sweep',
  file,
  '--out',
  path.join(folder, out),
  '--backend',
  'cpu',
  '--quiet',
];

/** Names of the runs that have been written completely. @param {string} out */
function finished(out) {
  const at = path.join(folder, out);
  if (!existsSync(at)) return new Set();
  const lines = readdirSync(at)
    .filter((name) => /^runs\..*\.jsonl$/.test(name))
    .flatMap((name) => readFileSync(path.join(at, name), 'utf8').split('\n').slice(0, -1));
  return new Set(lines.map((line) => JSON.parse(line).run).filter((run) => run !== undefined));
}

/** @param {string} out */
function merged(out) {
  const { status } = spawnSync(process.execPath, [command, 'merge', path.join(folder, out)], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`kill:sweep: expected ${out} to be merged, got status ${status}.`);
  return readFileSync(path.join(folder, out, 'runs.jsonl'), 'utf8');
}

/**
 * @param {number} afterMs - when to kill it
 * @param {boolean} withChildren
 * @returns {Promise<number | null>} its exit status; null when it was killed
 */
function sweep(afterMs, withChildren) {
  const child = spawn(process.execPath, args('killed'), { stdio: 'ignore', detached: true });
  const timer = setTimeout(() => {
    if (child.pid) process.kill(withChildren ? -child.pid : child.pid, 'SIGKILL');
  }, afterMs);
  return new Promise((resolve) => {
    child.on('exit', (code) => {
      clearTimeout(timer);
      resolve(code);
    });
  });
}

try {
  const began = Date.now();
  if (spawnSync(process.execPath, args('alone'), { stdio: 'inherit' }).status !== 0)
    throw new Error('kill:sweep: the sweep does not end by itself.');
  const aloneMs = Date.now() - began;
  const total = finished('alone').size;
  console.log(`alone: ${total} runs in ${(aloneMs / 1000).toFixed(1)} s`);
  let before = new Set();
  let done = 0;
  for (let ended = false; !ended; ) {
    // Most kills come late, so that the sweep makes progress; some come before it has begun.
    const last = done >= kills;
    const code = await sweep(last ? 2 ** 30 : random() * 0.25 * aloneMs, random() < 0.5);
    if (!last && code === null) done++;
    const now = finished('killed');
    const lost = [...before].filter((run) => !now.has(run));
    if (lost.length > 0) throw new Error(`kill:sweep: lost ${lost.join(', ')} at kill ${done}.`);
    before = now;
    ended = code === 0 && (last || now.size === total);
    if (code !== null && code !== 0) throw new Error(`kill:sweep: expected it to go on, got status ${code}.`);
    if (ended && done < kills) {
      // It finished before all kills were made: start again from nothing, so that the number of kills is reached.
      if (merged('killed') !== merged('alone')) throw new Error('kill:sweep: the runs differ.');
      rmSync(path.join(folder, 'killed'), { recursive: true });
      before = new Set();
      ended = false;
    }
  }
  if (merged('killed') !== merged('alone')) throw new Error('kill:sweep: the runs differ.');
  console.log(`killed ${done} times: ${before.size} of ${total} runs, none lost, all the same byte for byte`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
