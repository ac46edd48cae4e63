// Opens a file that the user chose or dropped: names its kind and handles it. A file that cannot be read changes nothing.

import { labelsWith } from '../../../engine/config/capabilities.ts';
import { parseExperiment } from '../../../engine/config/experiment.ts';
import { needsFile, type SplitWithFile, tableInput } from '../../../engine/config/tableInput.ts';
import { firstIssues, WorkbenchError } from '../../../engine/core/errors.ts';
import type { FileInput } from '../../../engine/data/source.ts';
import { writeMaskText } from '../../../engine/masks/places.ts';
import type { AppState } from '../../../store/state.ts';
import { useStore } from '../../../store/store.ts';
import { formatCount, listNames, plural } from '../../charts/format.ts';
import { readFile as readMaskFile } from '../../panels/mask/files.ts';
import { type ExperimentFile, fileKind, isTableName, isTextual, OPENABLE } from './fileKind.ts';
import { tableRoles } from './tableRoles.ts';

/**
 * Largest text that is read to find a file's kind; a result, or a mask of 128 tokens for every head of a large network, is
 * smaller.
 */
const MAX_TEXT = 100_000_000;

const OPENED_AS: Record<ExperimentFile, string> = {
  experiment: 'An experiment',
  case: 'A case of mask tests: its settings are in place. Run it, and see Masks, Tests',
  result: 'A result of the command line: its settings are in place. Run it to see its charts',
  card: 'The settings beside weights, now in place. The weights are opened from Models',
};

type Refused = NonNullable<AppState['sourceIssues']>;

const say = (title: string, text: string) => useStore.setState({ opened: { title, text, weights: null } });

function refuse(name: string, expected: string, got: string, remedy: string) {
  useStore.setState({
    opened: null,
    // What would read a table that was refused earlier is no remedy for this file.
    refusedFile: null,
    sourceIssues: { title: `${name} was not opened`, issues: [{ path: name, expected, got, remedy }] },
  });
}

/**
 * Opens files that were chosen or dropped together. What cannot be read is refused.
 * @param chosen - a promise while the files of a dropped folder are being found
 */
export async function openFiles(chosen: readonly File[] | Promise<readonly File[]>): Promise<void> {
  let files: readonly File[] = [];
  try {
    files = await chosen;
    await openTogether(files);
  } catch (error) {
    const [issue] = error instanceof WorkbenchError ? error.issues : [];
    if (issue) refuse(issue.path, issue.expected, issue.got, issue.remedy);
    // Browsers report in this way a file that was moved, changed or locked after it was chosen.
    else if (error instanceof DOMException)
      refuse(
        files.length > 0 ? listNames(files.map(({ name }) => name)) : 'What was dropped',
        'files that can be read',
        error.message,
        'Choose them again. Nothing more was changed.',
      );
    else throw error;
  }
}

/** Weights may come with their settings file. */
async function openTogether(files: readonly File[]): Promise<void> {
  const weights = files.find((file) => fileKind({ name: file.name, text: null }, []).kind === 'weights');
  if (weights) {
    const card = files.find((file) => file !== weights && /\.json$/i.test(file.name));
    await openWeights(
      weights,
      card,
      files.filter((file) => file !== weights && file !== card),
    );
    return;
  }
  const endings = useStore.getState().catalog?.formats.flatMap((f) => f.extensions) ?? [];
  const isTable = ({ name }: File) => !/\.json$/i.test(name) && isTableName(name, endings);
  const tables = files.filter(isTable);
  if (tables.length > 1 && tables.length === files.length) return openTables(tables);
  const runs: File[] = [];
  // Each file that opens takes the message of the one before away: those of several are collected.
  const refused: Refused[] = [];
  for (const file of files) {
    if (files.length > 1) useStore.setState({ sourceIssues: null });
    if (await openFile(file)) runs.push(file);
    const { sourceIssues } = useStore.getState();
    if (files.length > 1 && sourceIssues) refused.push(sourceIssues);
  }
  if (runs.length > 0) await openRuns(runs);
  const [first] = refused;
  if (first)
    useStore.setState({
      sourceIssues: {
        title:
          refused.length === 1 ? first.title : `${refused.length} of ${files.length} files were not opened`,
        issues: firstIssues(refused.flatMap(({ issues }) => issues)),
      },
    });
}

