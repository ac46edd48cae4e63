// `npm run study`: the synthetic study of the paper, which goes on where it was. `-- --small` for the size of docs/studies.md;
// what else follows is for `multitab sweep`: --jobs, --shard, --dry-run.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { studySweep } from './sweep.ts';

const args = process.argv.slice(2);
const isSmall = args.includes('--small');
const rest = args.filter((arg) => arg !== '--small');
const out = path.join('runs', isSmall ? 'study-small' : 'study');
mkdirSync(out, { recursive: true });
const file = path.join(out, 'sweep.json');
writeFileSync(file, `${JSON.stringify(studySweep(isSmall), null, 2)}\n`);
const command = ['--import', 'tsx', 'src/cli/main.ts', 'sweep', file, '--out', out, ...rest];
spawn(process.execPath, command, { stdio: 'inherit' }).on('close', (code) => {
  process.exitCode = code ?? 1;
});
// Ctrl-C reaches both; the sweep says what is kept, and this waits for it.
process.on('SIGINT', () => {});
