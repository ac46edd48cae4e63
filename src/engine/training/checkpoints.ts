// What a session stores to resume exactly: position, measurements, and the networks in training. Written periodically, when a
// run pauses, and when it stops.
import { WorkbenchError } from '../core/errors.ts';
import type { Note } from '../core/notes.ts';
import type { Role } from '../core/roles.ts';
import { CHECKPOINT_VERSION, type Checkpoint } from '../protocol/checkpoint.ts';
import type { SeedResult } from '../protocol/result.ts';
import type { Tested } from './comparison.ts';
import type { NetworkInTraining, NetworkState } from './networkInTraining.ts';
import type { RateSearch } from './rateSearch.ts';

/** Training time before the first checkpoint, so that a crash never loses a whole short run. */
const FIRST_MS = 1_000;
/** Least time between two automatic checkpoints. */
const INTERVAL_MS = 10_000;
/** Least time between two requested checkpoints. */
const ASKED_MS = 1_000;
/** Slow checkpoints are rarer: they take at most 1/SHARE of the time. */
const SHARE = 20;

/** The position of the next step of a seed. */
export interface Position {
  stage: number;
  /** Counts from 1. */
  epoch: number;
  batch: number;
}

/** The part of a checkpoint that is not tensors. */
export interface SessionState extends Position {
  /** State of the stage's networks by role; empty during the rate search, and after the stage has been tested. */
  parts: Record<string, NetworkState>;
  /** Networks of this seed that have been tested already. */
  tested: Tested[];
  /** Learning rates tried so far. */
  rates: RateSearch['trials'];
  finished: SeedResult[];
  /** Notes about weights and networks; older checkpoints have none. */
  notes?: Note[];
  /** Run time before the checkpoint, pauses included. */
  elapsedMs: number;
}

export const sessionStateOf = (checkpoint: Checkpoint | undefined): SessionState | undefined =>
  checkpoint?.state as SessionState | undefined;

/** @throws WorkbenchError (file) if the checkpoint's epochs were chosen by another rule than the current one */
export function requireCurrent({ version }: { version: number }): void {
  if (version === CHECKPOINT_VERSION) return;
  throw WorkbenchError.of('file', {
    path: 'checkpoint.version',
    expected: String(CHECKPOINT_VERSION),
    got: String(version),
    remedy: 'It was written by another version of the workbench: go on there, or run again from the start.',
  });
}

/**
 * Checks that a stored seed is one of this experiment.
 * @param stages - roles of the networks of each stage
 * @throws WorkbenchError (file) if it has tested other networks than those of the stages before its own, or on other tasks
 */
export function requireStages(
  { stage, tested }: Pick<SessionState, 'stage' | 'tested'>,
  stages: readonly (readonly Role[])[],
  tasks: number,
): void {
  if (stage > stages.length) throw ofOther('stage', `one up to ${stages.length}`, String(stage));
  const wanted = stages.slice(0, stage).flat().sort().join(', ');
  const got = tested.map(({ result }) => result.role).sort();
  if (got.join(', ') !== wanted) throw ofOther('tested', `results of ${wanted || 'nothing'}`, got.join(', '));
  const odd = tested.find(({ result }) => result.test.length !== tasks || result.validation.length !== tasks);
  if (odd) throw ofOther(`tested, ${odd.result.role}`, `scores of ${tasks} tasks`, 'of others');
}

const ofOther = (place: string, expected: string, got: string) =>
  WorkbenchError.of('file', {
    path: `checkpoint.${place}`,
    expected,
    got,
    remedy: 'It is of another experiment, or damaged: run again from the start.',
  });

/** Tensors by role and name, and states by role. */
export async function saveNetworks(
  networks: readonly NetworkInTraining[],
): Promise<Pick<Checkpoint, 'tensors'> & Pick<SessionState, 'parts'>> {
  const tensors: Record<string, Float32Array> = {};
  const parts: Record<string, NetworkState> = {};
  for (const network of networks) {
    const saved = await network.save();
    Object.assign(tensors, saved.tensors);
    parts[network.role] = saved.state;
  }
  return { tensors, parts };
}

/**
 * The inverse of `saveNetworks`, for the networks of the checkpoint's stage.
 * @returns false if none of them had begun
 */
export function restoreNetworks(networks: readonly NetworkInTraining[], checkpoint: Checkpoint): boolean {
  const parts = sessionStateOf(checkpoint)?.parts ?? {};
  if (Object.keys(parts).length === 0) return false;
  for (const network of networks) {
    const state = parts[network.role];
    if (!state) throw ofOther('parts', `a state of the ${network.role}`, 'none');
    network.load(checkpoint.tensors, state);
  }
  return true;
}

/** What a run knows besides the seed in training. */
export type RunSoFar = Pick<Checkpoint, 'runId' | 'experiment' | 'file' | 'weights' | 'seeds'> &
  Pick<SessionState, 'rates' | 'finished' | 'notes' | 'elapsedMs'>;

/** The seed in training. */
export interface SavedSeed {
  readonly seedIndex: number;
  readonly position: Position;
  /** Steps taken by the network in training that is not a baseline; by the baseline if it trains alone. */
  readonly step: number;
  readonly scores: { readonly tested: Tested[] };
  saveNetworks(): ReturnType<typeof saveNetworks>;
}

export async function checkpointOf(run: RunSoFar, seed: SavedSeed): Promise<Checkpoint> {
  const { rates, finished, notes, elapsedMs, ...given } = run;
  const { seedIndex, position, step } = seed;
  const { tensors, parts } = await seed.saveNetworks();
  const { tested } = seed.scores;
  // Copied, because training continues to change the arrays.
  const state: SessionState = structuredClone({
    ...position,
    parts,
    tested,
    rates,
    finished,
    notes,
    elapsedMs,
  });
  const { epoch } = position;
  const savedAt = Date.now();
  return { version: CHECKPOINT_VERSION, ...given, seedIndex, epoch, step, savedAt, tensors, state };
}

/** Decides when the next checkpoint is due. */
export class CheckpointClock {
  private readonly now: () => number;
  /** Time of the last checkpoint, or of the first step. */
  private last: number | null = null;
  private interval = FIRST_MS;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** Called after every step. @param isAsked - whether a checkpoint was requested */
  isDue(isAsked: boolean): boolean {
    this.last ??= this.now();
    return this.now() - this.last >= (isAsked ? Math.min(ASKED_MS, this.interval) : this.interval);
  }

  /** @param tookMs - time for reading the networks */
  written(tookMs: number): void {
    this.last = this.now();
    this.interval = Math.max(INTERVAL_MS, SHARE * tookMs);
  }
}
