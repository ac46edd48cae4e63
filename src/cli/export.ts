// `multitab export`: the prepared table of an experiment as a file, its settings beside it, and how Python reads it.
import { basename } from 'node:path';
import { configError } from '../engine/config/experiment.ts';
import { WorkbenchError } from '../engine/core/errors.ts';
import { exportSettings, pythonSnippet, toHdf5, toSplitCsv } from '../engine/data/export/exportTable.ts';
import { openRequest } from '../engine/data/openRequest.ts';
import { UNWATCHED } from '../engine/data/progress.ts';
import { sourceOf } from '../engine/training/plan.ts';
import { Destination } from './destination.ts';
import { readExperiment } from './experiment.ts';
import { toJson } from './json.ts';
import type { RunOptions } from './options.ts';

/** @returns the exit code */
export async function exportCommand(options: RunOptions): Promise<number> {
  const { out = '' } = options;
  if (!/\.(h5|hdf5|csv)$/i.test(out)) {
    throw WorkbenchError.of('config', {
      path: '--out',
      expected: 'a file ending in .h5, .hdf5 or .csv',
      got: out || 'nothing',
      remedy: 'For example --out table.h5.',
    });
  }
  const [table, settings] = await Promise.all(
    [out, `${out}.json`].map((path) => Destination.probe('--out', path)),
  );
  const { experiment, file } = await readExperiment(options);
  const source = sourceOf(experiment);
  const { params } = experiment.data;
  const { request, issues } = await openRequest(source, { data: params, tasks: experiment.tasks, file });
  if (issues.length > 0) throw configError(issues);
  const data = await source.generate(request, UNWATCHED);
  await table?.write(/\.csv$/i.test(out) ? toSplitCsv(data) : await toHdf5(data));
  await settings?.write(`${toJson(exportSettings(data, experiment), 2)}\n`);
  const { train, validation, test } = data.split;
  process.stderr.write(
    `${out}: ${train.length} training, ${validation.length} validation, ${test.length} test rows; settings in ${out}.json. In Python:\n`,
  );
  process.stdout.write(`${pythonSnippet(basename(out), data)}\n`);
  return 0;
}
