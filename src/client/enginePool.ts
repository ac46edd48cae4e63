// The engines of the page: each is a worker with its own backend and trains one run at a time. They are started as runs need
// them, up to a limit. Commands about a run go to the engine that has its networks, all others to the first.
import type { ErrorReport } from '../engine/core/errors.ts';
import type { BackendReport, BackendRequest } from '../engine/protocol/backend.ts';
import type { Command, Event } from '../engine/protocol/messages.ts';
import { type AnswerTo, type QuestionBody, TrainClient, type WorkerLike } from './trainClient.ts';
import { type Silence, Watchdog } from './watchdog.ts';

export type EngineId = number;

export interface EngineState {
  id: EngineId;
  status: 'starting' | 'ready' | 'failed';
  backend: BackendReport | null;
  /** Why it failed. */
  error: ErrorReport | null;
  /** The run that it trains, or trained when it was lost; null if it is free. */
  runId: string | null;
  /** Which answer is overdue for so long that the user is asked to decide. */
  silence: Silence | null;
}

export interface Loss {
  error: ErrorReport;
  /** `device`: the GPU is lost; `backend`: no backend started; `engine`: the worker died or did not start. */
  cause: 'device' | 'backend' | 'engine';
}

export interface PoolHandlers {
  onChange(engines: readonly EngineState[]): void;
  onEvent(event: Event, from: EngineId): void;
  /** The engine is stopped, and keeps the name of its run until `restart`, `close` or `release`. */
  onLoss(lost: EngineState, loss: Loss): void;
}

type RunCommand = Extract<Command, { type: 'run' }>;
type OpenCommand = Extract<Command, { type: 'open' }>;
/** All commands except those that the pool itself sends. */
export type RoutedCommand = Exclude<
  Command,
  { requestId: number } | { type: 'start' | 'ping' | 'run' | 'open' }
>;

interface Engine {
  state: EngineState;
  client: TrainClient;
  watchdog: Watchdog;
  /** Commands that wait until it is ready. */
  pending: Command[];
  startTimer?: ReturnType<typeof setTimeout>;
}

const HOME: EngineId = 1;
/** A driver may hang without an error; a working one never takes this long. */
const START_MS = 60_000;

const isFree = ({ status, runId }: EngineState): boolean => status === 'ready' && runId === null;

/** Whether one of these engines, or one more, would take a run. */
export const canTakeRun = (engines: readonly EngineState[], limit: number): boolean =>
  engines.some(isFree) || (engines.length < limit && engines[0]?.status === 'ready');

export class EnginePool {
  private readonly engines: Engine[] = [];
  /** The engine that has the networks of a run: the one that trained it, until it takes another. */
  private readonly holders = new Map<string, Engine>();
  private request: BackendRequest = { backend: 'auto', allowSoftwareAdapter: false };
  private nextId = HOME;
  private readonly handlers: PoolHandlers;
  private readonly create: () => WorkerLike;
  readonly limit: number;

  constructor(handlers: PoolHandlers, create: () => WorkerLike, limit: number) {
    this.handlers = handlers;
    this.create = create;
    this.limit = limit;
    this.add();
  }

  get states(): readonly EngineState[] {
    return this.engines.map((engine) => engine.state);
  }

  /** Restarts an engine and drops its work; engines started later use this request as well. */
  restart(id: EngineId, request: BackendRequest): void {
    const engine = this.engines.find((e) => e.state.id === id);
    if (!engine) return;
    this.request = request;
    this.forget(engine);
    this.start(engine);
  }

  /** Closes an engine; the first one always stays. */
  close(id: EngineId): void {
    const engine = this.engines.find((e) => e.state.id === id);
    if (!engine || id === HOME) return;
    this.end(engine, 'it was closed');
    this.forget(engine);
    this.engines.splice(this.engines.indexOf(engine), 1);
    this.changed();
  }

  /** Whether an engine would take a run now. */
  get canRun(): boolean {
    return canTakeRun(this.states, this.limit);
  }

  /** How many runs could begin now. */
  get room(): number {
    return this.states.filter(isFree).length + Math.max(0, this.limit - this.engines.length);
  }

  /** Gives the run to a free engine, or to a new one; false if all are taken. */
  run(command: Omit<RunCommand, 'type'>): boolean {
    const { runId } = command;
    const engine = this.engines.find((e) => isFree(e.state)) ?? this.more();
    if (!engine) return false;
    this.forget(engine);
    this.holders.set(runId, engine);
    engine.watchdog.began(runId);
    this.change(engine, { runId });
    this.deliver(engine, { type: 'run', ...command });
    return true;
  }

