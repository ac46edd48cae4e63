// Every problem that a user can cause is reported as data: place, expectation, value, remedy. Errors cross the worker boundary
// as plain objects, so the receiver needs no `instanceof`.
import type { Role } from './roles.ts';

/** One violated expectation. `path` is a dotted path into the experiment or a position in a file. */
export interface Issue {
  path: string;
  expected: string;
  got: string;
  remedy: string;
}

export type ErrorKind = 'config' | 'data' | 'file' | 'backend' | 'numeric' | 'memory' | 'shape' | 'internal';

/** Whether such an error follows from what was given: it comes again with the same settings, files and values, and others help. */
export const isOfInput = (kind: ErrorKind): boolean =>
  kind === 'config' || kind === 'data' || kind === 'file' || kind === 'numeric';

/** Where a number that is not finite first appeared: in a training step, or in the evaluation of a split. */
export interface NumericFault {
  role: Role;
  seed: number;
  epoch: number;
  /** In a training step: its number, as on the charts. In an evaluation: the number of steps before it. */
  step: number;
  /** Task whose loss is affected, or null if the tensor is shared and no loss is affected yet. */
  task: string | null;
  tensor: string;
  kind: 'loss' | 'gradient' | 'parameter' | 'logits';
  shape: number[];
  nonFinite: number;
  /** Largest finite global gradient norm of the step before; null at step 1 and in an evaluation. */
  previousGradientNorm: number | null;
  /** In an evaluation: the split, and its first faulty row (counted from 1, in the order of the split). */
  evaluation?: { split: 'validation' | 'test'; row: number };
  /** File of the weights that were measured instead of trained; training settings are then no remedy. */
  weightsFile?: string;
}

/** The serialisable form of every error shown to a user. */
export interface ErrorReport {
  kind: ErrorKind;
  message: string;
  issues: Issue[];
  fault?: NumericFault;
}

/** An error with place, expectation, value and remedy. */
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

  /** The error for one violated expectation; its parts form the message. */
  static of(kind: ErrorKind, issue: Issue): WorkbenchError {
    const shown = { ...issue, path: clip(issue.path), got: clip(issue.got) };
    return new WorkbenchError(kind, formatIssue(issue), [shown]);
  }
}

/** Longest name or value in a message: untrusted text may be of any length, and long lines are slow to lay out. */
const MAX_SHOWN = 256;

/** The beginning of a text, with its total length if it is truncated. */
export function clip(text: string, limit = MAX_SHOWN): string {
  const shown = visible(text.slice(0, limit));
  return text.length <= limit ? shown : `${shown}… (${text.length} characters)`;
}

/** Makes characters visible that move the cursor of a terminal, or reverse the direction of a line on the page. */
export const visible = (text: string): string =>
  text
    .replace(/\r\n?|[\n\u2028\u2029]/g, '⏎')
    .replaceAll('\t', '⇥')
    .replace(/[\p{Cc}\p{Bidi_Control}]/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** "path: expected X, got Y. Remedy" */
export function formatIssue({ path, expected, got, remedy }: Issue): string {
  return `${clip(path)}: expected ${visible(expected)}, got ${clip(got)}. ${visible(remedy)}`;
}

/** Maximum number of listed issues of one kind; a file may have thousands. */
const MAX_LISTED = 20;

/** A list of all known keys longer than this is shown only once. */
const MAX_REPEATED = 100;

/** How many issues a list of `firstIssues` stands for, as text. */
export const issueCount = (listed: number): string =>
  listed > MAX_LISTED ? `More than ${MAX_LISTED}` : String(listed);

/** The first issues, and one that stands for all others. */
export const firstIssues = (issues: readonly Issue[]): Issue[] => issuesOf(issues, (issue) => issue);

/** Issues of the first items, and one that stands for all others. Those are only counted: a file may have millions. */
export function issuesOf<T>(items: readonly T[], toIssue: (item: T) => Issue): Issue[] {
  const [first] = items.slice(MAX_LISTED, MAX_LISTED + 1).map(toIssue);
  const told = new Set<string>();
  const listed = items.slice(0, MAX_LISTED).map((item) => {
    const issue = toIssue(item);
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
      got: `${got}, and ${items.length - MAX_LISTED} more like this`,
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
