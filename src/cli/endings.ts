// How a command ends: with its exit code, with an error in words, or early, by a signal of a person, a scheduler or a closed
// shell, or because the reader of stdout is gone.
import { formatIssue, issueCount, toErrorReport } from '../engine/core/errors.ts';
import { faultOfSystem, isLate } from './systemFault.ts';

/** Signals that ask for an end, with their shell exit codes: 128 + the number of the signal. */
const END_SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type EndSignal = keyof typeof END_SIGNALS;

export interface EndRequest {
  /** Exit code of the first signal, or null if there was none. */
  exitCode(): number | null;
  /** Restores the default: a signal ends the process at once. */
  release(): void;
}

/**
 * Calls `stop` at the first signal that asks for an end. A later one ends the process at once; one within a second counts as
 * the same signal, because a terminal may deliver Ctrl-C twice, to npm and to this process.
 */
export function onEndSignal(stop: (signal: string) => void): EndRequest {
  let first: { signal: EndSignal; at: number } | null = null;
  const onSignal = (signal: NodeJS.Signals) => {
    const code = END_SIGNALS[signal as EndSignal];
    if (!first) {
      first = { signal: signal as EndSignal, at: performance.now() };
      stop(signal);
    } else if (performance.now() - first.at > 1000) {
      process.exit(code);
    }
  };
  const signals = Object.keys(END_SIGNALS) as EndSignal[];
  for (const signal of signals) process.on(signal, onSignal);
  return {
    exitCode: () => first && END_SIGNALS[first.signal],
    release: () => {
      for (const signal of signals) process.removeListener(signal, onSignal);
    },
  };
}

/** Exit code when the reader of stdout is gone; shells give it for SIGPIPE. */
export const READER_GONE = 141;

/**
 * Standard output that may fail. `write` does nothing after a failure. A closed reader is not an error; a full disk is reported
 * once on stderr.
 */
export class Output {
  private failure: NodeJS.ErrnoException | null = null;
  private readonly out: NodeJS.WriteStream;

  /** @param onFailure - called once, at the first failed write */
  constructor(out: NodeJS.WriteStream, onFailure: () => void = () => {}) {
    this.out = out;
    out.on('error', (error: NodeJS.ErrnoException) => {
      if (this.failure) return;
      this.failure = error;
      if (error.code !== 'EPIPE')
        process.stderr.write(`error: stdout: expected a place that can be written, got ${error.code}.\n`);
      onFailure();
    });
  }

  get isTTY(): boolean {
    return this.out.isTTY ?? false;
  }

  write(text: string): void {
    if (!this.failure) this.out.write(text);
  }

  /** Waits until everything is written. @returns the exit code of a failure, or null */
  async finish(): Promise<number | null> {
    if (!this.failure) await new Promise<void>((resolve) => this.out.write('', () => resolve()));
    if (!this.failure) return null;
    return this.failure.code === 'EPIPE' ? READER_GONE : 1;
  }
}

/** Ends the process with the exit code of its main function, or with the error that it threw. */
export function endWith(main: Promise<number>): void {
  main.then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      const fault = faultOfSystem(error);
      const report = toErrorReport(fault ?? error);
      const issues =
        report.issues.length > 1 ? report.issues.map((i) => `  ${formatIssue(i)}`).join('\n') : '';
      process.stderr.write(
        `error: ${issues ? `${issueCount(report.issues.length)} settings were refused\n${issues}` : report.message}\n`,
      );
      process.exitCode = fault || isLate(error) || report.kind === 'internal' ? 1 : 2;
    },
  );
}