  /** Loads the networks of an ended run into a free engine, or into a new one; false if all are taken. */
  open(command: Omit<OpenCommand, 'type'>): boolean {
    const engine = this.engines.find((e) => isFree(e.state)) ?? this.more();
    if (!engine) return false;
    this.forget(engine);
    this.holders.set(command.runId, engine);
    this.deliver(engine, { type: 'open', ...command });
    return true;
  }

  /** Whether an engine has the networks of a run, or trains them. */
  holds(runId: string): boolean {
    return this.holders.has(runId);
  }

  /** The engine could not load the networks of the run. */
  lost(runId: string): void {
    this.holders.delete(runId);
  }

  /** The run is over: its engine can take another run, and keeps the networks until then. */
  release(runId: string): void {
    const engine = this.engines.find((e) => e.state.runId === runId);
    if (engine) this.change(engine, { runId: null });
  }

  /** The engine that answers questions about a run. */
  engineOf(runId: string | null): EngineId {
    return this.holderOf(runId).state.id;
  }

  send(command: RoutedCommand): void {
    // Tables are read for the experiment on the left.
    const engine = 'runId' in command ? this.holderOf(command.runId) : this.home;
    if (command.type === 'stop') engine.watchdog.stopping(command.runId);
    this.deliver(engine, command);
  }

  /** Asks a question that belongs to no run. */
  ask<Q extends QuestionBody>(question: Q): Promise<AnswerTo<Q>> {
    return this.home.client.ask(question);
  }

  private get home(): Engine {
    return this.engines[0] as Engine;
  }

  private holderOf(runId: string | null): Engine {
    return (runId !== null && this.holders.get(runId)) || this.home;
  }

  private add(): Engine {
    const id = this.nextId++;
    const engine: Engine = {
      state: { id, status: 'starting', backend: null, error: null, runId: null, silence: null },
      pending: [],
      watchdog: new Watchdog(
        () => engine.client.send({ type: 'ping' }),
        (silence) => this.change(engine, { silence }),
      ),
      client: new TrainClient(
        {
          onEvent: (event) => this.receive(engine, event),
          onDeath: (error) => this.lose(engine, { error, cause: 'engine' }),
        },
        this.create,
      ),
    };
    this.engines.push(engine);
    return engine;
  }

  private more(): Engine | null {
    if (this.engines.length >= this.limit) return null;
    const engine = this.add();
    this.start(engine);
    return engine;
  }

  private start(engine: Engine): void {
    const { request } = this;
    this.end(engine, 'the engine was restarted');
    this.change(engine, { status: 'starting', backend: null, error: null, runId: null });
    engine.client.restart();
    engine.client.send({ type: 'start', request });
    engine.startTimer = setTimeout(() => {
      const wanted = request.backend === 'auto' ? 'one' : request.backend;
      const message = `backend: expected ${wanted} to start within a minute, got no answer. Restart the engine, or choose wasm.`;
      this.lose(engine, { error: { kind: 'backend', message, issues: [] }, cause: 'engine' });
    }, START_MS);
  }

  private end(engine: Engine, reason: string): void {
    clearTimeout(engine.startTimer);
    engine.watchdog.end();
    engine.client.stop(reason);
    engine.pending = [];
  }

  private lose(engine: Engine, loss: Loss): void {
    this.end(engine, loss.error.message);
    this.change(engine, { status: 'failed', backend: null, error: loss.error });
    this.handlers.onLoss(engine.state, loss);
  }

  private receive(engine: Engine, event: Event): void {
    if (event.type === 'backend-lost') {
      this.lose(engine, { error: event.error, cause: event.device ? 'device' : 'backend' });
      return;
    }
    const { watchdog } = engine;
    watchdog.heard();
    if (event.type === 'pong') return;
    if ('runId' in event && event.runId !== null)
      watchdog.worked(event.runId, {
        over: event.type === 'run-finished' || event.type === 'run-failed',
        paused: event.type === 'state' ? event.state === 'paused' : undefined,
      });
    if (event.type === 'backend') {
      clearTimeout(engine.startTimer);
      watchdog.start();
      this.change(engine, { status: 'ready', backend: event.report });
      for (const command of engine.pending.splice(0)) engine.client.send(command);
    }
    this.handlers.onEvent(event, engine.state.id);
  }

  private deliver(engine: Engine, command: Command): void {
    // The first commands about a run wait for the engine that is starting for it.
    const waits = engine.state.status === 'starting' && engine.state.id !== HOME;
    if (waits) engine.pending.push(command);
    else engine.client.send(command);
  }

  /** Drops the networks of earlier runs. */
  private forget(engine: Engine): void {
    for (const [runId, holder] of this.holders) if (holder === engine) this.holders.delete(runId);
  }

  private change(engine: Engine, part: Partial<EngineState>): void {
    engine.state = { ...engine.state, ...part };
    this.changed();
  }

  private changed(): void {
    this.handlers.onChange(this.states);
  }
}
