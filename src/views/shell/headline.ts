// What the card of a failed run says where: the heading and the text of its message, and below it what to do. Nothing twice.
import { type ErrorReport, formatIssue } from '../../engine/core/errors.ts';
import { capitalised } from '../charts/format.ts';

/** Longer first lines are a short heading and a text. */
const LONG_HEADLINE = 120;

/** "w.safetensors does not fit MultiTab-Net" and "Of 42 tensors, 10 are found…" */
export function headlineOf(line: string): { headline: string; detail: string } {
  const at = line.length > LONG_HEADLINE ? line.search(/[:.;] /) : -1;
  if (at < 0) return { headline: line, detail: '' };
  return { headline: line.slice(0, at), detail: capitalised(line.slice(at + 2)) };
}

export interface SaidOnce {
  headline: string;
  details: string[];
  /** That of all issues, if they have the same; it stands above them, and not in the text. */
  remedy: string | null;
  /** A line for each issue that the message does not say. */
  lines: string[];
}

/** @param error - one that lists its issues below its text */
export function saidOnce({ message, issues }: Pick<ErrorReport, 'message' | 'issues'>): SaidOnce {
  const [issue] = issues;
  const remedy = issue && issues.every((other) => other.remedy === issue.remedy) ? issue.remedy : null;
  const [first = '', ...others] = message.split('\n');
  const said = new Set([first, ...others]);
  const lines = issues
    .filter((other) => !said.has(formatIssue(other)))
    .map((other) =>
      remedy === null ? formatIssue(other) : `${other.path}: expected ${other.expected}, got ${other.got}`,
    );
  const withoutRemedy = (line: string) =>
    remedy !== null && line.endsWith(remedy) ? line.slice(0, -remedy.length).trimEnd() : line;
  const { headline, detail } = headlineOf(withoutRemedy(first));
  const details = [detail, ...others.map(withoutRemedy)].filter((line) => line !== '');
  return { headline, details, remedy, lines };
}
