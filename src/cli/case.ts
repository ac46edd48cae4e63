// A case of the Mask tests tab: an experiment, the point of training at which its masks were tested, and the findings. Reads
// one, and compares a replay with it.
import type { Experiment } from '../engine/config/experiment.ts';
import { visible, WorkbenchError } from '../engine/core/errors.ts';
import { list, object, optional, type ReadBy, text } from '../engine/core/reader.ts';
import type { Role } from '../engine/core/roles.ts';
import type { MaskTestReport } from '../engine/protocol/masks.ts';
import { bool, count, orNull, role } from '../engine/protocol/readResult.ts';
import { networksOf } from '../engine/training/plan.ts';

const taken = object({ role, seed: count, step: count, epoch: count, weights: optional(text) });
const assertions = list(object({ id: text, passed: bool }));

export interface Case {
  experiment: unknown;
  /** Null in cases that do not state it. */
  taken: ReadBy<typeof taken> | null;
  assertions: ReadBy<typeof assertions>;
}

/**
 * Null if the JSON is not a case.
 * @throws WorkbenchError (file) if it is one that no page has written
 */
export function readCase(json: unknown): Case | null {
  if (typeof json !== 'object' || json === null || !('experiment' in json) || !('assertions' in json))
    return null;
  try {
    return {
      experiment: json.experiment,
      taken: orNull(taken)('taken' in json ? json.taken : null, 'case.taken'),
      assertions: assertions(json.assertions, 'case.assertions'),
    };
  } catch (error) {
    const [issue] = error instanceof WorkbenchError ? error.issues : [];
    if (!issue) throw error;
    throw WorkbenchError.of('file', { ...issue, remedy: 'Save the case again in the Masks tab.' });
  }
}

/**
 * The network whose masks are tested: that of the case.
 * @throws WorkbenchError (config) where the experiment has none of that name
 */
export function testedRole(found: Case | null, experiment: Experiment): Role {
  const role = found?.taken?.role ?? 'model';
  const roles = networksOf(experiment).map((network) => network.role);
  if (roles.includes(role)) return role;
  throw WorkbenchError.of('config', {
    path: 'case.taken.role',
    expected: `one of the networks of the experiment, ${roles.join(', ')}`,
    got: role,
    remedy: 'Save the case again in the Masks tab, or leave out the --set that removes the network.',
  });
}

/** In which respects a replay differs from the case, in words. */
export function caseNotes({ taken }: Case, steps: number, weights: boolean): string[] {
  if (!taken) return [];
  const notes: string[] = [];
  if (taken.step < steps)
    notes.push(
      `The case was taken at step ${taken.step} of seed ${taken.seed}; this is after all ${steps} steps.`,
    );
  if (taken.weights && !weights)
    notes.push(`The case was measured on the weights of ${taken.weights}: give them with --weights.`);
  return notes;
}

/** One line per assertion and one per path between tasks. */
export function maskTestText(report: MaskTestReport, taken: Case | null): string {
  const before = new Map(taken?.assertions.map((a) => [a.id, a.passed]));
  const assertions = report.assertions.flatMap(({ id, passed, text, value, limit, detail }) => {
    const was = before.get(id);
    const changed =
      was === undefined || was === passed
        ? ''
        : `; it ${was ? 'held' : 'failed'} in the case and ${passed ? 'holds' : 'fails'} here`;
    const line = `${passed ? 'holds' : 'FAILS'}  ${text} (measured ${value}, limit ${limit})${changed}`;
    return passed ? [line] : [line, `       ${detail}`];
  });
  const between = report.tasks.flatMap((task, t) =>
    report.sources.flatMap((source, token) => {
      const at = t * report.sources.length + token;
      return source.group === 'task' && (report.hops[at] ?? 0) > 0
        ? [`reach  ${source.name} to ${task}: ${report.paths[at]}`]
        : [];
    }),
  );
  return [...assertions, ...(between.length > 0 ? between : ['reach  no task reaches another'])]
    .map(visible)
    .join('\n');
}
