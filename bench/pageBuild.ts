// The production build of the page, for benches that measure it.
import { spawnSync } from 'node:child_process';
import { root, toolScript } from '../scripts/tools.mjs';

/** Set by `bench:all` once the page is built: the benches behind it measure the same build. */
export const PAGE_BUILT = 'BENCH_PAGE_BUILT';

/** @throws Error if the build fails: an earlier one would be measured */
export function buildPage(): void {
  if (process.env[PAGE_BUILT]) return;
  const { status } = spawnSync(
    process.execPath,
    [toolScript('vite', 'vite'), 'build', '--logLevel', 'warn'],
    { cwd: root, stdio: 'inherit' },
  );
  if (status !== 0)
    throw new Error(
      `expected the build of the page to end with status 0, got ${status}. Read its messages above.`,
    );
}
