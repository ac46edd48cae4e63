// Writes runs to storage while they train: the record shortly after a change, and at once when a run begins or ends; losses and
// answers periodically; networks at the end. One write at a time, and a failed write never fails the run: what cannot be stored
// stays in the memory of the page and is tried again when there is room.
import type { KeptNetworks } from '../engine/protocol/keptNetworks.ts';
import type { Environment } from './context.ts';
import { within } from './deadline.ts';
import type { RunEntry } from './runEntry.ts';
import { capturesOf } from './runParts.ts';
import { isOver, type RunRecord } from './runRecord.ts';
import { storedSeries } from './series.ts';
import type { GetState } from './state.ts';

/** Milliseconds between a change of a record and its write, and the longest that a change waits. */
const RECORD_MS = 2_000;
/** Milliseconds between two writes of losses and answers of a run in progress. */
const PARTS_MS = 15_000;
/** Milliseconds after which a write counts as failed. */
const WRITE_MS = 60_000;
const NO_ANSWER = 'expected a run to be written within a minute, got no answer';

export interface KeeperEvents {
  onKept(entry: RunEntry): void;
  /** Called with the reason when a write fails. */
  onTrouble(error: unknown): void;
}

type Write = 'record' | 'parts' | 'networks';

export class RunKeeper {
  /** Networks that are not stored, or not yet. */
  private readonly networks = new Map<string, KeptNetworks>();
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly partsWrittenAt = new Map<string, number>();
  /** What storage refused, by run. */
  private readonly unwritten = new Map<string, Set<Write>>();
  private readonly writers: Record<Write, (runId: string) => Promise<RunEntry | null>> = {
    record: (runId) => this.putRecord(runId),
    parts: (runId) => this.putParts(runId),
    networks: (runId) => this.putNetworks(runId),
  };
  private queue: Promise<unknown> = Promise.resolve();
  private readonly env: Pick<Environment, 'runs'>;
  private readonly get: GetState;
  private readonly events: KeeperEvents;

  constructor(env: Pick<Environment, 'runs'>, get: GetState, events: KeeperEvents) {
    this.env = env;
    this.get = get;
    this.events = events;
  }

  /** Ids of runs of which some part exists only in the memory of the page. */
  get unkept(): string[] {
    return [...this.unwritten.keys()];
  }

  /** The record has changed. */
  changed(run: RunRecord, before: RunRecord | undefined): void {
    if (run.isExample) return;
    const { runId } = run;
    const isTurn = before === undefined || before.status !== run.status;
    if (!isTurn) {
      if (!this.timers.has(runId))
        this.timers.set(
          runId,
          setTimeout(() => this.write(runId), RECORD_MS),
        );
      return;
    }
    void this.write(runId);
  }

  keepNetworks(runId: string, networks: KeptNetworks): void {
    this.networks.set(runId, networks);
    void this.attempt(runId, 'networks');
  }

  /** The networks of a run: from memory if they are not stored. */
  async networksOf(runId: string): Promise<KeptNetworks | null> {
    return this.networks.get(runId) ?? (await this.env.runs.getNetworks(runId));
  }

  /** Writes everything that is pending for a run, deferrable parts included. */
  async write(runId: string): Promise<void> {
    clearTimeout(this.timers.get(runId));
    this.timers.delete(runId);
    const run = this.recordOf(runId);
    if (!run) return;
    const writes: Promise<void>[] = [this.attempt(runId, 'record')];
    const partsAt = this.partsWrittenAt.get(runId) ?? 0;
    if (isOver(run.status) || Date.now() - partsAt > PARTS_MS) {
      this.partsWrittenAt.set(runId, Date.now());
      writes.push(this.attempt(runId, 'parts'));
    }
    if (this.networks.has(runId)) writes.push(this.attempt(runId, 'networks'));
    await Promise.all(writes);
  }

  /** A network of a run that is over has answered. */
  answered(runId: string): void {
    if (!this.timers.has(runId))
      this.timers.set(
        runId,
        setTimeout(() => this.write(runId), RECORD_MS),
      );
  }

  /** Writes the final state of a run that leaves the page. */
  leave(run: RunRecord): void {
    this.forget(run.runId);
    if (run.isExample) return;
    this.queue = this.queue.then(async () => {
      try {
        this.events.onKept(await this.env.runs.put(run));
      } catch (error) {
        this.events.onTrouble(error);
      }
    });
  }

  /** Tries refused writes again. */
  async retry(): Promise<void> {
    const again = [...this.unwritten].flatMap(([runId, writes]) =>
      [...writes].map((write) => [runId, write] as const),
    );
    this.unwritten.clear();
    for (const [runId, write] of again) await this.attempt(runId, write);
  }

  /** Drops all pending writes of a run. */
  forget(runId: string): void {
    clearTimeout(this.timers.get(runId));
    this.timers.delete(runId);
    this.networks.delete(runId);
    this.unwritten.delete(runId);
  }

  /** Resolves when every requested write has been done or refused. */
  async settled(): Promise<void> {
    await this.queue;
  }

  private recordOf(runId: string): RunRecord | undefined {
    return this.get().runs.find((run) => run.runId === runId);
  }

  private attempt(runId: string, write: Write): Promise<void> {
    const mine = this.queue.then(() => this.tryTo(runId, write));
    this.queue = mine;
    return mine;
  }

  private async tryTo(runId: string, write: Write): Promise<void> {
    try {
      const entry = await within(this.writers[write](runId), WRITE_MS, NO_ANSWER);
      this.isWritten(runId, write);
      if (entry) this.events.onKept(entry);
    } catch (error) {
      const writes = this.unwritten.get(runId) ?? new Set();
      this.unwritten.set(runId, writes.add(write));
      this.events.onTrouble(error);
    }
  }

  private isWritten(runId: string, write: Write): void {
    const writes = this.unwritten.get(runId);
    writes?.delete(write);
    if (writes?.size === 0) this.unwritten.delete(runId);
  }

  private async putRecord(runId: string): Promise<RunEntry | null> {
    const run = this.recordOf(runId);
    return run ? this.env.runs.put(run) : null;
  }

  private async putParts(runId: string): Promise<RunEntry | null> {
    if (!this.recordOf(runId)) return null;
    const series = storedSeries(runId);
    let entry = series.length > 0 ? await this.env.runs.putPart(runId, 'series', series) : null;
    const live = this.get().live[runId];
    const captures = live ? capturesOf(live) : null;
    if (captures) entry = (await this.env.runs.putPart(runId, 'captures', captures)) ?? entry;
    return entry;
  }

  private async putNetworks(runId: string): Promise<RunEntry | null> {
    const networks = this.networks.get(runId);
    if (!networks) return null;
    const entry = await this.env.runs.putNetworks(runId, networks);
    if (entry) this.networks.delete(runId);
    return entry;
  }
}
