// Building blocks common to most architectures: the model around its variables, and the flat input of networks without
// attention.
import type { FeatureMeta } from '../data/table.ts';
import { createFlatInput, type FlatInput } from '../layers/embedding.ts';
import type { InitialisationScheme } from '../layers/initialisation.ts';
import type { ParameterSet } from '../layers/parameterSet.ts';
import type { Model } from './model.ts';

export function assemble(set: ParameterSet, rest: Pick<Model, 'forward' | 'flopsPerRow' | 'flow'>): Model {
  const { parameters, buffers, frozen } = set;
  return { parameters, buffers, frozen, dispose: () => set.dispose(), ...rest };
}

/** @param names - one embedding each; width 0 passes the raw columns */
export function createInput(
  set: ParameterSet,
  names: readonly string[],
  features: readonly FeatureMeta[],
  width: number,
  scheme: InitialisationScheme,
): FlatInput {
  const members = names.map((name) => ({ name, task: null }));
  return createFlatInput(set, { members, features, width, ...scheme.embedding(width) });
}
