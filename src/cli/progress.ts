// Progress of a run on a terminal: one line that is redrawn in place.
import { visible } from '../engine/core/errors.ts';
import { distinctNotes, type Note } from '../engine/core/notes.ts';
import { roleText } from '../engine/core/roles.ts';
import type { RunEvent } from '../engine/protocol/run.ts';

const BAR_WIDTH = 24;

export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes} min ${whole % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The line for an event, or null if the event does not change it. */
export function progressLine(event: RunEvent): string | null {
  if (event.type === 'data-progress') return `${event.phase} ${Math.round(100 * event.fraction)} %`;
  if (event.type === 'compiling') return `Preparing GPU kernels ${event.ready} of ${event.total}`;
  if (event.type === 'probe-answer' && event.state === 'measuring') {
    const { label, done, total } = event.progress;
    return `${event.probe}: ${label}, ${done} of ${total}`;
  }
  if (event.type !== 'progress') return null;
  const { doneSteps, totalSteps, epoch, epochs, seedIndex, seedCount, rowsPerSecond, secondsLeft } = event;
  const { stage, stages } = event;
  const networks = event.roles.map(roleText).join(' and ');
  const filled = Math.round((BAR_WIDTH * doneSteps) / Math.max(1, totalSteps));
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  const seeds = seedCount > 1 ? `seed ${seedIndex + 1} of ${seedCount}, ` : '';
  const queue = stages > 1 ? `${networks} (${stage + 1} of ${stages}), ` : '';
  const phase = event.phase === 'searching-rate' ? `rate search of ${networks}, ` : queue;
  return `${bar} ${seeds}${phase}epoch ${epoch} of ${epochs}, ${Math.round(rowsPerSecond).toLocaleString('en')} rows/s, ${duration(secondsLeft)} left`;
}

export class ProgressBar {
  private drawn = false;
  private readonly out: NodeJS.WriteStream;

  constructor(out: NodeJS.WriteStream) {
    this.out = out;
  }

  show(event: RunEvent): void {
    const line = progressLine(event);
    if (line === null) return;
    this.out.write(`\r\u001b[2K${line.slice(0, (this.out.columns ?? 80) - 1)}`);
    this.drawn = true;
  }

  clear(): void {
    if (this.drawn) this.out.write('\r\u001b[2K');
    this.drawn = false;
  }
}

/** The notes that an event carries. */
export function notesOf(event: RunEvent): readonly Note[] {
  if (event.type === 'note') return [event.note];
  if (event.type === 'weights-read') return event.notes;
  return event.type === 'dataset' ? event.dataset.notes : [];
}

/** Writes every note of a run once, on its own line. */
export class NotePrinter {
  private shown: readonly Note[] = [];
  private readonly out: Pick<NodeJS.WriteStream, 'write'>;
  private readonly bar: ProgressBar | null;

  /** @param bar - progress bar on the same terminal, cleared first */
  constructor(out: Pick<NodeJS.WriteStream, 'write'>, bar: ProgressBar | null) {
    this.out = out;
    this.bar = bar;
  }

  show(event: RunEvent): void {
    const all = distinctNotes([...this.shown, ...notesOf(event)]);
    const added = all.slice(this.shown.length);
    if (added.length > 0) this.bar?.clear();
    for (const { code, text } of added) this.out.write(`note: ${visible(text)} [${code}]\n`);
    this.shown = all;
  }
}
