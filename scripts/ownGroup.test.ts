// A process group of its own ends with the process that started it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

const module = new URL('ownGroup.mjs', import.meta.url).href;

/** Two shells, as Vitest has workers: the inner one says when it begins, and when it has not been ended. */
const GROUP = `(echo begun; sleep 20; echo not ended); :`;
const OWNER = `
  const { spawnGroup } = await import(${JSON.stringify(module)});
  spawnGroup('sh', ['-c', ${JSON.stringify(GROUP)}], { stdio: 'inherit' });`;

test.skipIf(process.platform === 'win32')('a signal ends the group with its owner', async () => {
  const owner = spawn(process.execPath, ['--input-type=module', '-e', OWNER], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  owner.stdout.on('data', (text) => {
    printed += text;
  });
  const closed = once(owner, 'close');
  await once(owner.stdout, 'data');
  owner.kill('SIGTERM');
  // All write to one pipe, which closes when the last of them has ended.
  expect(await closed).toEqual([143, null]);
  expect(printed).toBe('begun\n');
});
