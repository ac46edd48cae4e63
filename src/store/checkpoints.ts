// Checkpoints of runs in progress, in IndexedDB, so that a reload can go on. Each run is held by a lock of its tab: a
// second tab neither offers nor removes what the first is still training.
import { type IDBPDatabase, openDB } from 'idb';
import type { Checkpoint } from '../engine/protocol.ts';

const STORE = 'checkpoints';
const KEEP = 3;

let database: Promise<IDBPDatabase> | null = null;

function open(): Promise<IDBPDatabase> {
  database ??= openDB('multitab-workbench', 1, {
    upgrade: (db) => {
      db.createObjectStore(STORE, { keyPath: 'runId' });
    },
  });
  return database;
}

const lockName = (runId: string) => `run ${runId}`;

/** Holds the run for this tab until the page goes away or `release` is called. */
export function holdRun(runId: string): () => void {
  let release = () => {};
  if (navigator.locks) {
    void navigator.locks.request(lockName(runId), () => new Promise<void>((resolve) => (release = resolve)));
  }
  return () => release();
}

async function heldRuns(): Promise<Set<string>> {
  const state = await navigator.locks?.query();
  return new Set((state?.held ?? []).map((lock) => lock.name ?? ''));
}

/** @throws when storage is blocked or full */
export async function saveCheckpoint(checkpoint: Checkpoint): Promise<void> {
  const db = await open();
  await db.put(STORE, checkpoint);
  const all = (await db.getAll(STORE)) as Checkpoint[];
  const held = await heldRuns();
  const old = all
    .filter((c) => c.runId !== checkpoint.runId && !held.has(lockName(c.runId)))
    .sort((a, b) => b.savedAt - a.savedAt)
    .slice(KEEP - 1);
  await Promise.all(old.map((c) => db.delete(STORE, c.runId)));
}

/** The latest checkpoint of a run that no open tab is training. */
export async function findUnfinished(): Promise<Checkpoint | null> {
  const db = await open();
  const all = (await db.getAll(STORE)) as Checkpoint[];
  const held = await heldRuns();
  const free = all.filter((c) => c.version === 1 && !held.has(lockName(c.runId)));
  return free.sort((a, b) => b.savedAt - a.savedAt)[0] ?? null;
}

export async function discardCheckpoint(runId: string): Promise<void> {
  const db = await open();
  await db.delete(STORE, runId);
}