/** @returns whether it holds runs, which are opened together, because a sweep may consist of several files */
async function openFile(file: File): Promise<boolean> {
  const { catalog, importExperiment } = useStore.getState();
  if (!catalog) {
    refuse(file.name, 'an engine that has started', 'one that starts', 'Open it again in a moment.');
    return false;
  }
  const endings = catalog.formats.flatMap((f) => f.extensions);
  const textual = isTextual(file.name, endings);
  // Longer files with a table's extension are tables.
  if (textual && file.size > MAX_TEXT && endings.some((e) => file.name.toLowerCase().endsWith(e))) {
    await openTable(file);
    return false;
  }
  if (textual && file.size > MAX_TEXT) {
    const most = `at most ${MAX_TEXT / 1e6} MB`;
    refuse(file.name, most, `${(file.size / 1e6).toFixed(0)} MB`, 'Nothing was changed.');
    return false;
  }
  const found = fileKind({ name: file.name, text: textual ? await file.text() : null }, endings);
  switch (found.kind) {
    case 'table':
      await openTable(file);
      break;
    case 'weights':
      await openWeights(file, undefined);
      break;
    case 'mask':
      openMask(file.name, found.text);
      break;
    case 'experiment':
      useStore.setState({ opened: null });
      importExperiment(file.name, found.text);
      if (!useStore.getState().sourceIssues) say(`${file.name} is open`, `${OPENED_AS[found.of]}.`);
      break;
    case 'runs':
      return true;
    case 'unknown':
      refuse(file.name, OPENABLE, found.got, `Tables end in ${endings.join(', ')}. Nothing was changed.`);
      break;
    default:
      found satisfies never;
  }
  return false;
}

/** Makes the file the experiment's table; if it cannot be read, nothing changes. */
export async function openTable(file: File): Promise<void> {
  const { catalog, experiment, chooseFile, setValue } = useStore.getState();
  const source = catalog?.sources.find((s) => s.needsFile);
  if (!source) return;
  if (!(await chooseFile(tableInput(file.name, file)))) {
    const { fileError } = useStore.getState();
    if (!fileError?.issues.length)
      refuse(
        file.name,
        'a table that can be read',
        fileError?.message ?? 'another one',
        'Nothing was changed.',
      );
    else {
      // In the reader's own words, which name the line.
      const issues = fileError.issues.map((issue) => ({
        ...issue,
        remedy: `${issue.remedy} Nothing was changed.`,
      }));
      useStore.setState({ opened: null, sourceIssues: { title: `${file.name} was not opened`, issues } });
    }
    return;
  }
  if (!needsFile(experiment, catalog)) {
    setValue('data', source.id);
    setValue('data.file', file.name);
    await useStore.getState().previewFile();
  }
  setValue('tasks.targets', []);
  useStore.setState({ presetId: null, sourceIssues: null });
  const { preview } = useStore.getState();
  const size = preview ? ` ${plural(preview.rows, 'row')}, ${plural(preview.columns.length, 'column')}.` : '';
  say(`${file.name} is open`, `A table.${size} Tick the columns to predict under Tasks, among the settings.`);
}

/** One trains, and the others have the rows of splits. */
async function openTables(files: readonly File[]): Promise<void> {
  const names = files.map(({ name }) => name).join(', ');
  const roles = tableRoles(files);
  if (!roles) {
    const expected = 'one table, or tables whose names say train, validation and test, each once';
    refuse(
      names,
      expected,
      `${files.length} tables`,
      'Nothing was changed. Open one, then its files for splits under Data.',
    );
    return;
  }
  await openTable(roles.table);
  const { chooseSplitFile } = useStore.getState();
  for (const [split, file] of Object.entries(roles.splits) as [SplitWithFile, File][]) {
    if (useStore.getState().file?.blob !== roles.table) return;
    if (await chooseSplitFile(split, { name: file.name, blob: file })) continue;
    const { fileError } = useStore.getState();
    const got = fileError?.message ?? 'another one';
    refuse(
      file.name,
      `the ${split} rows of ${roles.table.name}`,
      got,
      `${roles.table.name} is open without it.`,
    );
  }
}

