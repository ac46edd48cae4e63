// The page's end of one worker: starts it, sends commands, emits events, matches answers to questions, and detects its death.
// Knows the protocol, not the views.
import type { ErrorReport } from '../engine/core/errors.ts';
import type { Command, Event } from '../engine/protocol/messages.ts';

/** The methods of Worker that are used, so that tests can replace it. */
export interface WorkerLike {
  postMessage(message: Command): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<Event>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
}

export interface ClientHandlers {
  onEvent(event: Event): void;
  /** The worker is gone; no events will come until `restart`. */
  onDeath(error: ErrorReport): void;
}

type Question = Extract<Command, { requestId: number }>;
export type QuestionBody = Question extends infer Q
  ? Q extends Question
    ? Omit<Q, 'requestId'>
    : never
  : never;
type Answer = Extract<Event, { requestId: number }>;
/** The type of a question determines that of its answer. */
interface AnswerTypes {
  check: 'checked';
  'preview-table': 'table-previewed';
  'prepare-table': 'table-prepared';
  'describe-data': 'data-described';
}
export type AnswerTo<Q extends QuestionBody> = Extract<Answer, { type: AnswerTypes[Q['type']] }>;

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: ErrorReport): void;
  timer: ReturnType<typeof setTimeout>;
  /** Starts the time limit again. */
  restart(): void;
}

const TIMEOUT_MS = 60_000;

const noAnswer = (reason: string): ErrorReport => ({
  kind: 'backend',
  message: `No answer: ${reason}. Restart the engine.`,
  issues: [],
});

export class TrainClient {
  private worker: WorkerLike | null = null;
  private nextId = 1;
  private readonly waiting = new Map<number, Waiting>();
  private readonly handlers: ClientHandlers;
  private readonly create: () => WorkerLike;

  constructor(handlers: ClientHandlers, create: () => WorkerLike) {
    this.handlers = handlers;
    this.create = create;
  }

  /** Starts a new worker; the work of the old one is dropped. */
  restart(): void {
    this.stop('the engine was restarted');
    const worker = this.create();
    worker.onmessage = ({ data }) => this.receive(data);
    worker.onerror = (event) => {
      event.preventDefault?.();
      this.die(event.message || 'it could not be loaded');
    };
    worker.onmessageerror = () => this.die('it sent something unreadable');
    this.worker = worker;
  }

  /** Commands are dropped while there is no worker; `onDeath` has reported that. */
  send(command: Command): void {
    this.worker?.postMessage(command);
  }

  /** Sends a question; rejects with an ErrorReport when it fails, or when the worker is silent for a minute. */
  ask<Q extends QuestionBody>(question: Q): Promise<AnswerTo<Q>> {
    if (!this.worker) return Promise.reject(noAnswer('the engine is not running'));
    const requestId = this.nextId++;
    return new Promise((resolve, reject) => {
      const startTimer = () =>
        setTimeout(() => {
          this.waiting.delete(requestId);
          reject({
            kind: 'internal',
            message: `${question.type}: expected an answer within a minute, got none.`,
            issues: [],
          });
        }, TIMEOUT_MS);
      const waiting: Waiting = {
        resolve: (answer) => resolve(answer as never),
        reject,
        timer: startTimer(),
        restart() {
          clearTimeout(waiting.timer);
          waiting.timer = startTimer();
        },
      };
      this.waiting.set(requestId, waiting);
      this.send({ ...question, requestId } as Command);
    });
  }

  private receive(event: Event): void {
    if (!('requestId' in event)) {
      // Reading a large table may take longer; its progress extends the time limit.
      if (event.type === 'reading') for (const waiting of this.waiting.values()) waiting.restart();
      this.handlers.onEvent(event);
      return;
    }
    const waiting = this.waiting.get(event.requestId);
    if (!waiting) return;
    this.waiting.delete(event.requestId);
    clearTimeout(waiting.timer);
    if (event.type === 'request-failed') waiting.reject(event.error);
    else waiting.resolve(event);
  }

  private die(reason: string): void {
    this.stop(reason);
    this.handlers.onDeath({
      kind: 'backend',
      message: `The engine stopped: ${reason}. Curves and results so far are kept. Restart it to go on.`,
      issues: [],
    });
  }

  /** Ends the worker for good; open questions are rejected with the reason. */
  stop(reason: string): void {
    this.worker?.terminate();
    this.worker = null;
    for (const { reject, timer } of this.waiting.values()) {
      clearTimeout(timer);
      reject(noAnswer(reason));
    }
    this.waiting.clear();
  }
}
