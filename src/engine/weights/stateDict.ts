// The variables of a model under the names of the public code's `state_dict`, out and in.
import * as tf from '@tensorflow/tfjs-core';
import type { Issue } from '../core/errors.ts';
import type { Note } from '../core/notes.ts';
import type { Model } from '../models/model.ts';
import type { NamedTensor } from './safetensors.ts';
import type { WeightsFile } from './torchFile.ts';

const COUNTER = 'num_batches_tracked';

/** Parameters, buffers and frozen tensors, one entry per tensor of the public code. */
export async function stateDict(model: Model): Promise<NamedTensor[]> {
  const tensors: NamedTensor[] = [];
  for (const { variable, parts } of [...model.parameters, ...model.buffers]) {
    const values = await variable.data<'float32'>();
    for (const { name, shape, start, size } of parts) {
      const data = values.slice(start, start + size);
      tensors.push({ name, shape: [...shape], data, ...(name.endsWith(COUNTER) ? { integer: true } : {}) });
    }
  }
  for (const [name, values] of model.frozen)
    tensors.push({ name, shape: [values.length], data: values.slice() });
  return tensors;
}

const text = (shape: readonly number[]) => `[${shape.join(', ')}]`;

/**
 * Puts tensors into a model; nothing is changed when they do not fit.
 * @returns every name that is missing, unexpected, or of another shape; empty when the weights were taken
 */
export function loadStateDict(model: Model, tensors: readonly NamedTensor[]): Issue[] {
  const given = new Map(tensors.map((t) => [t.name, t]));
  const issues: Issue[] = [];
  const remedy = 'Set architecture, sizes, features and tasks as they were when the weights were trained.';
  const wanted = [...model.parameters, ...model.buffers].flatMap((p) => p.parts);
  for (const { name, shape } of wanted) {
    const tensor = given.get(name);
    if (!tensor) issues.push({ path: name, expected: text(shape), got: 'no such tensor', remedy });
    else if (text(tensor.shape) !== text(shape))
      issues.push({ path: name, expected: text(shape), got: text(tensor.shape), remedy });
  }
  const known = new Set([...wanted.map((p) => p.name), ...model.frozen.keys()]);
  for (const { name, shape } of tensors)
    if (!known.has(name)) issues.push({ path: name, expected: 'no such tensor', got: text(shape), remedy });
  if (issues.length > 0) return issues;
  tf.tidy(() => {
    for (const { variable, parts } of [...model.parameters, ...model.buffers]) {
      const values = new Float32Array(variable.size);
      for (const { name, start } of parts) values.set((given.get(name) as NamedTensor).data, start);
      variable.assign(tf.tensor(values, variable.shape, 'float32'));
    }
  });
  return [];
}

/** What wrappers put in front of every name: the attribute of a LightningModule, DataParallel, `torch.compile`. */
const WRAPPERS = ['model.', 'net.', 'module.', '_orig_mod.'];

/** Rows of wrappers that all names begin with, the empty one first. */
function wrapperPrefixes(tensors: readonly NamedTensor[]): string[] {
  const prefixes = [''];
  for (;;) {
    const prefix = prefixes.at(-1) as string;
    const next = WRAPPERS.find((w) => tensors.every(({ name }) => name.startsWith(prefix + w)));
    if (next === undefined || tensors.length === 0) return prefixes;
    prefixes.push(prefix + next);
  }
}

/**
 * Puts the weights of a file into a model; nothing is changed when they do not fit. A prefix that all names share is taken
 * off where they fit only without it: a task may itself be called `model`.
 * @returns what does not fit, as of `loadStateDict`, and what to say about where the weights were found
 */
export function loadWeights(
  model: Model,
  { tensors, notes }: WeightsFile,
): { issues: Issue[]; notes: Note[] } {
  let least: { issues: Issue[]; notes: Note[] } | null = null;
  for (const prefix of wrapperPrefixes(tensors)) {
    const bare = prefix ? tensors.map((t) => ({ ...t, name: t.name.slice(prefix.length) })) : tensors;
    const taken = prefix
      ? [{ code: 'weights-prefix', text: `names taken without the ${prefix} that all of them begin with` }]
      : [];
    const outcome = { issues: loadStateDict(model, bare), notes: [...notes, ...taken] };
    if (outcome.issues.length === 0) return outcome;
    if (!least || outcome.issues.length < least.issues.length) least = outcome;
  }
  return least as { issues: Issue[]; notes: Note[] };
}

/** The Python that loads an exported file into the public code's model. */
export const pythonSnippet = (fileName: string): string =>
  [
    'from safetensors.torch import load_file',
    `state = load_file("${fileName}")`,
    'model.load_state_dict(state)  # the class of the public code, built with the same sizes',
    '',
  ].join('\n');
