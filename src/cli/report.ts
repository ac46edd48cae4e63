// The result of a run as a small table for the terminal.
import type { RunResult } from '../engine/protocol.ts';

const fixed = (value: number, digits: number) =>
  Number.isFinite(value) ? value.toFixed(digits) : 'undefined';
const signed = (value: number) =>
  Number.isFinite(value) ? `${value >= 0 ? '+' : ''}${value.toFixed(2)} %` : 'undefined';

export function resultTable(result: RunResult): string {
  const header = ['task', 'metric', 'baseline', 'model', 'gain'];
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const tasks = result.seeds[0]?.model.test ?? [];
  const rows = tasks.map(({ task, primary }, i) => {
    const of = (part: 'model' | 'baseline') =>
      mean(result.seeds.map((s) => s[part]?.test[i]?.metrics[primary]?.value ?? Number.NaN));
    const gain = result.gain?.perTask[i]?.mean;
    return [
      task,
      primary,
      fixed(of('baseline'), 4),
      fixed(of('model'), 4),
      gain === undefined ? '' : signed(gain),
    ];
  });
  if (result.gain) rows.push(['mean', '', '', '', signed(result.gain.mean)]);
  const widths = header.map((h, c) => Math.max(h.length, ...rows.map((r) => (r[c] ?? '').length)));
  const line = (cells: string[]) =>
    cells
      .map((cell, c) => cell.padEnd(widths[c] ?? 0))
      .join('  ')
      .trimEnd();
  const seeds = `test split, ${result.seeds.length} seed${result.seeds.length === 1 ? '' : 's'}, ${result.backend.active} (${result.backend.adapter})`;
  return [seeds, line(header), ...rows.map(line)].join('\n');
}
