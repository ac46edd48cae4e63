// One writer per file. The lock is a file that its holder touches regularly. It is taken over if the holder's process is gone,
// or if nobody has touched it for a minute (as after the loss of a machine). Times are those of the file system, which all
// machines of a cluster share.
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { WorkbenchError } from '../../engine/core/errors.ts';

const TOUCH_MS = 5000;
const STALE_MS = 60_000;

interface Holder {
  host: string;
  pid: number;
  token: string;
}

export interface Lock {
  release(): Promise<void>;
}

/** @throws WorkbenchError (file) that names the holder */
export async function takeLock(path: string): Promise<Lock> {
  const own: Holder = { host: hostname(), pid: process.pid, token: randomUUID() };
  for (let attempt = 0; ; attempt++) {
    if (await create(path, own)) break;
    const text = await textIfThere(path);
    if (text === null) continue;
    const holder = readHolder(text);
    if (attempt > 2 || !(await isStale(path, holder))) throw lockedBy(path, holder);
    // Only one process can move the old lock aside; if that was a new lock of another process, it is moved back.
    const aside = `${path}.${own.token}`;
    await rename(path, aside).catch(() => {});
    const moved = await readFile(aside, 'utf8').catch(() => null);
    if (moved !== null && moved !== text) await rename(aside, path);
    else await rm(aside, { force: true });
  }
  const timer = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, TOUCH_MS);
  timer.unref();
  return {
    async release() {
      clearInterval(timer);
      const holder = readHolder(await readFile(path, 'utf8').catch(() => ''));
      if (holder?.token === own.token) await rm(path, { force: true });
    },
  };
}

async function create(path: string, own: Holder): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    await file.writeFile(JSON.stringify(own));
    return true;
  } catch (error) {
    // On a full disk it would stand there without a name, and keep everybody out for a minute.
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** Null where its holder has just removed it. What is there and cannot be read is no such case: nobody would ever get past it. */
const textIfThere = (path: string): Promise<string | null> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });

function readHolder(text: string): Holder | null {
  try {
    const { host, pid, token } = JSON.parse(text) as Partial<Holder>;
    return typeof host === 'string' && Number.isInteger(pid)
      ? { host, pid: pid as number, token: String(token) }
      : null;
  } catch {
    return null;
  }
}

async function isStale(path: string, holder: Holder | null): Promise<boolean> {
  // Only a process on this machine can be looked up. A process id may have been reused, even by this process: containers of one
  // image and name all have the same ids. In that case the time of the last touch decides.
  if (holder?.host === hostname() && holder.pid !== process.pid && !isAlive(holder.pid)) return true;
  const probe = `${path}.${randomUUID()}`;
  await writeFile(probe, '');
  const [then, now] = [await stat(path).catch(() => null), await stat(probe)];
  await rm(probe, { force: true });
  return then !== null && now.mtimeMs - then.mtimeMs > STALE_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const lockedBy = (path: string, holder: Holder | null) =>
  WorkbenchError.of('file', {
    path,
    expected: 'no other process at work on this part of the sweep',
    got: holder ? `process ${holder.pid} on ${holder.host}` : 'a lock that somebody is writing',
    remedy: `Wait for it to end, or choose another --shard or --out. A lock that is left over is taken after ${STALE_MS / 1000} s.`,
  });
