// The sweep of a command: from a preset or a file, with settings and seeds of the command line applied.
import { catalog } from '../../engine/catalog.ts';
import { parseSeeds } from '../../engine/config/seeds.ts';
import { fileNameOf } from '../../engine/config/tableInput.ts';
import { WorkbenchError } from '../../engine/core/errors.ts';
import { requireSweep } from '../../engine/sweeps/parse.ts';
import { sweepPresets } from '../../engine/sweeps/presets.ts';
import type { Sweep } from '../../engine/sweeps/sweep.ts';
import { applySettings, findTables } from '../experiment.ts';
import { readFileInput, STDIN, type TablePaths } from '../files.ts';

export interface SweepInput {
  /** A file, or the id of a preset. */
  name?: string;
  data?: string;
  set?: string[];
  seeds?: string;
}

/** @returns the sweep, and the paths of its table where it has one */
export async function readSweep(input: SweepInput): Promise<{ sweep: Sweep; table: TablePaths | null }> {
  let sweep = requireSweep(await sweepJson(input.name), catalog);
  if (input.set && input.set.length > 0) sweep = { ...sweep, base: applySettings(sweep.base, input.set) };
  if (input.seeds) sweep = { ...sweep, seeds: parseSeeds(input.seeds, '--seeds') };
  sweep = requireSweep(sweep, catalog);
  if (input.data !== undefined && fileNameOf(sweep.base, catalog) === null)
    throw WorkbenchError.of('config', {
      path: '--data',
      expected: 'none, because the rows of this sweep come from no file',
      got: input.data,
      remedy: 'Leave it out, or give a sweep whose base has {"data": {"id": "table", ...}}.',
    });
  if (input.data === STDIN)
    throw WorkbenchError.of('config', {
      path: '--data',
      expected: 'a file, which every process of the sweep reads by itself',
      got: 'standard input',
      remedy: 'Write the table to a file first.',
    });
  return { sweep, table: await findTables(sweep.base, input.name, input.data) };
}

async function sweepJson(name: string | undefined): Promise<unknown> {
  const preset = sweepPresets.find(({ id }) => id === name);
  if (preset) return preset.sweep;
  const ids = sweepPresets.map(({ id }) => id).join(', ');
  if (name === undefined || !name.includes('.'))
    throw WorkbenchError.of('config', {
      path: 'sweep',
      expected: `a file such as sweep.json, or one of ${ids}`,
      got: name ?? 'nothing',
      remedy: 'Run "multitab sweeps" to see what they are, "multitab sweeps ID" for one as a file to change.',
    });
  const { bytes } = await readFileInput('sweep', name);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw WorkbenchError.of('file', {
      path: name,
      expected: 'a sweep as JSON',
      got: (error as Error).message,
      remedy: 'Correct the file, or start from "multitab sweeps ID".',
    });
  }
}

/** The presets as a list, or one of them as a file to edit. */
export function sweepsText(id: string | undefined): string {
  if (id === undefined)
    return sweepPresets.map((p) => `${p.id.padEnd(18)} ${p.label}. ${p.summary}`).join('\n');
  const preset = sweepPresets.find((p) => p.id === id);
  if (preset) return JSON.stringify(preset.sweep, null, 2);
  throw WorkbenchError.of('config', {
    path: 'multitab sweeps',
    expected: `one of ${sweepPresets.map((p) => p.id).join(', ')}`,
    got: id,
    remedy: 'Leave it out for the list of all.',
  });
}
