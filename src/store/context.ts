// What the slices share: the client, and everything of the browser that the store touches, so that tests in Node run
// the whole store against a scripted worker.
import type { TrainClient, WorkerLike } from '../client/trainClient.ts';
import type { Checkpoint } from '../engine/protocol/checkpoint.ts';
import type { GetState, SetState } from './state.ts';

export interface CheckpointStore {
  /** Holds the run for this tab until the page goes away or the returned function is called. */
  hold(runId: string): () => void;
  /** @throws when storage is blocked or full */
  save(checkpoint: Checkpoint): Promise<void>;
  /** The latest checkpoint of a run that no open tab is training. */
  findUnfinished(): Promise<Checkpoint | null>;
  discard(runId: string): Promise<void>;
}

export interface Environment {
  createWorker(): WorkerLike;
  /** What the address says of the experiment and the view, with or without a question mark. */
  readQuery(): string;
  writeQuery(query: string): void;
  /** A file that ships with the page. @throws when there is none */
  fetchFile(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Offers a file to the user. */
  saveFile(name: string, bytes: Uint8Array): void;
  newRunId(): string;
  checkpoints: CheckpointStore;
}

export interface Context {
  set: SetState;
  get: GetState;
  env: Environment;
  client: TrainClient;
}
