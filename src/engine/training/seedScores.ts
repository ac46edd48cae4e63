// The scores of a seed's networks: test results in order of arrival, and the best validation scores of those in training. Every
// network is compared with the baseline, and a model with its twin.
import { isModel, ownerOf, type Role, twinRoleOf } from '../core/roles.ts';
import type { NetworkInfo, NetworkResult, SeedResult, TaskScore } from '../protocol/result.ts';
import type { Tested } from './comparison.ts';
import { decompose } from './decomposition.ts';
import { gainReport } from './gain.ts';
import type { NetworkInTraining } from './networkInTraining.ts';
import type { TrainingSettings } from './params.ts';

type Split = 'validation' | 'test';

export class SeedScores {
  /** In order of arrival. */
  readonly tested: Tested[];
  private readonly wantsTwins: boolean;
  private readonly inTraining: () => readonly Pick<NetworkInTraining, 'role' | 'bestScores'>[];

  /** @param tested - results before a resume */
  constructor(
    { twin }: TrainingSettings,
    inTraining: () => readonly Pick<NetworkInTraining, 'role' | 'bestScores'>[],
    tested: readonly Tested[] = [],
  ) {
    this.wantsTwins = twin === 'only' || twin === 'both';
    this.inTraining = inTraining;
    this.tested = structuredClone([...tested]);
  }

  /** Test scores if it has been tested; else its best validation scores so far. */
  of(role: Role, split: Split): TaskScore[] | null {
    const tested = this.tested.find((t) => t.result.role === role)?.result;
    if (tested) return tested[split];
    const network = split === 'validation' && this.inTraining().find((p) => p.role === role);
    return network ? network.bestScores() : null;
  }

  /** Gain over the baseline and its parts, if the networks they need are known. */
  compare(
    { role, singleTask, twin: others }: Pick<NetworkInfo, 'role' | 'singleTask' | 'twin'>,
    split: Split,
  ): Omit<Tested, 'result'> {
    const own = this.of(role, split);
    const baseline = this.of('baseline', split);
    if (!own || role === 'baseline') return { gain: null, decomposition: null };
    const gain = baseline && gainReport(own, baseline);
    if (!this.wantsTwins || !isModel(role)) return { gain, decomposition: null };
    // Networks that share nothing are their own twins.
    const twin = singleTask ? own : this.of(others ?? twinRoleOf(role), split);
    return { gain, decomposition: twin && decompose(own, twin, baseline) };
  }

  /** @returns the results with their comparisons */
  add(results: readonly NetworkResult[]): Tested[] {
    const added = results.map((result): Tested => ({ result, gain: null, decomposition: null }));
    this.tested.push(...added);
    // A twin that is tested later completes the comparison of its model.
    const owners = results.map((result) => ownerOf(result.role));
    for (const tested of this.tested)
      if (added.includes(tested) || owners.includes(ownerOf(tested.result.role)))
        Object.assign(tested, this.compare(tested.result, 'test'));
    return added;
  }

  /** Called when all networks of the seed have been tested. */
  seedResult(seed: number): SeedResult {
    const model = this.tested.find((t) => t.result.role === 'model');
    if (!model) throw new Error('no model was trained');
    const baseline = this.tested.find((t) => t.result.role === 'baseline')?.result ?? null;
    const others = this.tested.filter((t) => t !== model && t.result !== baseline);
    const { gain, decomposition } = model;
    return { seed, model: model.result, baseline, gain, decomposition, others };
  }
}
