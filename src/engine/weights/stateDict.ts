// Exports and imports a model's variables under the names of the public code's `state_dict`.
import * as tf from '@tensorflow/tfjs-core';
import { type Issue, WorkbenchError } from '../core/errors.ts';
import type { Note } from '../core/notes.ts';
import type { Model } from '../models/model.ts';
import { CARD_KEY } from './card.ts';
import { type Found, findTensors, type Shaped } from './findTensors.ts';
import type { NamedTensor } from './safetensors.ts';
import type { WeightsFile } from './torchFile.ts';

const COUNTER = 'num_batches_tracked';
/** How many names a note or message lists; the rest are counted. */
const LISTED = 8;

/**
 * Parameters, buffers and frozen tensors, one entry per tensor of the public code.
 * @param saved - file names of tensors that are not saved under their model name; see `savedNames`
 */
export async function stateDict(
  model: Model,
  saved: ReadonlyMap<string, string> = new Map(),
): Promise<NamedTensor[]> {
  const tensors: NamedTensor[] = [];
  const named = (name: string) => saved.get(name) ?? name;
  for (const { variable, parts } of [...model.parameters, ...model.buffers]) {
    const values = await variable.data<'float32'>();
    for (const { name, shape, start, size } of parts) {
      const data = values.slice(start, start + size);
      const integer = name.endsWith(COUNTER) ? { integer: true } : {};
      tensors.push({ name: named(name), shape: [...shape], data, ...integer });
    }
  }
  for (const [name, values] of model.frozen)
    tensors.push({ name: named(name), shape: [values.length], data: values.slice() });
  return tensors;
}

const text = (shape: readonly number[]) => `[${shape.join(', ')}]`;
const tensorsText = (count: number) => (count === 1 ? '1 tensor' : `${count} tensors`);

function listed(names: readonly string[]): string {
  const more = names.length > LISTED ? ` and ${names.length - LISTED} more` : '';
  return names.slice(0, LISTED).join(', ') + more;
}

const REMEDY = 'Set architecture, sizes, features and tasks as they were when the weights were trained.';

export interface LoadOptions {
  fileName: string;
  /** Label of the architecture, for messages. */
  label: string;
  saved?: ReadonlyMap<string, string>;
  /** Known cause of a possible misfit. */
  cause?: string;
}

/**
 * Loads the weights of a file into a model; if they do not fit, nothing changes. Wrappers before or within names are removed
 * unless they are part of a model's name: a task may be called `model`.
 * @param saved - as for `stateDict`; names of the model are accepted too
 * @returns notes on where the weights were found
 * @throws WorkbenchError (file) with every tensor that is missing, unexpected, of another shape, quantised, or not finite, and
 *   with negative variances
 */
export function loadWeights(
  model: Model,
  { tensors, notes }: Pick<WeightsFile, 'tensors' | 'notes'>,
  { saved = new Map(), ...words }: LoadOptions,
): Note[] {
  const packed = [...model.parameters, ...model.buffers];
  const parts = packed.flatMap((p) => p.parts);
  const found = findUnder([saved, new Map()], parts, [...model.frozen.keys()], tensors);
  if (!isWhole(found)) throw misfit(found, parts.length, tensors, words);
  const given = new Map(tensors.map((t) => [t.name, t]));
  const sources = new Map(
    parts.map(({ name }) => [name, given.get(found.names.get(name) ?? '') as NamedTensor]),
  );
  checkFractions(sources, words.fileName);
  checkFinite([...sources.values()], words.fileName);
  checkVariances(sources, words.fileName);
  tf.tidy(() => {
    for (const { variable, parts } of packed) {
      const values = new Float32Array(variable.size);
      for (const { name, start } of parts) values.set((sources.get(name) as NamedTensor).data, start);
      variable.assign(tf.tensor(values, variable.shape, 'float32'));
    }
  });
  return [...notes, ...notesOn(found, saved)];
}

const isWhole = ({ missing, misshapen, unexpected }: Found) =>
  missing.length + misshapen.length + unexpected.length === 0;

