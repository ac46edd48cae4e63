// A command with its children as a process group of its own, so that all of them can be ended at once. What ends this process
// does not reach such a group, so it is ended here.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

const ENDING = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/** @type {Set<ChildProcess>} */
const running = new Set();

const endAll = () => running.forEach(endGroup);

/** @param {NodeJS.Signals} signal - which, without this, would end the process without its groups */
function endWith(signal) {
  endAll();
  process.exit(128 + constants.signals[signal]);
}

/**
 * As `spawn`. The group ends with this process, however it ends, save by SIGKILL.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Omit<import('node:child_process').SpawnOptions, 'detached'>} options
 */
export function spawnGroup(command, args, options) {
  // Before the command starts: it may say so, and have its owner ended for it, before this process goes on.
  if (running.size === 0) {
    process.on('exit', endAll);
    for (const signal of ENDING) process.on(signal, endWith);
  }
  const child = spawn(command, args, { ...options, detached: true });
  running.add(child);
  child.once('exit', () => {
    running.delete(child);
    if (running.size > 0) return;
    process.off('exit', endAll);
    for (const signal of ENDING) process.off(signal, endWith);
  });
  return child;
}

/** Ends the command and every process that it started. @param {ChildProcess} child - of `spawnGroup` */
export function endGroup({ pid }) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // It has ended by itself.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
