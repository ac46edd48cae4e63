// Records the finished run that the page opens with: runs the default preset on the command line and keeps only the events that
// are drawn. Use `npm run record:example` after a change of the default preset or of the events.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root, toolScript } from './tools.mjs';

const target = path.join(root, 'public', 'examples', 'first-run.json');
const folder = mkdtempSync(path.join(tmpdir(), 'multitab-example-'));
const recording = path.join(folder, 'events.jsonl');
const result = spawnSync(
  process.execPath,
  [
    toolScript('tsx', 'tsx'),
    path.join(root, 'src/cli/main.ts'),
    'run',
    '--attention',
    '--quiet',
    '--events',
    recording,
    '--out',
    path.join(folder, 'result.json'),
  ],
  { cwd: root, stdio: 'inherit' },
);
if (result.status !== 0) process.exit(1);

/** Curves and maps show no more than four digits; what is shown as a number has six, so that rounding twice gives no other. */
const digitsOf = (/** @type {{ type: string }} */ { type }) =>
  type === 'steps' || type === 'probe-answer' ? 4 : 6;
/** @param {{ type: string }} event */
const shortened = (event) =>
  JSON.parse(
    JSON.stringify(event, (_key, value) =>
      typeof value === 'number' && !Number.isInteger(value)
        ? Number(value.toPrecision(digitsOf(event)))
        : value,
    ),
  );

const events = readFileSync(recording, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
rmSync(folder, { recursive: true });
/** @param {string} type */
const last = (type) => events.findLast((e) => e.type === type);
/** Of the attention maps, keep the first, the last, and those in between that the time slider shows. */
const captured = events.filter((e) => e.type === 'probe-answer' && e.state === 'answered');
const moments = [0, 0.5, 1].map((share) => captured[Math.round(share * (captured.length - 1))]);
const kept = events.filter((e) => {
  if (e.type === 'progress') return e === last(e.type);
  if (e.type === 'probe-answer') return moments.includes(e);
  return e.type !== 'data-progress' && e.type !== 'state';
});
/**
 * Joins the losses of consecutive steps of a network within an epoch: in how many events they came depends on how busy the machine was.
 * @param {{ type: string, role?: string, epoch?: number, step: number, taskLosses?: number[], gradientNorms?: number[] }[]} list
 */
function joined(list) {
  /** @type {typeof list} */
  const all = [];
  /** @type {Map<string, (typeof list)[number]>} */
  let open = new Map();
  for (const event of list) {
    const key = `${event.role} ${event.epoch}`;
    const before = event.type === 'steps' ? open.get(key) : undefined;
    if (before) {
      before.step = event.step;
      before.taskLosses?.push(...(event.taskLosses ?? []));
      before.gradientNorms?.push(...(event.gradientNorms ?? []));
      continue;
    }
    all.push(event);
    if (event.type === 'steps') open.set(key, event);
    else open = new Map();
  }
  return all;
}

const written = joined(kept.map(shortened));
// src/store/replay.ts reads the version.
writeFileSync(target, `${JSON.stringify({ version: 3, events: written })}\n`);
console.log(`${path.relative(root, target)}: ${written.length} events`);
