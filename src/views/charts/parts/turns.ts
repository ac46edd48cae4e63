// Charts take turns: when a flush of the series brings news for many of them, each is rendered in a frame of its own.
// One recharts chart costs a few milliseconds, thirty at once would block the page for far longer than 50.

type Job = () => void;

/** Runs queued jobs one per frame, in order; a key that is queued again keeps its place and takes the newer job. */
export class TurnQueue {
  private readonly jobs = new Map<object, Job>();
  private scheduled = false;
  private readonly nextFrame: (run: () => void) => void;

  constructor(nextFrame: (run: () => void) => void) {
    this.nextFrame = nextFrame;
  }

  request(key: object, job: Job): void {
    this.jobs.set(key, job);
    this.schedule();
  }

  cancel(key: object): void {
    this.jobs.delete(key);
  }

  private schedule(): void {
    if (this.scheduled || this.jobs.size === 0) return;
    this.scheduled = true;
    this.nextFrame(() => {
      this.scheduled = false;
      const next = this.jobs.entries().next();
      if (next.done) return;
      const [key, job] = next.value;
      this.jobs.delete(key);
      job();
      this.schedule();
    });
  }
}
