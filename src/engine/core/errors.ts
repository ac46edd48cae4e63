// Every problem a user can cause is reported as data: where, what was expected, what was got, what to do.
// Errors cross the worker boundary as plain objects, so no `instanceof` is needed on the far side.
import type { Role } from './roles.ts';

/** One violated expectation. `path` is a dotted path into the experiment or a place in a file. */
export interface Issue {
  path: string;
  expected: string;
  got: string;
  remedy: string;
}

export type ErrorKind = 'config' | 'data' | 'file' | 'backend' | 'numeric' | 'memory' | 'shape' | 'internal';

/** Where a number that is not finite first appeared: in a training step, or in the evaluation of a split. */
export interface NumericFault {
  role: Role;
  seed: number;
  epoch: number;
  /** In a training step: its number, as drawn on the charts. In an evaluation: the steps finished before it. */
  step: number;
  /** Task whose loss is affected, or null when the tensor is shared and no loss is affected yet. */
  task: string | null;
  tensor: string;
  kind: 'loss' | 'gradient' | 'parameter' | 'logits';
  shape: number[];
  nonFinite: number;
  /** Largest finite global gradient norm of the step before; null at step 1 and in an evaluation. */
  previousGradientNorm: number | null;
  /** In an evaluation: which split, and its first row at fault (1-based, in the order of the split). */
  evaluation?: { split: 'validation' | 'test'; row: number };
  /** File of the weights that were measured instead of trained: settings of training are no remedy. */
  weightsFile?: string;
}

/** The serialisable form of every error shown to a user. */
export interface ErrorReport {
  kind: ErrorKind;
  message: string;
  issues: Issue[];
  fault?: NumericFault;
}

/** An error that says where, what and what to do. */
export class WorkbenchError extends Error {
  readonly kind: ErrorKind;
  readonly issues: Issue[];
  readonly fault?: NumericFault;

  constructor(kind: ErrorKind, message: string, issues: Issue[] = [], fault?: NumericFault) {
    super(message);
    this.name = 'WorkbenchError';
    this.kind = kind;
    this.issues = issues;
    this.fault = fault;
  }

  /** The error for one violated expectation; the message is composed of its parts. */
  static of(kind: ErrorKind, issue: Issue): WorkbenchError {
    const shown = { ...issue, path: clip(issue.path), got: clip(issue.got) };
    return new WorkbenchError(kind, formatIssue(issue), [shown]);
  }
}

/** Longest name or value in a message: what comes from outside may be of any length, and layout of long lines is slow. */
const MAX_SHOWN = 256;

/** The beginning of a text, with the length of the whole where something is left out. */
export function clip(text: string, limit = MAX_SHOWN): string {
  const shown = visible(text.slice(0, limit));
  return text.length <= limit ? shown : `${shown}… (${text.length} characters)`;
}

/** A name from a file may hold what moves the cursor of a terminal, or turns the direction of a line on the page. */
const visible = (text: string): string =>
  text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** "path: expected X, got Y. Remedy" */
export function formatIssue({ path, expected, got, remedy }: Issue): string {
  return `${clip(path)}: expected ${expected}, got ${clip(got)}. ${remedy}`;
}

/** Issues of one kind that are listed; a file may hold thousands. */
const MAX_LISTED = 20;

/** A list of all that is known is told once. */
const MAX_REPEATED = 100;

/** The first issues, and one for all others. */
export function firstIssues(issues: readonly Issue[]): Issue[] {
  const others = issues.slice(MAX_LISTED);
  const [first] = others;
  const told = new Set<string>();
  const listed = issues.slice(0, MAX_LISTED).map((issue) => {
    const { expected } = issue;
    if (expected.length <= MAX_REPEATED || !told.has(expected)) {
      told.add(expected);
      return issue;
    }
    return { ...issue, expected: 'the same as above' };
  });
  if (!first) return listed;
  const { path, got } = first;
  return [
    ...listed,
    {
      path,
      expected: 'the same as above',
      got: `${got}, and ${others.length} more like this`,
      remedy: 'Mend those above first.',
    },
  ];
}

/** Turns anything thrown into a report; unknown errors keep their message and are marked internal. */
export function toErrorReport(error: unknown): ErrorReport {
  if (error instanceof WorkbenchError) {
    const { kind, message, issues, fault } = error;
    return fault ? { kind, message, issues, fault } : { kind, message, issues };
  }
  const message = error instanceof Error ? error.message : String(error);
  const outOfMemory = error instanceof RangeError && /alloc|array (buffer )?length/i.test(message);
  return { kind: outOfMemory ? 'memory' : 'internal', message, issues: [] };
}
