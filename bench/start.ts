// `npm run bench:start`: from Run to the first step on wasm in Node, in a new process and again in the same one: what is compiled, and not
// computed, is the difference. Milliseconds of the processor, so that what else the machine does counts little. `--rounds N` (5)
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../scripts/tools.mjs';
import { median } from './clock.ts';
import { alone, recordFigures } from './figures.ts';
import { firstModels } from './firstRun.ts';
import { wholeNumber } from './options.ts';
import type { Start } from './startProcess.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = wholeNumber('rounds', values.rounds);

const CASES = firstModels({});

const start = (model: object): Start =>
  JSON.parse(
    execFileSync(
      process.execPath,
      ['--import', 'tsx', path.join(import.meta.dirname, 'startProcess.ts'), JSON.stringify(model)],
      { cwd: root, encoding: 'utf8' },
    ),
  ) as Start;

const measured = CASES.map((): Start[] => []);
for (let round = 0; round < rounds; round++)
  for (const [i, [, model]] of CASES.entries()) measured[i]?.push(start(model));
console.log(
  `Node ${process.version}, wasm, batch 64, ms of the processor, median of ${rounds} new processes, in turns.`,
);
console.log(`${'case'.padEnd(28)}${['backend', 'first', 'again'].map((c) => c.padStart(10)).join('')}`);
for (const [i, [name]] of CASES.entries()) {
  const of = (part: keyof Start) => median((measured[i] ?? []).map((s) => s[part]));
  console.log(
    `${name.padEnd(28)}${[of('backend'), of('first'), of('again')].map((ms) => ms.toFixed(0).padStart(10)).join('')}`,
  );
  recordFigures([
    alone(`${name}, start of wasm`, 'ms of the processor', of('backend')),
    alone(`${name}, first step in a new process`, 'ms of the processor', of('first')),
    alone(`${name}, first step of a second run`, 'ms of the processor', of('again')),
  ]);
}