function openMask(name: string, text: string): void {
  const { catalog, summary, setValue, setTab, setView } = useStore.getState();
  const masking = summary?.masking;
  if (!masking) {
    const models = labelsWith(catalog?.models ?? [], 'masks');
    refuse(
      name,
      'a model with masks in the settings',
      'one without',
      `This is a mask: choose ${models} first.`,
    );
    return;
  }
  const { tokens, blocks, heads } = masking;
  const names = tokens.map((t) => t.name);
  const mask = readMaskFile(text, { tokens: tokens.length, blocks, heads }, names);
  if (!mask) {
    const expected = `a mask of ${tokens.length} by ${tokens.length} tokens within ${blocks} blocks and ${heads} heads`;
    refuse(
      name,
      expected,
      'another size, or other tokens',
      'Open the experiment that it was painted for first.',
    );
    return;
  }
  setValue('model.customMask', writeMaskText(mask));
  setValue('model.mask', 'custom');
  setTab('masks');
  setView({ masks: 'paint' });
  useStore.setState({ sourceIssues: null });
  say(`${name} is open`, 'A mask: it is the mask of the experiment now.');
}

const bytesOf = async (file: File): Promise<FileInput> => ({
  name: file.name,
  bytes: new Uint8Array(await file.arrayBuffer()),
});

/**
 * Checks the file and describes its content, before anything is trained or measured.
 * @param beside - its settings
 * @param others - given with it, and left alone
 */
async function openWeights(
  file: File,
  beside: File | undefined,
  others: readonly File[] = [],
): Promise<void> {
  const { catalog } = useStore.getState();
  if (!catalog) return;
  const weights = await bytesOf(file);
  const card = beside && (await bytesOf(beside));
  // Loaded on demand: readers of weights are not part of the first load.
  const { readWeights } = await import('../../../engine/weights/readWeights.ts');
  const { CARD_KEY, readCard } = await import('../../../engine/weights/card.ts');
  try {
    const { tensors, metadata } = readWeights(weights.bytes, file.name);
    const text = card ? new TextDecoder().decode(card.bytes) : metadata.get(CARD_KEY);
    const told = text === undefined ? null : readCard(text, beside?.name ?? file.name);
    const settings = told && parseExperiment(told.experiment, catalog);
    const numbers = tensors.reduce((sum, t) => sum + t.shape.reduce((a, b) => a * b, 1), 0);
    const from = catalog.models.find((m) => m.id === told?.architecture)?.label;
    const origin = from
      ? `Saved of ${from}, seed ${told?.seed}, with its settings.`
      : 'The file does not say of which network: choose it in the settings.';
    const left =
      others.length > 0
        ? ` Not opened with it: ${listNames(others.map(({ name }) => name))}. Open ${others.length === 1 ? 'that by itself' : 'those by themselves'}.`
        : '';
    useStore.setState({
      sourceIssues: null,
      opened: {
        title: `${file.name} holds weights`,
        text: `${plural(tensors.length, 'tensor')}, ${formatCount(numbers)} numbers, ${shapesOf(tensors)}. ${origin}${left}`,
        weights: {
          input: { ...weights, card },
          experiment: settings && settings.issues.length === 0 ? settings.experiment : null,
        },
      },
    });
  } catch (error) {
    if (!(error instanceof WorkbenchError)) throw error;
    const [issue] = error.issues;
    refuse(
      file.name,
      issue?.expected ?? 'weights',
      issue ? issue.got : error.message,
      issue?.remedy ?? 'Save the weights again.',
    );
  }
}

/** "encoder.0.… [16, 1] to tower.… [1, 64]": the first and the last, which identify a network. */
function shapesOf(tensors: readonly { name: string; shape: readonly number[] }[]): string {
  const text = (t: { name: string; shape: readonly number[] }) => `${t.name} [${t.shape.join(', ')}]`;
  const [first] = tensors;
  const last = tensors.at(-1);
  return first && last ? `from ${text(first)} to ${text(last)}` : 'none';
}

/** The Runs tab shows the outcome. */
async function openRuns(files: readonly File[]): Promise<void> {
  const { importRuns, setTab, setView, view } = useStore.getState();
  // What could not be opened before is no longer the question.
  useStore.setState({ sourceIssues: null });
  setTab('runs');
  const part = (await importRuns(files)) > 0 ? 'sweeps' : 'list';
  setView({ runs: { ...view.runs, part } });
}
