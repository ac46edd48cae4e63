// `multitab export`: writes the prepared table of an experiment, its settings beside it, and shows how Python reads it.
import { basename } from 'node:path';
import { configError } from '../engine/config/experiment.ts';
import { WorkbenchError } from '../engine/core/errors.ts';
import {
  exportSettings,
  pythonSnippet,
  toHdf5,
  toParquet,
  toSplitCsv,
} from '../engine/data/export/exportTable.ts';
import { openRequest } from '../engine/data/openRequest.ts';
import { UNWATCHED } from '../engine/data/progress.ts';
import type { Dataset } from '../engine/data/table.ts';
import { sourceOf } from '../engine/training/plan.ts';
import { Destination, requireApart } from './destination.ts';
import { readExperiment } from './experiment.ts';
import { toJson } from './json.ts';
import { filesRead, type RunOptions } from './options.ts';

/** @returns the exit code */
export async function exportCommand(options: RunOptions): Promise<number> {
  const { out = '' } = options;
  if (!/\.(h5|hdf5|parquet|csv)$/i.test(out)) {
    throw WorkbenchError.of('config', {
      path: '--out',
      expected: 'a file ending in .h5, .hdf5, .parquet or .csv',
      got: out || 'nothing',
      remedy: 'For example --out table.h5.',
    });
  }
  const places = [out, `${out}.json`];
  await requireApart(
    places.map((path) => ['--out', path]),
    filesRead(options),
  );
  const [table, settings] = await Promise.all(places.map((path) => Destination.probe('--out', path)));
  const { experiment, file } = await readExperiment(options);
  const source = sourceOf(experiment);
  const { params } = experiment.data;
  const { request, issues } = await openRequest(source, { data: params, tasks: experiment.tasks, file });
  if (issues.length > 0) throw configError(issues);
  const data = await source.generate(request, UNWATCHED);
  await table?.write(await contentOf(out, data));
  await settings?.write(`${toJson(exportSettings(data, experiment), 2)}\n`);
  const { train, validation, test } = data.split;
  if (!options.quiet)
    process.stderr.write(
      `${out}: ${train.length} training, ${validation.length} validation, ${test.length} test rows; settings in ${out}.json. In Python:\n`,
    );
  process.stdout.write(`${pythonSnippet(basename(out), data)}\n`);
  return 0;
}

function contentOf(out: string, data: Dataset): string | Promise<Uint8Array> {
  if (/\.csv$/i.test(out)) return toSplitCsv(data);
  return /\.parquet$/i.test(out) ? toParquet(data) : toHdf5(data);
}
