// The networks of a run side by side, over its finished seeds: the data of the comparison table and its chart. Networks of a
// run share seeds, split and batches, so they are compared seed by seed.

import { estimate, meanOf, pairedDifference } from '../core/interval.ts';
import type { Role } from '../core/roles.ts';
import { isModel } from '../core/roles.ts';
import type { Decomposition, GainReport } from '../protocol/gain.ts';
import type { ComparedModel, NetworkResult, PairedComparison, SeedResult } from '../protocol/result.ts';
import { decompositionSummary } from './decomposition.ts';
import { gainSummary, valuesOf } from './gain.ts';

export interface Tested {
  result: NetworkResult;
  /** Gain over the baseline; null for the baseline itself and without one. */
  gain: GainReport | null;
  /** Architecture and sharing, for models whose twin was trained. */
  decomposition: Decomposition | null;
}

/** The networks of a seed in order: baseline, model, further ones. */
export function testedOf(seed: SeedResult): Tested[] {
  const { baseline, model, gain, decomposition, others } = seed;
  return [
    ...(baseline ? [{ result: baseline, gain: null, decomposition: null }] : []),
    { result: model, gain, decomposition },
    ...others,
  ];
}

type Column = Omit<ComparedModel, 'against' | 'isBest'>;

/** @param seeds - per seed the networks tested so far; the last seed may have fewer than the others */
export function compareModels(seeds: readonly (readonly Tested[])[]): ComparedModel[] {
  const roles: Role[] = [];
  for (const { result } of seeds.flat()) if (!roles.includes(result.role)) roles.push(result.role);
  const columns = roles.map((role) =>
    columnOf(seeds.flatMap((s) => s.filter((t) => t.result.role === role))),
  );
  return columns.map((column): ComparedModel => {
    const against = columns.filter((other) => other !== column).map((other) => pairOf(column, other));
    const beatsAll = (of: (pair: PairedComparison) => { low: number } | null | undefined) =>
      against.length > 0 && against.every((pair) => (of(pair)?.low ?? Number.NaN) > 0);
    const rivals = against.filter(({ gain }) => gain !== null);
    return {
      ...column,
      against,
      isBest: {
        perTask: column.perTask.map((_, i) => beatsAll((pair) => pair.perTask[i])),
        gain: rivals.length > 0 && rivals.every(({ gain }) => (gain?.low ?? Number.NaN) > 0),
      },
    };
  });
}

/** @param own - results of one network, seed by seed */
function columnOf(own: readonly Tested[]): Column {
  const { role, id, label, parameters, test, trainedWith } = (own[0] as Tested).result;
  const gains = own.flatMap((t) => t.gain ?? []);
  return {
    role,
    id,
    label,
    parameters,
    perTask: test.map((score, i) => {
      const { metric, higherIsBetter, values } = valuesOf(
        score,
        own.map(({ result }) => result.test[i]),
      );
      return { task: score.task, metric, higherIsBetter, ...estimate(values) };
    }),
    gain: gains.length > 0 ? gainSummary(gains) : null,
    decomposition: isModel(role) ? decompositionSummary(own.flatMap((t) => t.decomposition ?? [])) : null,
    trainSeconds: meanOf(own.map(({ result }) => result.trainMs)) / 1000,
    trainedWith,
  };
}

/** The difference between two networks on the same seeds, signed so that positive is better. */
function pairOf(column: Column, other: Column): PairedComparison {
  return {
    role: other.role,
    perTask: column.perTask.map(({ perSeed, higherIsBetter }, i) => {
      const theirs = other.perTask[i]?.perSeed ?? [];
      return higherIsBetter ? pairedDifference(perSeed, theirs) : pairedDifference(theirs, perSeed);
    }),
    gain: column.gain && other.gain && pairedDifference(column.gain.perSeed, other.gain.perSeed),
  };
}
