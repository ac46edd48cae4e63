// The cost table in words: bytes, operations, durations, and the same as CSV.
import type { CostRow, MeasuredCost } from '../../../engine/protocol/cost.ts';
import { type CsvValue, toCsv } from '../../charts/csv.ts';
import { formatFixed } from '../../charts/format.ts';

const UNITS = ['', 'k', 'M', 'G', 'T'] as const;

/** 1234567 -> "1.23 M"; thousands apart, three digits. */
export function formatScaled(value: number): string {
  let scaled = value;
  let unit = 0;
  while (scaled >= 999.5 && unit < UNITS.length - 1) {
    scaled /= 1000;
    unit++;
  }
  const digits = unit === 0 || scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2;
  return `${formatFixed(scaled, digits)}${unit === 0 ? '' : ` ${UNITS[unit]}`}`;
}

/** With decimal prefixes, as for file sizes. */
export const formatBytes = (bytes: number): string => `${formatScaled(bytes)}B`.replace(/(\d)B$/, '$1 B');

/** 0.0123 -> "12 ms", 83 -> "1 min 23 s". */
export function formatSeconds(seconds: number): string {
  if (seconds < 0.9995) {
    const ms = 1000 * seconds;
    return `${formatFixed(ms, ms < 9.95 ? 1 : 0)} ms`;
  }
  if (seconds < 59.5) return `${formatFixed(seconds, seconds < 9.95 ? 1 : 0)} s`;
  const minutes = Math.floor((seconds + 0.5) / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds + 0.5) % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Durations of one epoch, and of one seed without early stopping; null if no step was measured. */
export function durations(
  row: CostRow,
  cost: MeasuredCost | undefined,
): { epoch: number; seed: number } | null {
  if (!cost || cost.stepMs === null) return null;
  const epoch = (cost.stepMs * row.stepsPerEpoch) / 1000;
  return { epoch, seed: epoch * row.epochs };
}

/** With every digit; unknown values are empty. */
export function costsCsv(
  rows: readonly CostRow[],
  measuredOf: (row: CostRow) => MeasuredCost | undefined,
  batchSize: number,
): string {
  const lines = rows.map((row): CsvValue[] => {
    const cost = measuredOf(row);
    const time = durations(row, cost);
    return [
      row.label,
      row.id,
      row.role ?? 'defaults',
      batchSize,
      row.parameters,
      row.flopsPerRow,
      row.parameterBytes,
      cost?.peakBytes ?? null,
      cost?.launches ?? null,
      cost?.stepMs ?? null,
      time?.epoch ?? null,
      time?.seed ?? null,
    ];
  });
  return toCsv(
    [
      'network',
      'architecture',
      'role',
      'batch_size',
      'parameters',
      'flops_per_row',
      'parameter_bytes',
      'peak_bytes',
      'launches_per_step',
      'step_ms',
      'epoch_seconds',
      'seed_seconds',
    ],
    lines,
  );
}
