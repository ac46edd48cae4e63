// The files of `multitab run`: result, weights and events. If one cannot be written, the others still are.
import { createWriteStream, type WriteStream } from 'node:fs';
import { formatIssue, toErrorReport } from '../engine/core/errors.ts';
import type { RunResult } from '../engine/protocol/result.ts';
import type { RunEvent } from '../engine/protocol/run.ts';
import type { FinishedSession } from '../engine/training/session.ts';
import { Destination, requireApart } from './destination.ts';
import type { Output } from './endings.ts';
import { toJson } from './json.ts';
import { filesRead, type RunOptions } from './options.ts';
import { unwritable } from './systemFault.ts';

/** The file of --out, for commands that write no other; null where it goes to stdout. */
export async function outOf(options: RunOptions): Promise<Destination | null> {
  await requireApart([['--out', options.out]], filesRead(options));
  return options.out === undefined ? null : Destination.probe('--out', options.out);
}

export class RunOutputs {
  /** A write failed; stderr has the reason. */
  failed = false;
  private readonly result: Destination | null;
  private readonly weights: Destination | null;
  private readonly eventsPlace: Destination | null;
  /** Opened by the first event: what is refused before it leaves an earlier file as it was. */
  private events: WriteStream | null = null;
  private exported: Uint8Array | null = null;
  private areWeightsRefused = false;
  private eventsFailed = false;

  private constructor(result: Destination | null, weights: Destination | null, events: Destination | null) {
    this.result = result;
    this.weights = weights;
    this.eventsPlace = events;
  }

  /** @throws WorkbenchError if one of the files cannot be written, or is another one that the command reads or writes */
  static async probe(options: RunOptions): Promise<RunOutputs> {
    const written = ['out', 'save-weights', 'events', 'checkpoint'] as const;
    await requireApart(
      written.map((option) => [`--${option}`, options[option]]),
      filesRead(options),
    );
    const at = async (option: 'out' | 'save-weights' | 'events') => {
      const path = options[option];
      return path ? Destination.probe(`--${option}`, path) : null;
    };
    return new RunOutputs(await at('out'), await at('save-weights'), await at('events'));
  }

  get hasFiles(): boolean {
    return this.result !== null || this.weights !== null || this.eventsPlace !== null;
  }

  /** Writes or keeps the part of an event that belongs into a file. */
  keep(event: RunEvent): void {
    if (event.type === 'checkpoint') return;
    if (event.type === 'weights') {
      this.exported = event.bytes;
      return;
    }
    if (event.type === 'weights-refused') {
      this.areWeightsRefused = true;
      this.fail(`--save-weights: ${formatIssue(event.issue)}`);
    }
    if (this.eventsPlace && !this.eventsFailed) this.stream(this.eventsPlace).write(`${toJson(event)}\n`);
  }

  /** Events are written as they arrive, so that a reader can follow. */
  private stream({ path }: Destination): WriteStream {
    if (this.events) return this.events;
    this.events = createWriteStream(path);
    this.events.on('error', (error) => {
      this.eventsFailed = true;
      this.fail(`${unwritable('--events', path, error).message} Events are missing from here on.`);
    });
    return this.events;
  }

  /** Writes the result; to stdout if the file cannot be written, so that it is not lost. */
  async writeResult(result: RunResult, stdout: Output, lines: boolean): Promise<void> {
    if (!this.result) {
      if (!stdout.isTTY) stdout.write(`${toJson(result)}\n`);
      return;
    }
    try {
      await this.result.write(`${toJson(result, 1)}\n`);
    } catch (error) {
      this.fail(`${toErrorReport(error).message} The result follows on stdout.`);
      stdout.write(`${toJson(result)}\n`);
      return;
    }
    if (lines)
      stdout.write(`${toJson({ type: 'result-written', file: this.result.path, status: result.status })}\n`);
  }

  async writeWeights(session: FinishedSession): Promise<void> {
    if (!this.weights) return;
    try {
      if (session.inspection) await session.exportWeights('model');
      if (this.exported) await this.weights.write(this.exported);
      else if (!this.areWeightsRefused)
        this.fail(
          '--save-weights: expected the weights of the model, got none: the run ended before it had any.',
        );
    } catch (error) {
      this.fail(toErrorReport(error).message);
    }
  }

  /** Waits until the last event is written. */
  async finishEvents(): Promise<void> {
    const { events } = this;
    if (!events || this.eventsFailed) return;
    await new Promise<void>((resolve) => {
      events.on('error', () => resolve());
      events.end(() => resolve());
    });
  }

  private fail(message: string): void {
    this.failed = true;
    process.stderr.write(`error: ${message}\n`);
  }
}
