// Exports the weights of a network of a session as safetensors, with a card that describes the encoding of its table.
import type { Issue } from '../core/errors.ts';
import type { Role } from '../core/roles.ts';
import { CARD_KEY, cardOf } from '../weights/card.ts';
import { writeSafetensors } from '../weights/safetensors.ts';
import { namesChanged, pythonSnippet, stateDict } from '../weights/stateDict.ts';
import { GradientNetwork } from './gradientNetwork.ts';
import type { InspectedSession } from './inspection.ts';
import type { NetworkInTraining } from './networkInTraining.ts';
import { networksOf } from './plan.ts';

/** Emits an event of the run with the weights, or with the reason why there are none. */
export async function exportWeights(session: InspectedSession, role: Role): Promise<void> {
  const trained = session.networks.find((p) => p.role === role);
  const { dataset, seed, experiment } = session;
  const network = networksOf(experiment).find((n) => n.role === role);
  if (!(trained instanceof GradientNetwork) || !dataset || !network) {
    session.emit({ type: 'weights-refused', role, issue: absenceOf(session, role, trained) });
    return;
  }
  const { id } = trained.info;
  const fileName = `${id}-seed${seed}.safetensors`;
  const saved = trained.savedNames();
  const card = cardOf({ architecture: id, params: network.params, seed, experiment }, dataset, saved);
  const bytes = writeSafetensors(await stateDict(trained.model, saved), { [CARD_KEY]: JSON.stringify(card) });
  const changed = Object.entries(card.names).map(([other, own]) => [own, other] as const);
  if (changed.length > 0) session.note(role, namesChanged(changed));
  session.emit({ type: 'weights', role, fileName, bytes, python: pythonSnippet(fileName) });
}

/** Why a question about a network cannot be answered. */
export function absenceOf(
  session: InspectedSession,
  role: Role,
  trained: NetworkInTraining | undefined,
): Issue {
  const label = session.infos.find((info) => info.role === role)?.label ?? role;
  const got = trained
    ? `${label}, which consists of trees`
    : session.tested.some((t) => t.result.role === role)
      ? `${label}, which finished before the run was resumed: a checkpoint keeps its results, not its weights`
      : `${label}, which has not begun to train`;
  return {
    path: role,
    expected: 'a network that this session holds',
    got,
    remedy: trained
      ? 'Choose a network trained by gradients.'
      : 'Run the experiment again, or wait for its turn.',
  };
}
