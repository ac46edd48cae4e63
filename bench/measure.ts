// Times the contenders of a case against each other, in Node or in a page, and prints the results.
import { setKernelMode } from '../src/engine/kernels/runtime/backendRuntime.ts';
import { countLaunches, type Work } from '../src/engine/kernels/runtime/launches.ts';
import { clockOf } from './clock.ts';
import type { StepCase } from './stepCase.ts';
import { type Contender, contendersOf, type StepBackend, type Turn } from './trainStep.ts';

export interface MeasureOptions {
  backend: StepBackend;
  rounds: number;
  /** Consecutive steps of one contender, so that neither finds the other's data in the cache. */
  steps: number;
  /** Counts time of this process's processor, where the others do so too: what else a machine does counts little then. */
  ofProcessor?: boolean;
  /** Only ours and jax-js, if the others would take too long. */
  main?: boolean;
  /** Contenders to leave out, by label. */
  without?: readonly string[];
}

/** Results of one contender. */
export interface Measured {
  label: string;
  /** Null if they cannot be counted. */
  launches: number | null;
  peakBytes: number | null;
  byKernel: Work['byKernel'];
  /** Per step. */
  ms: number;
  /** The part not spent waiting for the GPU; null if the step runs in JavaScript's thread. */
  jsMs: number | null;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Milliseconds spent waiting for the GPU. */
function watchWaiting(): { total(): number; end(): void } {
  const buffers = GPUBuffer.prototype;
  const { mapAsync } = buffers;
  let waited = 0;
  buffers.mapAsync = async function (...range) {
    const started = performance.now();
    await mapAsync.apply(this, range);
    waited += performance.now() - started;
  };
  return {
    total: () => waited,
    end: () => {
      buffers.mapAsync = mapAsync;
    },
  };
}

/**
 * Takes two steps with each contender: the first loss depends on equal initial values, the second on an equal step.
 * @returns contenders that differ from ours, and why: one that computes something else must not win
 * @throws whatever our step throws
 */
async function misfits(contenders: readonly Contender[]): Promise<Map<Contender, string>> {
  const found = new Map<Contender, string>();
  const [ours] = contenders;
  for (const tolerance of [1e-4, 1e-3]) {
    const { loss: expected } = await ours.run(1);
    for (const c of contenders.filter((other) => other !== ours && !found.has(other))) {
      try {
        const { loss } = await c.run(1);
        if (!(Math.abs(loss - expected) <= tolerance * Math.abs(expected)))
          found.set(c, `its loss is ${loss}, ours ${expected}`);
      } catch (error) {
        found.set(c, error instanceof Error ? error.message : String(error));
        setKernelMode('native');
      }
    }
  }
  return found;
}

/**
 * Rounds in alternating order, after a warm-up of each.
 * @param others - contenders outside this process
 */
export async function measure(
  stepCase: StepCase,
  { backend, rounds, steps, ofProcessor = false, main = false, without = [] }: MeasureOptions,
  others: readonly Contender[],
): Promise<{ measured: Measured[]; notes: string[] }> {
  const here = await contendersOf(stepCase, backend, main, clockOf(ofProcessor));
  const left = here.filter((c) => without.includes(c.label));
  for (const c of left) await c.dispose();
  const all = [...here.filter((c) => !left.includes(c)), ...others];
  const unfit = await misfits(all);
  const contenders = all.filter((c) => !unfit.has(c));
  for (const c of unfit.keys()) await c.dispose();
  const times: number[][] = contenders.map(() => []);
  const jsTimes: number[][] = contenders.map(() => []);
  const waiting = backend === 'webgpu' ? watchWaiting() : null;
  for (let round = 0; round < rounds; round++) {
    const order = contenders.map((_, i) => i);
    for (const i of round % 2 === 0 ? order : order.reverse()) {
      const before = waiting?.total() ?? 0;
      const { ms } = await contenders[i].run(steps);
      times[i].push(ms);
      jsTimes[i].push(ms - ((waiting?.total() ?? 0) - before) / steps);
    }
  }
  waiting?.end();
  const measured: Measured[] = [];
  for (const [i, c] of contenders.entries()) {
    // Counted in the mode that the step sets for itself, so that plain operations are counted one by one.
    setKernelMode(c.mode);
    const turns: Turn[] = [];
    const work = await countLaunches(async () => turns.push(await c.run(1)));
    const here = c.seen !== 'nothing';
    const own = c.seen === 'everything' ? work.peakBytes + (c.extraBytes?.() ?? 0) : null;
    measured.push({
      label: c.label,
      ms: median(times[i]),
      jsMs: here && waiting ? median(jsTimes[i]) : null,
      launches: c.seen === 'everything' || (here && waiting) ? work.launches : null,
      peakBytes: own ?? turns[0].peakBytes,
      byKernel: work.byKernel,
    });
    await c.dispose();
  }
  return { measured, notes: [...unfit].map(([c, why]) => `${c.label} is not measured: ${why}`) };
}

const MEGABYTE = 1e6;
const COLUMNS = ['ms', 'JS ms', 'launches', 'peak MB', 'ours is faster'] as const;

const line = (name: string, label: string, cells: readonly string[]) =>
  `${name.padEnd(50)}${label.padEnd(18)}${cells.map((c) => c.padStart(10)).join('')}`;

export const tableHead = () => line('case', 'step', COLUMNS).replace(/ +$/, '');

/** @param kernels - also list the launches of our step by kernel */
export function tableRows(name: string, measured: readonly Measured[], kernels: boolean): string {
  const [ours] = measured;
  const rows = measured.map((m) =>
    line(name, m.label, [
      m.ms.toFixed(1),
      m.jsMs === null ? '' : m.jsMs.toFixed(2),
      String(m.launches ?? ''),
      m.peakBytes === null ? '' : (m.peakBytes / MEGABYTE).toFixed(1),
      m === ours ? '' : `${(m.ms / ours.ms).toFixed(2)}x`,
    ]),
  );
  if (kernels)
    rows.push(...ours.byKernel.map(([kernel, count]) => `    ${String(count).padStart(4)}  ${kernel}`));
  return rows.join('\n');
}
