// `npm run bench:gpu-report`: writes the section of bench/RESULTS.md between its two marks from bench/results/*.json.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Measured } from '../measure.ts';
import { withSection } from '../section.ts';
import type { KernelShare } from './kernelShares.ts';
import type { TriedTuning } from './tunings.ts';

interface GpuResult {
  adapter: string;
  card: string | null;
  node: string;
  date: string;
  ceilings: { bytesPerSecond: number; flopsPerSecond: number };
  suite: { passed: number; failures: string[] } | null;
  golden: { passed: number; failed: number; failures: string[] } | null;
  torch: { version: string; name: string } | null;
  steps: {
    case: string;
    batch: number;
    measured: Measured[];
    notes: string[];
    kernels: KernelShare[] | null;
  }[];
  tunings: TriedTuning[];
}

/** Number of kernels shown per step. */
const SHOWN = 6;

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

function stepTable({ steps }: GpuResult): string {
  const labels = [...new Set(steps.flatMap((s) => s.measured.map((m) => m.label)))];
  const rows = steps.map(({ case: name, batch, measured }) => {
    const ours = measured[0];
    const cells = labels.map((label) => {
      const found = measured.find((m) => m.label === label);
      if (!found || !ours) return '';
      const ratio = found === ours ? '' : ` (${(found.ms / ours.ms).toFixed(2)}x)`;
      return `${found.ms.toFixed(2)}${ratio}`;
    });
    const peak = ours?.peakBytes ? (ours.peakBytes / 1e6).toFixed(0) : '';
    return row([name, String(batch), ...cells, peak]);
  });
  const head = ['case', 'batch', ...labels, 'peak MB, ours'];
  return [row(head), row(head.map(() => '---')), ...rows].join('\n');
}

function kernelTable({ steps }: GpuResult): string {
  const head = ['case', 'kernel', 'part', 'ms', 'of bandwidth', 'of arithmetic'];
  const rows = steps
    .filter((s) => s.batch === 2048 && s.kernels)
    .flatMap(({ case: name, kernels }) => {
      const byKernel = new Map<string, KernelShare[]>();
      for (const k of kernels ?? []) {
        const key = `${k.kernel} | ${k.phase}`;
        byKernel.set(key, [...(byKernel.get(key) ?? []), k]);
      }
      const sum = (all: readonly KernelShare[], of: (k: KernelShare) => number) =>
        all.reduce((total, k) => total + of(k), 0);
      return [...byKernel]
        .map(([key, all]) => {
          const ms = sum(all, (k) => k.ms);
          // Shares of the total time of the launches.
          const share = (of: (k: KernelShare) => number) => sum(all, (k) => of(k) * k.ms) / ms;
          return { key, ms, bytes: share((k) => k.ofBandwidth), flops: share((k) => k.ofArithmetic) };
        })
        .sort((a, b) => b.ms - a.ms)
        .slice(0, SHOWN)
        .map(({ key, ms, bytes, flops }) => row([name, key, ms.toFixed(3), percent(bytes), percent(flops)]));
    });
  return [row(head), row(head.map(() => '---')), ...rows].join('\n');
}

function sectionOf(result: GpuResult): string {
  const { adapter, card, node, date, ceilings, suite, golden, torch, tunings } = result;
  const suiteText = suite ? `${suite.passed} kernel tests passed, ${suite.failures.length} failed` : '';
  const goldenText = golden
    ? `${golden.passed} golden cases passed, ${golden.failed} failed${golden.failures.length > 0 ? ` (${golden.failures.join('; ')})` : ''}`
    : '';
  const tunedRows = tunings.map((t) => row([t.case, t.tuning, t.ms.toFixed(3)]));
  return `### ${card ?? adapter}

${date}, adapter \`${adapter}\`, Node ${node} with Dawn${torch ? `, PyTorch ${torch.version} on the same card` : ''}. Copies move ${(ceilings.bytesPerSecond / 1e9).toFixed(0)} GB/s
and multiplications with additions in float32 reach ${(ceilings.flopsPerSecond / 1e12).toFixed(1)} TFLOP/s, both measured; shares are of these.
${[suiteText, goldenText].filter(Boolean).join('; ')}.

Milliseconds per step, medians, alternating; in brackets how often ours goes into it.

${stepTable(result)}

The kernels that take longest at batch 2048:

${kernelTable(result)}

Tunings, milliseconds of a step on the GPU:

${[row(['case', 'tuning', 'ms']), row(['---', '---', '---']), ...tunedRows].join('\n')}
`;
}

const bench = path.resolve(import.meta.dirname, '..');
const folder = path.join(bench, 'results');
const files = (await readdir(folder)).filter((f) => f.endsWith('.json')).sort();
const sections: string[] = [];
for (const file of files)
  sections.push(sectionOf(JSON.parse(await readFile(path.join(folder, file), 'utf8')) as GpuResult));
const target = path.join(bench, 'RESULTS.md');
const text = await readFile(target, 'utf8');
await writeFile(target, withSection(text, 'bench:gpu', sections.join('\n')));
console.log(`${files.length} results written into bench/RESULTS.md.`);
