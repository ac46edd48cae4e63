// An HDF5 file that is read in a thread of its own. The library loops for ever on some damaged files, and on others breaks its own
// memory; a thread can be ended, and no other file sees what is left of it. The platform says how a thread starts.
import { type ProgressSink, UNWATCHED } from '../progress.ts';
import type { Answer, Item, Question, Values } from './hdf5Server.mjs';
import { damagedFile, plain, refuse } from './limits.ts';

/** A thread that runs hdf5Server.mjs. */
export interface Hdf5Thread {
  post(question: Question, transfer: ArrayBuffer[]): void;
  end(): void;
}

/** What a thread says. */
export interface Hdf5Listener {
  answered(answer: Answer): void;
  /** It does not start, or ended by itself. */
  failed(message: string): void;
}

export type StartHdf5Thread = (listener: Hdf5Listener) => Hdf5Thread;

/** Beats are counted, not seconds: a machine that slept or is busy elsewhere lets them come late, and the thread's work too. */
const BEAT_MS = 250;
/** Of silence, beside what many values take: 10 seconds. */
const PATIENCE = 40;
const CELLS_PER_BEAT = 500_000;

let start: StartHdf5Thread | null = null;
let patience = PATIENCE;

/**
 * Once per worker or process, as a TensorFlow.js backend is registered.
 * @param beats - of a quarter of a second that a file may take to answer
 */
export function readHdf5In(startThread: StartHdf5Thread, beats = PATIENCE): void {
  start = startThread;
  patience = beats;
}

export interface Hdf5File {
  item(path: string): Promise<Item>;
  /** @param cells - that the file claims */
  values(path: string, cells: number): Promise<Values | null>;
  end(): void;
}

/** The library tells every level of its calls in a line of its own: the last is closest to what is wrong. */
const DEEPEST = /.*#\d+: [^\n]* in \w+\(\): ([^\n]+)/s;

function faultOf({ fault, isInner }: { fault: string; isInner: boolean }, name: string, place: string) {
  const [, bits] = /^float(\d+) not supported/i.exec(fault) ?? [];
  if (bits !== undefined)
    return refuse(
      `${name}, ${place}`,
      'numbers of 16, 32 or 64 bits',
      `float${bits}`,
      'Write them with dtype float64.',
    );
  return damagedFile('HDF5', name, new (isInner ? RangeError : Error)(DEEPEST.exec(fault)?.[1] ?? fault));
}

/**
 * @param name - of the file, for messages
 * @throws WorkbenchError (file), and what `progress` throws
 */
export async function openHdf5(
  blob: Blob,
  name: string,
  progress: ProgressSink = UNWATCHED,
): Promise<Hdf5File> {
  if (!start)
    throw new Error('openHdf5: expected readHdf5In to be called before a file is read, got no thread.');
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let isReady = false;
  /** Why nothing more can be asked. */
  let failure: unknown = null;
  let asked: {
    limit: number;
    place: string;
    resolve(answer: unknown): void;
    reject(error: unknown): void;
  } | null = null;
  let silent = 0;
  const fail = (error: unknown) => {
    failure ??= error;
    asked?.reject(failure);
    asked = null;
  };
  const thread = start({
    answered(answer) {
      silent = 0;
      if ('ready' in answer) isReady = true;
      else if ('answer' in answer) {
        asked?.resolve(answer.answer);
        asked = null;
      } else fail(faultOf(answer, name, asked?.place ?? ''));
    },
    failed: (message) =>
      fail(
        isReady
          ? damagedFile('HDF5', name, new Error(message))
          : refuse(
              name,
              'the library that reads HDF5',
              `none: ${message}`,
              'The file may be whole: try again, or write the table as Parquet or CSV.',
            ),
      ),
  });
  const pulse = setInterval(() => {
    // Whoever has had enough throws.
    void progress(0, 'reading the file').catch(fail);
    // How long the library takes to come over a network says nothing about the file.
    if (!isReady || !asked || ++silent <= asked.limit) return;
    fail(
      refuse(
        name,
        'a whole HDF5 file',
        `no end of reading ${asked.place} after ${plain(Math.round((asked.limit * BEAT_MS) / 1000))} s`,
        'It is damaged, or this computer is very busy: get it again, or write the table as Parquet or CSV.',
      ),
    );
  }, BEAT_MS);

  const ask = (question: Question, place: string, cells: number, transfer: ArrayBuffer[] = []) =>
    new Promise<unknown>((resolve, reject) => {
      asked = { limit: patience + Math.ceil(cells / CELLS_PER_BEAT), place, resolve, reject };
      silent = 0;
      if (failure === null) thread.post(question, transfer);
      else fail(failure);
    });
  const file: Hdf5File = {
    item: async (path) => (await ask({ ask: 'item', path }, path, 0)) as Item,
    values: async (path, cells) => (await ask({ ask: 'values', path }, path, cells)) as Values | null,
    end() {
      clearInterval(pulse);
      thread.end();
    },
  };
  try {
    await ask({ ask: 'open', bytes }, 'its beginning', bytes.length / 8, [bytes.buffer]);
    return file;
  } catch (error) {
    file.end();
    throw error;
  }
}
