// Tables and lists for the terminal: descriptions of the architectures, and their cost on an experiment's table.
import { costRows, measureCost } from '../engine/analysis/cost.ts';
import { catalog } from '../engine/catalog.ts';
import type { Experiment } from '../engine/config/experiment.ts';
import { describeParam } from '../engine/config/params.ts';
import type { TableInput } from '../engine/config/tableInput.ts';
import { formatIssue, visible, WorkbenchError } from '../engine/core/errors.ts';
import { roleText } from '../engine/core/roles.ts';
import { trainingSettings } from '../engine/training/params.ts';
import { requireShapeOf } from '../engine/training/plan.ts';

/**
 * Columns as wide as their widest cell, the first left-aligned. Names in a file may hold what would move the cursor.
 * @param pad - how the other columns are filled
 */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  pad: 'padStart' | 'padEnd' = 'padStart',
): string {
  const lines = [header, ...rows].map((cells) => cells.map(visible));
  const widths = header.map((_, c) =>
    lines.reduce((most, cells) => Math.max(most, cells[c]?.length ?? 0), 0),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, c) => cell[c === 0 ? 'padEnd' : pad](widths[c] ?? 0))
      .join('  ')
      .trimEnd();
  return lines.map(line).join('\n');
}

const showDefault = (value: unknown) =>
  value === '' ? 'nothing' : Array.isArray(value) ? `[${value.join(', ')}]` : String(value);

/**
 * Every architecture, or one, with settings and source: the command line's reference, from the registry.
 * @throws WorkbenchError (config) that lists the ids, for an unknown one
 */
export function modelsText(id?: string): string {
  if (id !== undefined && !catalog.models.some((m) => m.id === id))
    throw WorkbenchError.of('config', {
      path: 'multitab models',
      expected: `one of ${catalog.models.map((m) => m.id).join(', ')}`,
      got: id,
      remedy: 'Leave it out for the list of all.',
    });
  return catalog.models
    .filter((m) => id === undefined || m.id === id)
    .map(({ id, label, summary, citation, deviations, params, singleTask }) =>
      [
        `${id}: ${label}${singleTask ? ', one network per task' : ''}. ${summary}`,
        `  ${citation}`,
        ...deviations.map((note) => `  note: ${note}`),
        ...params.map(
          (spec) =>
            `  ${spec.key.padEnd(18)} ${describeParam(spec)}, default ${showDefault(spec.default)}. ${spec.help}`,
        ),
      ].join('\n'),
    )
    .join('\n\n');
}

/** `tables are read from CSV (.csv, .tsv, .txt)` */
export const formatsText = (): string =>
  `tables are read from ${catalog.formats.map((f) => `${f.label} (${f.extensions.join(', ')})`).join('; ')}`;

const count = (value: number | null) => (value === null ? '-' : Math.round(value).toLocaleString('en'));
const megabytes = (bytes: number | null) => (bytes === null ? '-' : `${(bytes / 1e6).toFixed(1)} MB`);

/**
 * Measures one network after the other.
 * @param note - called with the name of each
 */
export async function costTable(
  experiment: Experiment,
  file: TableInput | undefined,
  note: (text: string) => void,
): Promise<string> {
  const { shape, trainingRows } = await requireShapeOf(experiment, { file });
  const settings = trainingSettings(experiment.training);
  const rows: string[][] = [];
  const refused: string[] = [];
  for (const row of costRows(experiment, shape, trainingRows)) {
    const name = row.role ? `${row.label} (${roleText(row.role)})` : row.label;
    if (row.issues[0]) {
      refused.push(formatIssue({ ...row.issues[0], path: name }));
      continue;
    }
    note(`Measuring ${name}`);
    const cost = await measureCost(row, shape, settings, trainingRows, async () => {});
    const seedSeconds = cost.stepMs === null ? null : (cost.stepMs * row.stepsPerEpoch * row.epochs) / 1000;
    rows.push([
      name,
      count(row.parameters),
      count(row.flopsPerRow),
      megabytes(row.parameterBytes),
      megabytes(cost.peakBytes),
      count(cost.launches),
      cost.stepMs === null ? (cost.skipped ?? '-') : `${cost.stepMs.toFixed(1)} ms`,
      seedSeconds === null ? '-' : `${seedSeconds.toFixed(1)} s`,
    ]);
  }
  const header = [
    'network',
    'parameters',
    'FLOPs/row',
    'parameter memory',
    'step memory',
    'launches',
    'one step',
    'one seed',
  ];
  const title = `batch of ${settings.batchSize} rows, ${count(trainingRows)} training rows`;
  return [title, textTable(header, rows), ...refused].join('\n');
}
