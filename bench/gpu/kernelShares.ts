// The time of a step on the GPU by kernel, and how near each kernel comes to the adapter's limits.
import type { StepTimer, TimedLaunch } from '../../src/engine/kernels/runtime/stepTimer.ts';
import { median } from '../clock.ts';
import type { StepCase } from '../stepCase.ts';
import { ofSession } from '../trainStep.ts';
import type { Ceilings } from './ceilings.ts';

export interface KernelShare {
  kernel: string;
  phase: string;
  /** Shape of the first output. */
  shape: readonly number[];
  ms: number;
  bytes: number;
  flops: number;
  /** Relative to the adapter's bandwidth and arithmetic rate. */
  ofBandwidth: number;
  ofArithmetic: number;
}

const STEPS = 15;
/** An idle card runs slowly at first. */
const WARM_UP = { steps: 4, ms: 600 };

/** Launches of a step in order, each with its median time. */
export async function kernelShares(
  stepCase: StepCase,
  timer: StepTimer,
  { bytesPerSecond, flopsPerSecond }: Ceilings,
): Promise<KernelShare[]> {
  const network = ofSession('ours', stepCase.model, stepCase);
  const steps: TimedLaunch[][] = [];
  // The bindings of launches are noted while the step is recorded, and a timed step must be recorded.
  for (let i = 0; i < WARM_UP.steps; i++) await timer.each(() => network.run(1));
  const started = performance.now();
  while (performance.now() - started < WARM_UP.ms) await network.run(8);
  for (let i = 0; i < STEPS; i++) steps.push(await timer.each(() => network.run(1)));
  await network.dispose();
  const [first = []] = steps;
  return first.map(({ kernel, phase, shape, bytesRead, bytesWritten, flops }, i) => {
    const ms = median(steps.map((s) => s[i]?.ms ?? Number.NaN));
    const bytes = bytesRead + bytesWritten;
    const seconds = ms / 1000;
    return {
      kernel,
      phase,
      shape,
      ms,
      bytes,
      flops: flops ?? 0,
      ofBandwidth: bytes / seconds / bytesPerSecond,
      ofArithmetic: (flops ?? 0) / seconds / flopsPerSecond,
    };
  });
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

/** The longest launches, as lines. */
export function shareLines(shares: readonly KernelShare[], count: number): string {
  const total = shares.reduce((sum, s) => sum + s.ms, 0);
  const longest = [...shares].sort((a, b) => b.ms - a.ms).slice(0, count);
  const head = `  ${shares.length} launches, ${total.toFixed(3)} ms on the GPU`;
  const lines = longest.map(({ kernel, phase, shape, ms, bytes, flops, ofBandwidth, ofArithmetic }) => {
    const cells = [
      ms.toFixed(3),
      (bytes / 1e6).toFixed(1),
      (flops / 1e9).toFixed(2),
      percent(ofBandwidth),
      percent(ofArithmetic),
    ];
    const name = `${kernel} (${phase}) [${shape.join(', ')}]`;
    return `  ${name.padEnd(64)}${cells.map((cell) => cell.padStart(9)).join('')}`;
  });
  const columns = ['ms', 'MB', 'GFLOP', 'of bytes', 'of flops'];
  return [head, `  ${'kernel'.padEnd(64)}${columns.map((cell) => cell.padStart(9)).join('')}`, ...lines].join(
    '\n',
  );
}
