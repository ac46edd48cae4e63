// The networks of a run side by side, over its finished seeds: what the comparison table and its chart show.
import type { ComparedModel, GainSummary, PartResult, Role, SeedResult } from '../protocol.ts';
import { higherIsBetter } from '../tasks/registry.ts';
import { type GainReport, gainSummary, sampleSd } from './gain.ts';

export interface Tested {
  result: PartResult;
  gain: GainReport | null;
}

/** The networks of a seed in their order: baseline, model, further ones. */
export function testedOf(seed: SeedResult): Tested[] {
  const { baseline, model, gain, others } = seed;
  return [...(baseline ? [{ result: baseline, gain: null }] : []), { result: model, gain }, ...others];
}

const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** @param seeds - per seed the networks tested so far; a seed may have fewer than others */
export function compareModels(seeds: readonly (readonly Tested[])[]): ComparedModel[] {
  const roles: Role[] = [];
  for (const { result } of seeds.flat()) if (!roles.includes(result.role)) roles.push(result.role);
  return roles.map((role): ComparedModel => {
    const own = seeds.flatMap((tested) => tested.filter((t) => t.result.role === role));
    const { id, label, parameters, test, trainedWith } = (own[0] as Tested).result;
    const gains = own.flatMap((t) => (t.gain ? [t.gain] : []));
    const gain: GainSummary | null = gains.length > 0 ? gainSummary(gains) : null;
    return {
      role,
      id,
      label,
      parameters,
      perTask: test.map(({ task, primary }, i) => {
        const perSeed = own.map(({ result }) => result.test[i]?.metrics[primary]?.value ?? Number.NaN);
        const valid = perSeed.filter((v) => !Number.isNaN(v));
        return {
          task,
          metric: primary,
          higherIsBetter: higherIsBetter(primary),
          mean: meanOf(valid),
          sd: sampleSd(valid),
          perSeed,
        };
      }),
      gain,
      trainSeconds: meanOf(own.map(({ result }) => result.trainMs)) / 1000,
      trainedWith,
    };
  });
}
