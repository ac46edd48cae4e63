// Whether an engine is silent. A worker that closed itself, or whose driver hangs, raises no error; so the page sends it a ping
// now and then, and expects progress of its run. Counts ticks and not seconds, because timers of a background page, or on a
// machine that slept, come late, and so do its messages.

/**
 * `no-answer`: its thread is blocked; `no-work`: it answers, but its run makes no progress; `no-end`: it was told to stop and
 * has not.
 */
export type Silence = 'no-answer' | 'no-work' | 'no-end';

const BEAT_MS = 2_500;
/** Ticks until it counts as silent: 20, 30 and about 6 seconds. The page then asks the user, so none of them is a failure. */
const LIMITS: Record<Silence, number> = { 'no-answer': 8, 'no-work': 12, 'no-end': 3 };
const KINDS = Object.keys(LIMITS) as Silence[];

export class Watchdog {
  private readonly beats: Record<Silence, number> = { 'no-answer': 0, 'no-work': 0, 'no-end': 0 };
  /** The run in training, even if the page has given up on it. */
  private runId: string | null = null;
  private isPaused = false;
  private isStopping = false;
  private said: Silence | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly ping: () => void;
  private readonly onChange: (silence: Silence | null) => void;

  constructor(ping: () => void, onChange: (silence: Silence | null) => void) {
    this.ping = ping;
    this.onChange = onChange;
  }

  /** Starts to watch when the engine is ready. */
  start(): void {
    this.end();
    this.timer = setInterval(() => this.beat(), BEAT_MS);
  }

  /** Stops watching. */
  end(): void {
    clearInterval(this.timer);
    this.began(null);
    this.heard();
  }

  /** The engine was given a run. */
  began(runId: string | null): void {
    this.runId = runId;
    this.isPaused = false;
    this.isStopping = false;
    this.beats['no-work'] = 0;
    this.beats['no-end'] = 0;
    this.tell();
  }

  stopping(runId: string): void {
    if (runId === this.runId) this.isStopping = true;
  }

  /** The engine sent any message. */
  heard(): void {
    this.beats['no-answer'] = 0;
    this.tell();
  }

  /** The engine sent a message about a run. */
  worked(runId: string, { paused, over }: { paused?: boolean; over?: boolean }): void {
    if (runId !== this.runId) return;
    this.isPaused = paused ?? this.isPaused;
    if (over) this.began(null);
    this.beats['no-work'] = 0;
    this.tell();
  }

  private beat(): void {
    // Once it is silent no further pings are sent: it answers the open ones, or nothing.
    if (this.beats['no-answer'] < LIMITS['no-answer']) {
      this.beats['no-answer']++;
      this.ping();
    }
    if (this.runId !== null && !this.isPaused) this.beats['no-work']++;
    if (this.isStopping) this.beats['no-end']++;
    this.tell();
  }

  private tell(): void {
    const silence = KINDS.find((kind) => this.beats[kind] >= LIMITS[kind]) ?? null;
    if (silence === this.said) return;
    this.said = silence;
    this.onChange(silence);
  }
}