/** Uses the first naming scheme that finds all tensors, else the one that finds most. */
function findUnder(
  namings: readonly ReadonlyMap<string, string>[],
  parts: readonly Shaped[],
  frozen: readonly string[],
  tensors: readonly Shaped[],
): Found {
  const outcomes = namings.map((naming) => {
    const named = (name: string) => naming.get(name) ?? name;
    const found = findTensors(
      parts.map(({ name, shape }) => ({ name: named(name), shape })),
      frozen.map(named),
      tensors,
    );
    const names = new Map(
      parts.flatMap(({ name }) => {
        const from = found.names.get(named(name));
        return from === undefined ? [] : [[name, from] as const];
      }),
    );
    return { ...found, names };
  });
  const most = outcomes.reduce((a, b) => (b.names.size > a.names.size ? b : a));
  return outcomes.find(isWhole) ?? most;
}

function notesOn(found: Found, saved: ReadonlyMap<string, string>): Note[] {
  const { prefixes, inserted, copies, leftOut, names } = found;
  const notes: Note[] = [];
  const prefix = prefixes.filter((p) => p !== '').join(' and ');
  if (prefix !== '') {
    const which =
      leftOut.length === 0 && prefixes.length === 1 ? 'all of them begin with' : 'stands before them';
    notes.push({
      code: 'weights-prefix',
      text: `Names of the file are taken without ${prefix}, which ${which}.`,
    });
  }
  if (inserted.length > 0)
    notes.push({
      code: 'weights-prefix',
      text: `Names of the file are taken without ${inserted.join(' and ')} within them.`,
    });
  if (copies.length > 0) {
    notes.push({
      code: 'weights-copies',
      text: `The file holds the whole model again under ${copies.join(' and ')}, which is not used.`,
    });
  }
  if (leftOut.length > 0) {
    notes.push({
      code: 'weights-left-out',
      text: `${tensorsText(leftOut.length)} of the file belong to no part of the model and are left out: ${listed(leftOut.map((t) => t.name))}.`,
    });
  }
  const changed = [...saved].filter(([own, other]) => own !== other && names.get(own)?.endsWith(other));
  if (changed.length > 0) notes.push(namesChanged(changed));
  return notes;
}

/** The note if PyTorch refuses names of the model, for export and import. */
export const namesChanged = (changed: readonly (readonly [own: string, saved: string])[]): Note => ({
  code: 'weights-names-changed',
  text: `PyTorch refuses names of tasks with dots, empty ones and those of its own attributes: ${tensorsText(changed.length)} stand in the file under changed names, such as ${changed[0]?.[1]} for ${changed[0]?.[0]}.`,
});

/** The error for a file that does not hold the model: a summary, and an issue per name. */
function misfit(
  found: Found,
  total: number,
  tensors: readonly Shaped[],
  { fileName, label, cause }: Omit<LoadOptions, 'saved'>,
): WorkbenchError {
  const { missing, misshapen, unexpected, prefixes, names } = found;
  const remedy = cause ? `${cause} Set them so.` : REMEDY;
  const issues: Issue[] = [
    ...misshapen.map(({ name, expected, got }) => ({ path: name, expected: text(expected), got: text(got) })),
    ...missing.map(({ name, shape }) => ({ path: name, expected: text(shape), got: 'no such tensor' })),
    ...unexpected.map(({ name, shape }) => ({ path: name, expected: 'no such tensor', got: text(shape) })),
  ].map((issue) => ({ ...issue, remedy }));
  // One of each kind: the issues name them all.
  const fact = <T extends { name: string }>(kind: readonly T[], what: string, more = (_: T) => '') =>
    kind.slice(0, 1).map((one) => {
      const such = kind.length > 1 ? 'such as ' : '';
      return `${tensorsText(kind.length)} ${what} (${such}${one.name}${more(one)})`;
    });
  const facts = [
    ...fact(misshapen, 'of another shape', (t) => `: expected ${text(t.expected)}, got ${text(t.got)}`),
    ...fact(missing, 'missing'),
    ...fact(unexpected, 'that the model has not'),
  ];
  const under = prefixes.filter((p) => p !== '');
  const reading = under.length > 0 ? `, read without ${under.join(' and ')}` : '';
  const other =
    names.size + misshapen.length === 0 && tensors.length > 0
      ? ` The file has ${listed(tensors.map((t) => t.name))}.`
      : '';
  return new WorkbenchError(
    'file',
    `${fileName} does not fit ${label}: of ${tensorsText(total)}, ${names.size} are found${reading}; ${facts.join('; ')}.${other} ${remedy}`,
    issues,
  );
}

