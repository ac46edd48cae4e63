// Whether an engine is silent. A worker that was closed from within, or whose driver hangs, raises no error: it is asked for a
// sign of life now and then, and its run for a sign of work. Beats are counted, not seconds: the timers of a page in the
// background, or on a machine that slept, come late, and so do its messages.

/**
 * `no-answer`: its thread does nothing, or one thing for long; `no-work`: it answers, and its run stands still; `no-end`: it was told
 * to stop and has not.
 */
export type Silence = 'no-answer' | 'no-work' | 'no-end';

const BEAT_MS = 2_500;
/** Beats until it is said; 20, 30 and about 6 seconds. What a page shows is a question to the user, so none of them is a failure. */
const LIMITS: Record<Silence, number> = { 'no-answer': 8, 'no-work': 12, 'no-end': 3 };
const KINDS = Object.keys(LIMITS) as Silence[];

export class Watchdog {
  private readonly beats: Record<Silence, number> = { 'no-answer': 0, 'no-work': 0, 'no-end': 0 };
  /** Trained now, though it may be given up on the page. */
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

  /** From when the engine is ready. */
  start(): void {
    this.end();
    this.timer = setInterval(() => this.beat(), BEAT_MS);
  }

  /** Nothing is expected any more. */
  end(): void {
    clearInterval(this.timer);
    this.began(null);
    this.heard();
  }

  /** A run was given to it. */
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

  /** Something came from it. */
  heard(): void {
    this.beats['no-answer'] = 0;
    this.tell();
  }

  /** Something came from it about a run. */
  worked(runId: string, { paused, over }: { paused?: boolean; over?: boolean }): void {
    if (runId !== this.runId) return;
    this.isPaused = paused ?? this.isPaused;
    if (over) this.began(null);
    this.beats['no-work'] = 0;
    this.tell();
  }

  private beat(): void {
    // What was asked is enough once it is silent: it will answer that, or nothing.
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
