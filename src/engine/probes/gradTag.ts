// Estimated effect of training in pairs, once on a click, for small networks.
import { DIRECTIONS, gradTag as measure } from '../analysis/gradTag.ts';
import { object } from '../core/reader.ts';
import { hasMissingLabels } from '../data/labels.ts';
import type { GradTagReport } from '../protocol/relations.ts';
import { toTensors } from '../training/tensorBatch.ts';
import { defineProbe } from './probe.ts';

/** Training rows for the fit at most, and validation rows for the losses. */
const ROWS = 256;

export const gradTag = defineProbe({
  id: 'grad-tag',
  mode: 'once',
  when: 'training',
  request: object({}),
  async run(context): Promise<{ report: GradTagReport | null; absence: string | null }> {
    const { model, dataset, taskTypes, seed } = context;
    if (!model) return { report: null, absence: 'Trees have no shared parameters.' };
    const { train, validation } = dataset.split;
    const fitted = toTensors(dataset, train.subarray(0, ROWS));
    const judged = toTensors(dataset, validation.subarray(0, ROWS));
    try {
      const tasks = taskTypes.map(({ lossKind }, i) => ({
        kind: lossKind,
        outputs: dataset.tasks[i]?.outputs ?? 1,
        partial: hasMissingLabels(dataset.targets[i] as Float32Array),
      }));
      const report = await measure({ model, tasks, fitted, judged, seed, measuring: context });
      const absence = `The network shares nothing, or more than the 524,288 values that ${DIRECTIONS} directions may have.`;
      return { report, absence: report ? null : absence };
    } finally {
      fitted.dispose();
      judged.dispose();
    }
  },
});
