// Runs before every npm script. It installs the dependencies when node_modules does not match the lock file, and prints nothing
// otherwise. It is plain Node without dependencies, because at this point none may be installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const MINIMUM_NODE = [20, 19, 0];

/** @typedef {{ version?: string, optional?: boolean, link?: boolean, os?: string[], cpu?: string[], dependencies?: Record<string, string>, devDependencies?: Record<string, string>, optionalDependencies?: Record<string, string> }} LockEntry */

/**
 * @param {string} file
 * @returns {any} the parsed file, or null when it is missing or cannot be parsed
 */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/**
 * Why this Node.js cannot be used, or null.
 * @param {string} version - like `20.19.0`
 */
export function nodeProblem(version) {
  const parts = version.split('.').map((part) => Number.parseInt(part, 10));
  for (const [i, wanted] of MINIMUM_NODE.entries()) {
    const got = parts[i] ?? 0;
    if (got > wanted) return null;
    if (got < wanted) {
      return `MultiTab Workbench needs Node.js ${MINIMUM_NODE.join('.')} or newer, and this is ${version}. Install a newer Node.js and run the command again.`;
    }
  }
  return null;
}

/**
 * True when package-lock.json was written for this package.json.
 * @param {LockEntry} manifest - package.json
 * @param {LockEntry | undefined} locked - its copy in the lock file
 */
function sameDependencies(manifest, locked) {
  /** @type {('dependencies' | 'devDependencies' | 'optionalDependencies')[]} */
  const groups = ['dependencies', 'devDependencies', 'optionalDependencies'];
  return groups.every((group) => {
    /** @param {Record<string, string> | undefined} o */
    const text = (o) => JSON.stringify(Object.entries(o ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
    return text(manifest[group]) === text(locked?.[group]);
  });
}

/**
 * What has to be done in `root`: null when nothing, or else an npm command and the reason for it.
 * The lock file is compared with the record that npm leaves in node_modules, and each package must exist on disk.
 * @param {string} root - folder of package.json
 * @returns {{ command: 'ci' | 'install', why: string } | null}
 */
export function installNeeded(root) {
  const manifest = readJson(path.join(root, 'package.json'));
  const lock = readJson(path.join(root, 'package-lock.json'));
  if (!lock || !sameDependencies(manifest ?? {}, lock.packages?.[''])) {
    return { command: 'install', why: 'package.json and package-lock.json differ' };
  }
  const installed = readJson(path.join(root, 'node_modules', '.package-lock.json'));
  if (!installed) return { command: 'ci', why: 'nothing is installed yet' };
  /** @type {[string, LockEntry][]} */
  const wanted = Object.entries(lock.packages);
  for (const [place, entry] of wanted) {
    if (place === '' || entry.link) continue;
    /** @type {LockEntry | undefined} */
    const found = installed.packages?.[place];
    // npm leaves out optional packages of other platforms.
    if (!found && entry.optional) continue;
    if (found?.version !== entry.version) return { command: 'ci', why: `${place} is out of date` };
    if (!existsSync(path.join(root, place, 'package.json')))
      return { command: 'ci', why: `${place} is missing` };
    if (
      (found?.os && !found.os.includes(process.platform)) ||
      (found?.cpu && !found.cpu.includes(process.arch))
    ) {
      return { command: 'ci', why: `${place} is for another machine` };
    }
  }
  return null;
}

/**
 * Installs what is missing. All messages go to standard error, so that the output of commands which print JSON stays valid.
 * @param {string} root
 * @returns {string | null} what went wrong and what to do, or null
 */
export function ensureInstalled(root) {
  const problem = nodeProblem(process.versions.node);
  if (problem) return problem;
  const needed = installNeeded(root);
  if (!needed) return null;
  console.error(`Installing dependencies (npm ${needed.command}): ${needed.why}. This takes a minute.`);
  const result = spawnSync('npm', [needed.command, '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    // The tests look for a browser themselves (ensureBrowser.mjs), and nothing else needs one.
    env: { ...process.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' },
    stdio: ['ignore', process.stderr.fd, process.stderr.fd],
    shell: process.platform === 'win32',
  });
  if (result.status === 0) return null;
  const reason = result.error ? result.error.message : `exit code ${result.status ?? result.signal}`;
  return (
    `npm ${needed.command} failed (${reason}). ` +
    'If the lines above speak of the network, check that this machine reaches the npm registry (npm ping); ' +
    'otherwise delete the folder node_modules and run the command again.'
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const failure = ensureInstalled(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
  if (failure) {
    console.error(failure);
    process.exitCode = 1;
  }
}
