import { describe, expect, it } from 'vitest';
import type { KernelTime, StepProfile } from '../../../engine/protocol/profile.ts';
import type { NetworkResult, SeedResult } from '../../../engine/protocol/result.ts';
import {
  clockNote,
  evaluationText,
  kernelMs,
  launchesOf,
  outsideMs,
  phaseTimes,
  profilesCsv,
  shareBase,
  throughput,
  timeUnit,
  traceOf,
} from './profiles.ts';

const kernel = (name: string, phase: KernelTime['phase'], ms: number | null): KernelTime => ({
  kernel: name,
  phase,
  launches: 2,
  ms,
  msError: ms === null ? null : 0.1,
  bytesRead: 3_000_000,
  bytesWritten: 1_000_000,
});

const profile = (change: Partial<StepProfile> = {}): StepProfile => ({
  role: 'model',
  id: 'mmoe',
  label: 'MMoE',
  at: null,
  backend: 'wasm',
  batchSize: 32,
  steps: 20,
  isReplayed: false,
  stepMs: 9,
  jsMs: null,
  gpuMs: null,
  timedStepMs: 10,
  clock: { kind: 'wall', tickMs: 0.005, isCoarse: false },
  kernels: [kernel('Linear', 'forward', 4), kernel('AdamW', 'update', 2)],
  timeline: [
    { kernel: 'Linear', phase: 'forward', shape: [32, 8], startMs: 0, ms: 4 },
    { kernel: 'AdamW', phase: 'update', shape: [8], startMs: 5, ms: 2 },
  ],
  memory: { tensorBytes: 1, recordedBytes: 0, peakBytes: 2, gpuBytes: null },
  ...change,
});

describe('a profile in numbers', () => {
  it('adds up, and in one thread the rest of the step is outside the kernels', () => {
    const p = profile();
    expect(kernelMs(p)).toBe(6);
    expect(launchesOf(p)).toBe(4);
    expect(outsideMs(p)).toBe(4);
    expect(shareBase(p)).toBe(10);
    expect(phaseTimes(p)).toEqual([
      { phase: 'forward', ms: 4 },
      { phase: 'update', ms: 2 },
    ]);
    expect(throughput(p.kernels[0] as KernelTime)).toBe(1);
  });

  it('takes shares of the kernels where JavaScript runs beside them', () => {
    const p = profile({ clock: { kind: 'gpu', tickMs: 1e-6, isCoarse: false } });
    expect(shareBase(p)).toBe(6);
    expect(outsideMs(p)).toBe(null);
  });

  it('knows no time where one kernel has none', () => {
    const p = profile({
      clock: { kind: 'none', tickMs: null, isCoarse: false },
      kernels: [kernel('Linear', 'forward', null)],
    });
    expect(kernelMs(p)).toBe(null);
    expect(shareBase(p)).toBe(null);
    expect(throughput(p.kernels[0] as KernelTime)).toBe(null);
    expect(clockNote(p)).toMatch(/counted and not timed/);
  });

  it('shows small times in microseconds', () => {
    expect([timeUnit(0.5).label, timeUnit(0.5).format(0.0123)]).toEqual(['µs', '12.3']);
    expect([timeUnit(5).label, timeUnit(5).format(0.0123)]).toEqual(['ms', '0.012']);
    expect(timeUnit(5000).format(12.345)).toBe('12.3');
  });
});

describe('how far the clock can be trusted', () => {
  it('says when the browser rounds, to what, and what follows', () => {
    const note = clockNote(profile({ steps: 600, clock: { kind: 'gpu', tickMs: 0.1, isCoarse: true } }));
    expect(note).toMatch(/rounds its times to 100 µs/);
    expect(note).toMatch(/only their mean over 600 steps tells/);
    expect(note).toMatch(/--enable-webgpu-developer-features/);
  });

  it('says how the times came about', () => {
    expect(clockNote(profile())).toMatch(/^Timed by the clock of the thread.* middle half of 20 steps/);
    const gpu = clockNote(profile({ clock: { kind: 'gpu', tickMs: 1e-6, isCoarse: false } }));
    expect(gpu).toMatch(/^Timed by the GPU/);
    expect(gpu).not.toMatch(/rounds/);
  });
});

describe('files', () => {
  it('CSV has a line per kernel with every digit', () => {
    const [header = '', first = '', second = ''] = profilesCsv([profile()]).trim().split(/\r?\n/);
    const cells = Object.fromEntries(header.split(',').map((name, i) => [name, first.split(',')[i]]));
    expect(cells).toMatchObject({
      kernel: 'Linear',
      part: 'forward',
      ms: '4',
      share: '0.4',
      bytes_read: '3000000',
    });
    expect(cells).toMatchObject({ role: 'model', batch_size: '32', step_ms: '9', js_ms: '' });
    expect(second).toContain('AdamW');
  });

  it('the trace has a process per network and an event per launch, in microseconds', () => {
    const { traceEvents } = JSON.parse(traceOf([profile(), profile({ role: 'baseline', label: 'ST-MLP' })]));
    const launches = traceEvents.filter((e: { ph: string }) => e.ph === 'X');
    expect(launches).toHaveLength(4);
    expect(launches[1]).toEqual({
      ph: 'X',
      name: 'AdamW',
      cat: 'update',
      pid: 0,
      tid: 3,
      ts: 5000,
      dur: 2000,
      args: { shape: [8] },
    });
    const processes = traceEvents.filter((e: { name: string }) => e.name === 'process_name');
    expect(processes.map((e: { args: { name: string } }) => e.args.name)).toEqual([
      'MMoE (model), mean step',
      'ST-MLP (baseline), mean step',
    ]);
  });
});

describe('evaluationText', () => {
  const network = (trainMs: number, evaluationMs: number) => ({ trainMs, evaluationMs }) as NetworkResult;
  const seed: SeedResult = {
    seed: 0,
    model: network(6000, 1000),
    baseline: network(1000, 500),
    gain: null,
    decomposition: null,
    others: [{ result: network(2000, 1500), gain: null, decomposition: null }],
  };

  it('sums the networks of all finished seeds', () => {
    expect(evaluationText([seed, seed, null])).toMatch(/18(\.0)? s, .* 6(\.0+)? s: 25 % of both/);
  });

  it('says nothing before a seed is finished', () => {
    expect(evaluationText([null])).toBeNull();
  });
});
