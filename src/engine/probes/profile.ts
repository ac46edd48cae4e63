// Time of a training step by kernel: on a copy of each network in its current state, or on random data if the engine does not
// hold the run. Training is not affected.
import { notProfiled, profileOfExperiment, profileStep } from '../analysis/profile.ts';
import { list, matching, object } from '../core/reader.ts';
import { isRole, type Role } from '../core/roles.ts';
import type { StepProfile } from '../protocol/profile.ts';
import { GradientNetwork } from '../training/gradientNetwork.ts';
import type { InspectedSession } from '../training/inspection.ts';
import { networksOf } from '../training/plan.ts';
import { toTensors } from '../training/tensorBatch.ts';
import { defineProbe } from './probe.ts';

export interface StepProfiles {
  /** In the requested order, as far as measured. */
  networks: StepProfile[];
}

const request = object({ roles: list(matching(isRole, 'a role, such as model or baseline')) });

export const profile = defineProbe({
  id: 'profile',
  mode: 'once',
  when: 'anytime',
  request,
  run: async (context, { roles }): Promise<StepProfiles> => {
    const { experiment, session } = context;
    const planned = networksOf(experiment);
    const networks: StepProfile[] = [];
    for (const [done, role] of roles.entries()) {
      const label = planned.find((n) => n.role === role)?.label ?? role;
      context.progress({ label, done, total: roles.length }, { networks: [...networks] });
      const options = { between: () => context.yieldOrStop() };
      networks.push(
        session
          ? await profileInRun(session, role, options)
          : await profileOfExperiment(experiment, await context.table(), role, options),
      );
    }
    return { networks };
  },
});

/** Profiles the network in its current state, with rows of the training split; a new network if it has not begun. */
async function profileInRun(
  session: InspectedSession,
  role: Role,
  options: { between(): Promise<void> },
): Promise<StepProfile> {
  const { dataset, experiment, networks, seed } = session;
  const info = session.infos.find((i) => i.role === role);
  const network = networksOf(experiment).find((n) => n.role === role);
  if (!info || !network || !dataset) throw notProfiled(role, 'none in this run');
  const { id, label } = info;
  const part = networks.find((p) => p.role === role) ?? session.createNetwork(network, info);
  const isNew = !networks.includes(part);
  try {
    if (!(part instanceof GradientNetwork)) throw notProfiled(role, `${label}, which consists of trees`);
    const rows = dataset.split.train.subarray(0, session.settings.batchSize);
    return await profileStep(
      {
        role,
        id,
        label,
        at: isNew ? null : { seed, step: part.step },
        create: () => part.cloneForProfiling(),
        batchSize: rows.length,
        batch: () => toTensors(dataset, rows),
      },
      options,
    );
  } finally {
    if (isNew) part.dispose();
  }
}
