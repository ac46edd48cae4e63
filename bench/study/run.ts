// `npm run study`: the synthetic study of the paper, continuing an existing one. `-- --small` and `-- --large` are its other
// sizes (docs/studies.md); further options go to `multitab sweep`: --jobs, --shard, --dry-run.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { STUDY_SIZES, studySweep } from './sweep.ts';

const args = process.argv.slice(2);
const size = (['small', 'large'] as const).find((name) => args.includes(`--${name}`)) ?? 'default';
const rest = args.filter((arg) => arg !== `--${size}`);
const out = path.join('runs', size === 'default' ? 'study' : `study-${size}`);
mkdirSync(out, { recursive: true });
const file = path.join(out, 'sweep.json');
writeFileSync(file, `${JSON.stringify(studySweep(STUDY_SIZES[size]), null, 2)}\n`);
const command = ['--import', 'tsx', 'src/cli/main.ts', 'sweep', file, '--out', out, ...rest];
spawn(process.execPath, command, { stdio: 'inherit' }).on('close', (code) => {
  process.exitCode = code ?? 1;
});
// Ctrl-C reaches both processes; the sweep reports what is stored, and this one waits for it.
process.on('SIGINT', () => {});