/**
 * Whole numbers in the place of weights are quantised ones: without their scale they would give plausible predictions.
 * @param sources - tensors of the file by name in the model
 */
function checkFractions(sources: ReadonlyMap<string, NamedTensor>, fileName: string): void {
  const whole = [...sources].filter(([name, tensor]) => tensor.integer && !name.endsWith(COUNTER));
  if (whole.length === 0) return;
  throw WorkbenchError.of('file', {
    path: fileName,
    expected: 'numbers with fractions (float32, float64, float16 or bfloat16)',
    got: `whole numbers in ${tensorsText(whole.length)}, as of a quantised network: ${listed(whole.map(([, t]) => t.name))}`,
    remedy: 'Save the weights as float32, before they are quantised.',
  });
}

/** @throws WorkbenchError (file) that names every tensor with numbers that are not finite in float32 */
function checkFinite(tensors: readonly NamedTensor[], fileName: string): void {
  const issues = tensors.flatMap(({ name, shape, data, notFinite }): Issue[] => {
    if (!notFinite) return [];
    const { count, first, value } = notFinite;
    return [
      {
        path: `${fileName}, ${name}`,
        expected: 'finite numbers within the range of float32',
        got: `${count} of ${data.length} that are not, the first ${value} at ${text(positionOf(first, shape))}`,
        remedy: 'Save weights of an earlier epoch, or train again with a smaller learning rate.',
      },
    ];
  });
  const [issue] = issues;
  if (!issue) return;
  if (issues.length === 1) throw WorkbenchError.of('file', issue);
  const each = issues.slice(0, LISTED).map(({ path, got }) => `${path.slice(fileName.length + 2)}: ${got}`);
  if (issues.length > LISTED) each.push(`and ${issues.length - LISTED} more`);
  throw new WorkbenchError(
    'file',
    `${fileName}: expected ${issue.expected}, got ${issues.length} tensors with others: ${each.join('; ')}. ${issue.remedy}`,
    issues,
  );
}

/**
 * Checks running variances of batch norms (by PyTorch's name): one just below zero would still give numbers.
 * @param sources - tensors of the file by name in the model
 */
function checkVariances(sources: ReadonlyMap<string, NamedTensor>, fileName: string): void {
  for (const [name, tensor] of sources) {
    if (!name.endsWith('running_var')) continue;
    const first = tensor.data.findIndex((value) => value < 0);
    if (first < 0) continue;
    throw WorkbenchError.of('file', {
      path: `${fileName}, ${tensor.name}`,
      expected: 'variances, which are not below 0',
      got: `${tensor.data[first]} at ${text(positionOf(first, tensor.shape))}`,
      remedy: 'Write the file again from the network: these are not the statistics of its batch norm.',
    });
  }
}

/** The multi-dimensional position of a row-major index. */
function positionOf(index: number, shape: readonly number[]): number[] {
  let rest = index;
  const position = [...shape].reverse().map((size) => {
    const at = rest % size;
    rest = Math.floor(rest / size);
    return at;
  });
  return position.reverse();
}

/** Python code that loads an exported file into the public code's model, and saves weights with the file's metadata. */
export const pythonSnippet = (fileName: string): string =>
  [
    'import torch',
    'from safetensors import safe_open',
    'from safetensors.torch import load_file, save_file',
    `state = load_file("${fileName}")`,
    'model.load_state_dict(state)  # the class of the public code, built with the same sizes',
    `with safe_open("${fileName}", "pt") as file:`,
    '    metadata = file.metadata()  # columns, classes, scaling, split: measured weights need them',
    'save_file(model.state_dict(), "tuned.safetensors", metadata=metadata)',
    `torch.save(model.state_dict(), "tuned.pt"); open("tuned.pt.json", "w").write(metadata["${CARD_KEY}"])`,
    '',
  ].join('\n');
