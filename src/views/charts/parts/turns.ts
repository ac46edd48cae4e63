// Charts take turns: when new points arrive for many of them, each is rendered in its own frame, with a pause in between. One
// recharts chart costs a few milliseconds: thirty at once would block the page for far longer than 50 ms, and all of them ten
// times a second would slow the training.

type Job = () => void;

/**
 * Runs queued jobs one at a time, in order; a key that is queued again keeps its place and takes the newer job. First jobs of a
 * key run frame by frame, later ones after a pause.
 */
export class TurnQueue {
  private readonly jobs = new Map<object, Job>();
  private readonly seen = new WeakSet<object>();
  private scheduled = false;
  private readonly nextFrame: (run: () => void) => void;
  private readonly afterPause: (run: () => void) => void;

  constructor(nextFrame: (run: () => void) => void, afterPause: (run: () => void) => void) {
    this.nextFrame = nextFrame;
    this.afterPause = afterPause;
  }

  request(key: object, job: Job): void {
    this.jobs.set(key, job);
    this.schedule();
  }

  cancel(key: object): void {
    this.jobs.delete(key);
  }

  /** Runs what waits at once, in order. */
  flush(): void {
    const waiting = [...this.jobs];
    this.jobs.clear();
    for (const [key, job] of waiting) {
      this.seen.add(key);
      job();
    }
  }

  private schedule(): void {
    const first = this.jobs.keys().next();
    if (this.scheduled || first.done) return;
    this.scheduled = true;
    const wait = this.seen.has(first.value) ? this.afterPause : this.nextFrame;
    wait(() => {
      this.scheduled = false;
      const next = this.jobs.entries().next();
      if (next.done) return;
      const [key, job] = next.value;
      this.jobs.delete(key);
      this.seen.add(key);
      job();
      this.schedule();
    });
  }
}
