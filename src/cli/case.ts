// A case of the Proof tab: an experiment, where it was when its masks were proved, and what was found. Reads one, and says what a
// replay found beside it.
import type { Role } from '../engine/core/roles.ts';
import type { Assertion, ProofReport } from '../engine/protocol/masks.ts';

export interface Case {
  experiment: unknown;
  /** Null in cases that do not say. */
  taken: { role: Role; seed: number; step: number; epoch: number; weights?: string } | null;
  assertions: Pick<Assertion, 'id' | 'passed'>[];
}

/** Null when the JSON is no case. */
export function readCase(json: unknown): Case | null {
  if (typeof json !== 'object' || json === null || !('experiment' in json) || !('assertions' in json))
    return null;
  const { experiment, assertions } = json;
  const taken = 'taken' in json ? (json.taken as Case['taken']) : null;
  return { experiment, taken, assertions: Array.isArray(assertions) ? assertions : [] };
}

/** What a replay cannot do as it was, in words. */
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

/** A line per assertion and per way between tasks. */
export function proofText(proof: ProofReport, taken: Case | null): string {
  const before = new Map(taken?.assertions.map((a) => [a.id, a.passed]));
  const assertions = proof.assertions.flatMap(({ id, passed, text, value, limit, detail }) => {
    const was = before.get(id);
    const changed =
      was === undefined || was === passed
        ? ''
        : `; it ${was ? 'held' : 'failed'} in the case and ${passed ? 'holds' : 'fails'} here`;
    const line = `${passed ? 'holds' : 'FAILS'}  ${text} (measured ${value}, limit ${limit})${changed}`;
    return passed ? [line] : [line, `       ${detail}`];
  });
  const between = proof.tasks.flatMap((task, t) =>
    proof.sources.flatMap((source, token) => {
      const at = t * proof.sources.length + token;
      return source.group === 'task' && (proof.hops[at] ?? 0) > 0
        ? [`reach  ${source.name} to ${task}: ${proof.paths[at]}`]
        : [];
    }),
  );
  return [...assertions, ...(between.length > 0 ? between : ['reach  no task reaches another'])].join('\n');
}
