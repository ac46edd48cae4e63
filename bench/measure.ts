// Times the contenders of a case against each other, in Node or in a page, and prints what came out.
import { setKernelMode } from '../src/engine/kernels/defineKernel.ts';
import { countLaunches, type Work } from '../src/engine/kernels/launches.ts';
import { type Contender, contendersOf, type StepBackend, type StepCase } from './trainStep.ts';

/** Steps of one contender in a row, so that neither finds the other's data in the cache. */
export const STEPS_PER_TURN = 3;

export interface Measured {
  label: string;
  /** Null where they cannot be seen. */
  launches: number | null;
  peakBytes: number | null;
  byKernel: Work['byKernel'];
  /** Of a step. */
  ms: number;
  /** Of these, all but waiting for the GPU; null where the step runs in JavaScript's thread. */
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

async function timeTurn(contender: Contender): Promise<number> {
  const started = performance.now();
  for (let i = 0; i < STEPS_PER_TURN; i++) await contender.step();
  return (performance.now() - started) / STEPS_PER_TURN;
}

/** Rounds in alternating order, after a warm-up of each. */
export async function measure(stepCase: StepCase, rounds: number, backend: StepBackend): Promise<Measured[]> {
  const contenders = await contendersOf(stepCase, backend);
  const times: number[][] = contenders.map(() => []);
  const jsTimes: number[][] = contenders.map(() => []);
  // The first loss comes from the same initial values, the second from the same step: a contender that computes something
  // else must not win.
  for (const tolerance of [1e-4, 1e-3]) {
    const losses: number[] = [];
    for (const c of contenders) losses.push(await c.step());
    for (const [i, loss] of losses.entries()) {
      if (Math.abs(loss - losses[0]) <= tolerance * Math.abs(losses[0])) continue;
      throw new Error(
        `${stepCase.name}: the losses differ, ours ${losses[0]}, ${contenders[i].label} ${loss}`,
      );
    }
  }
  const waiting = backend === 'webgpu' ? watchWaiting() : null;
  for (let round = 0; round < rounds; round++) {
    const order = contenders.map((_, i) => i);
    for (const i of round % 2 === 0 ? order : order.reverse()) {
      const before = waiting?.total() ?? 0;
      const ms = await timeTurn(contenders[i]);
      times[i].push(ms);
      jsTimes[i].push(ms - ((waiting?.total() ?? 0) - before) / STEPS_PER_TURN);
    }
  }
  waiting?.end();
  const measured: Measured[] = [];
  for (const [i, c] of contenders.entries()) {
    // Counted in the mode that the step sets for itself, so that plain operations count one by one.
    setKernelMode(c.mode);
    const work = await countLaunches(() => c.step());
    const jsMs = waiting && median(jsTimes[i]);
    measured.push({
      label: c.label,
      ms: median(times[i]),
      jsMs,
      launches: c.onTfjs || backend === 'webgpu' ? work.launches : null,
      peakBytes: c.onTfjs ? work.peakBytes + (c.extraBytes?.() ?? 0) : null,
      byKernel: work.byKernel,
    });
    c.dispose();
  }
  return measured;
}

const MEGABYTE = 1e6;
const COLUMNS = ['ms', 'JS ms', 'launches', 'peak MB', 'ours is faster'] as const;

const line = (name: string, label: string, cells: readonly string[]) =>
  `${name.padEnd(50)}${label.padEnd(18)}${cells.map((c) => c.padStart(10)).join('')}`;

export const tableHead = () => line('case', 'step', COLUMNS).replace(/ +$/, '');

/** @param kernels - also how often each kernel of our step is launched */
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
