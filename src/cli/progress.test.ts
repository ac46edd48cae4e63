import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../engine/protocol/run.ts';
import { duration, NotePrinter, progressLine } from './progress.ts';

describe('progress on a terminal', () => {
  it('writes durations as the page does', () => {
    expect([0.4, 59.4, 60, 136, 7500].map(duration)).toEqual([
      '0 s',
      '59 s',
      '1 min 0 s',
      '2 min 16 s',
      '2 h 5 min',
    ]);
  });

  it('draws the share that is done, and nothing for other events', () => {
    const line = progressLine({
      type: 'progress',
      runId: 'r',
      step: 5,
      seed: 0,
      seedIndex: 1,
      seedCount: 3,
      phase: 'training',
      roles: ['baseline', 'model'],
      stage: 0,
      stages: 1,
      epoch: 2,
      epochs: 4,
      doneSteps: 10,
      totalSteps: 20,
      rowsPerSecond: 12800,
      secondsLeftSeed: 10,
      secondsLeft: 75,
    });
    expect(line).toBe(
      `${'█'.repeat(12)}${'░'.repeat(12)} seed 2 of 3, epoch 2 of 4, 12,800 rows/s, 1 min 15 s left`,
    );
    const compiling = { type: 'compiling', runId: 'r', step: 0, ready: 12, total: 38 } as const;
    expect(progressLine(compiling)).toBe('Preparing GPU kernels 12 of 38');
    expect(progressLine({ type: 'state', state: 'paused', runId: 'r', step: 0 })).toBeNull();
  });
});

describe('notes of a run', () => {
  it('are written once each, with their code, wherever they come from', () => {
    const written: string[] = [];
    const printer = new NotePrinter({ write: (text: string) => written.push(text) > 0 }, null);
    const dropped = { code: 'rows-dropped', text: '3 rows are dropped.' };
    const at = { runId: 'r', step: 0 };
    const table = { type: 'dataset', ...at, dataset: { notes: [dropped] } } as unknown as RunEvent;
    const slow = { code: 'slow', text: 'Steps of\u001b[2J are slow.' };
    printer.show(table);
    printer.show({ type: 'note', ...at, role: 'model', note: slow });
    printer.show({ type: 'note', ...at, role: 'baseline', note: slow });
    printer.show(table);
    expect(written).toEqual([
      'note: 3 rows are dropped. [rows-dropped]\n',
      'note: Steps of\\u001b[2J are slow. [slow]\n',
    ]);
  });
});
