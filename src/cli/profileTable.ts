// `multitab profile` in the terminal: the time of a training step by kernel, a table per network.
import { profileOfExperiment } from '../engine/analysis/profile.ts';
import type { Experiment } from '../engine/config/experiment.ts';
import type { TableInput } from '../engine/config/tableInput.ts';
import { roleText } from '../engine/core/roles.ts';
import { isBoosted } from '../engine/models/model.ts';
import type { KernelTime, StepProfile } from '../engine/protocol/profile.ts';
import { networksOf, requireShapeOf } from '../engine/training/plan.ts';
import { textTable } from './tables.ts';

const ms = (value: number | null) => (value === null ? '-' : value.toFixed(3));
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;

/**
 * Profiles every network trained by gradients, on random data in the shape of the table.
 * @param note - called with the name of each network
 */
export async function profilesOf(
  experiment: Experiment,
  file: TableInput | undefined,
  note: (text: string) => void,
): Promise<StepProfile[]> {
  const plan = await requireShapeOf(experiment, { file });
  const profiles: StepProfile[] = [];
  for (const { role, label, def } of networksOf(experiment)) {
    if (isBoosted(def)) continue;
    note(`Profiling ${label} (${roleText(role)})`);
    profiles.push(await profileOfExperiment(experiment, plan, role, { between: async () => {} }));
  }
  return profiles;
}

/** Headline numbers and the kernels, longest first. */
export function profileText(profile: StepProfile): string {
  const { label, role, backend, batchSize, stepMs, timedStepMs, jsMs, gpuMs, memory, clock, kernels } =
    profile;
  const total = kernels.reduce((sum, k) => sum + (k.ms ?? 0), 0);
  const base = clock.kind === 'wall' ? timedStepMs : total;
  const share = (value: number | null) =>
    value === null || base <= 0 ? '-' : `${((100 * value) / base).toFixed(1)} %`;
  const row = (k: KernelTime) => [
    k.kernel,
    k.phase,
    String(Number(k.launches.toFixed(1))),
    ms(k.ms),
    ms(k.msError),
    share(k.ms),
    megabytes(k.bytesRead + k.bytesWritten),
  ];
  const rows = kernels.map(row);
  if (clock.kind === 'wall') {
    const outside = Math.max(0, timedStepMs - total);
    rows.push(['outside kernels', 'JavaScript', '', ms(outside), '', share(outside), '']);
  }
  const facts = [
    `step ${ms(stepMs)} ms`,
    gpuMs === null ? '' : `GPU ${ms(gpuMs)} ms`,
    jsMs === null ? '' : `JavaScript ${ms(jsMs)} ms`,
    `launches ${Number(kernels.reduce((sum, k) => sum + k.launches, 0).toFixed(1))}`,
    `peak ${megabytes(memory.peakBytes)}`,
    `middle half of ${profile.steps} steps`,
    clock.tickMs === null ? '' : `clock tick ${clock.tickMs.toPrecision(2)} ms`,
  ];
  const title = `${label} (${roleText(role)}), ${backend}, batch of ${batchSize} rows`;
  const header = ['kernel', 'part', 'launches', 'ms', '±', 'share', 'bytes'];
  return [title, facts.filter(Boolean).join(', '), textTable(header, rows)].join('\n');
}
