// Finds a Chromium for the browser tests and the e2e journeys, or installs one. It is also the only place that says how to
// start it: with WebGPU on the software adapter, so that kernels are tested on machines without a GPU.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { toolScript } from './tools.mjs';

const COMMANDS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
  'msedge',
];

const PLACES = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

const isRoot = process.getuid?.() === 0;

/**
 * Measured in headless Chromium 156 without a GPU: the first flag alone makes `requestAdapter()` return an adapter. The second
 * makes tests use the software adapter on machines that have a GPU too, so that results can be compared.
 */
const WEBGPU_FLAGS = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

/**
 * Every place where a browser may be, best first. No browser is started.
 * @returns {{ what: string, file: string }[]}
 */
export function browserCandidates(env = process.env) {
  if (env.CHROMIUM_PATH) return [{ what: 'CHROMIUM_PATH', file: env.CHROMIUM_PATH }];
  const folders = (env.PATH ?? '').split(path.delimiter).filter(Boolean);
  const system = COMMANDS.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return [
    { what: "Playwright's Chromium", file: chromium.executablePath() },
    ...[...system, ...PLACES].map((file) => ({ what: 'system browser', file })),
  ].filter(({ file }) => existsSync(file));
}

/**
 * Why a browser cannot run, or null. It is only asked for its version, which also reveals missing libraries.
 * @param {string} file
 */
function runProblem(file) {
  if (!existsSync(file)) return 'there is no such file';
  // On Windows `--version` opens a window instead of printing the version.
  if (process.platform === 'win32') return null;
  const result = spawnSync(file, ['--version'], { encoding: 'utf8', timeout: 60_000 });
  if (result.error) return result.error.message;
  if (result.status === 0 && /\d+\.\d+/.test(result.stdout)) return null;
  return (result.stderr || result.stdout || `exit code ${result.status ?? result.signal}`)
    .trim()
    .split('\n')
    .slice(-1)[0];
}

/**
 * Runs an installer and sends its output to standard error.
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
function install(command, args, env = {}) {
  console.error(`Looking for a browser: ${path.basename(command)} ${args.slice(-3).join(' ')}`);
  const result = spawnSync(command, args, {
    stdio: ['ignore', process.stderr.fd, process.stderr.fd],
    env: { ...process.env, ...env },
    timeout: 10 * 60_000,
  });
  if (result.status === 0) return null;
  return result.error?.message ?? `exit code ${result.status ?? result.signal}`;
}

/** `apt-get` as root or through a `sudo` that asks for no password; null when neither is possible. */
function aptCommand() {
  if (process.platform !== 'linux' || spawnSync('apt-get', ['--version']).status !== 0) return null;
  if (isRoot) return ['apt-get'];
  return spawnSync('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n', 'apt-get'] : null;
}

/**
 * The path of a Chromium that runs; it is installed if necessary.
 * @throws {Error} that lists what was tried and says what to do
 */
export function ensureBrowser() {
  /** @type {string[]} */
  const tried = [];
  const firstThatRuns = () => {
    for (const { what, file } of browserCandidates()) {
      const problem = runProblem(file);
      if (!problem) return file;
      const line = `${what} ${file}: ${problem}`;
      if (!tried.includes(line)) tried.push(line);
    }
    return null;
  };
  const remedy =
    'Install Chromium or Google Chrome, or set CHROMIUM_PATH to the executable of one, and run the tests again.';

  const found = firstThatRuns();
  if (found) return found;
  if (process.env.CHROMIUM_PATH) {
    throw new Error(`The browser named by CHROMIUM_PATH does not run.\n  ${tried.join('\n  ')}\n${remedy}`);
  }

  const playwright = [toolScript('@playwright/test', 'playwright'), 'install', '--no-shell', 'chromium'];
  const download = install(process.execPath, playwright, { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '15000' });
  if (download) tried.push(`playwright install chromium: ${download}`);
  const downloaded = download ? null : firstThatRuns();
  if (downloaded) return downloaded;

  const apt = aptCommand();
  if (apt) {
    const [command = 'apt-get', ...before] = apt;
    const update = install(command, [...before, 'update', '-qq']);
    const added = install(
      command,
      [...before, 'install', '-y', '-qq', '--no-install-recommends', 'chromium'],
      {
        DEBIAN_FRONTEND: 'noninteractive',
      },
    );
    if (update) tried.push(`apt-get update: ${update}`);
    if (added) tried.push(`apt-get install chromium: ${added}`);
    const fromPackages = firstThatRuns();
    if (fromPackages) return fromPackages;
  } else {
    tried.push('apt-get install chromium: not possible here (no apt-get, or no right to use it)');
  }
  throw new Error(`No browser for the tests. Tried:\n  ${tried.join('\n  ')}\n${remedy}`);
}

/**
 * How Playwright and Vitest start the browser. It finds one without checking or installing it; `npm test` has done both and
 * passes the result on in CHROMIUM_PATH.
 * @param {readonly string[]} [further] - more arguments for the browser
 * @returns {{ executablePath?: string, args: string[] }}
 */
export function launchOptions(further = []) {
  const file = browserCandidates()[0]?.file;
  const args = [...WEBGPU_FLAGS, ...(isRoot ? ['--no-sandbox'] : []), ...further];
  return file ? { executablePath: file, args } : { args };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(ensureBrowser());
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
