// A lesson is plain data, shown beside the live workbench. Its settings and views are those of a link, so a step shows nothing
// that the student could not set up, and change, by hand.
import type { Experiment } from '../../engine/config/experiment.ts';
import type { ParamValue } from '../../engine/config/params.ts';
import type { RunRecord } from '../../store/runRecord.ts';
import type { AttentionView, PanelView } from '../../store/view.ts';

/** Settings by link path: `tasks.rho`, `model`, `repeats`. */
export type LessonSettings = Readonly<Record<string, ParamValue>>;

export type Goal =
  /** A run of the student with these settings has finished. */
  | { kind: 'run'; settings: LessonSettings }
  /** The student has opened this tab. */
  | { kind: 'tab'; tab: string };

export interface Question {
  text: string;
  /** What the student runs to find out. */
  run: {
    todo: string;
    /** What the run must have. No earlier step of the lesson asks for it. */
    settings: LessonSettings;
    experiment: NonNullable<LessonStep['experiment']>;
  };
  /** Exactly one is right; each explains itself. */
  options: readonly { text: string; right?: true; why: string }[];
}

export interface LessonStep {
  title: string;
  /** Paragraphs; `[[term]]` and `[[term|shown words]]` are explained by the glossary. */
  text: readonly string[];
  /** The experiment to set up on the left when the step begins. */
  experiment?: { preset: string; settings?: LessonSettings };
  /** The view to open when the step begins; other choices stay. */
  view?: {
    tab: string;
    panels?: Partial<Omit<PanelView, 'attention'>> & { attention?: Partial<AttentionView> };
  };
  /** What the student must do before the next step. */
  until?: Goal & { todo: string };
  question?: Question;
}

export interface Lesson {
  title: string;
  /** Duration for someone who reads and runs everything. */
  minutes: number;
  level: 'First steps' | 'Masks and networks' | 'Evidence';
  /** One sentence: what the student will have seen. */
  summary: string;
  /** The settings that it is about, by link path: they come first on the left, and sections without one are folded. */
  about: readonly string[];
  source: string;
  /** Notes for teachers: what to ask before a run, common mistakes, what to try next. */
  notes: readonly string[];
  steps: readonly LessonStep[];
}

/**
 * The step to show where a link may ask for one that the lesson has not, or no longer.
 * @param at - counted from 0, as in the link
 * @returns `missing`: why it is another one, or null
 */
export function stepAt(
  { steps }: Pick<Lesson, 'steps'>,
  at: number,
): { index: number; missing: string | null } {
  const last = steps.length - 1;
  if (at <= last) return { index: at, missing: null };
  const expected = `a step from 0 (the first) to ${last}`;
  return {
    index: last,
    missing: `view.step: expected ${expected}, got ${at}. The lesson is shown at its last step.`,
  };
}

/** What a step shows when a link opens it: its own settings or those of the step that set them up last, and its own view. */
export function openingOf(
  { steps }: Pick<Lesson, 'steps'>,
  index: number,
): Pick<LessonStep, 'experiment' | 'view'> {
  const { experiment } = steps.slice(0, index + 1).findLast((step) => step.experiment) ?? {};
  return { experiment, view: steps[index]?.view };
}

/** The value at a link path. */
export function settingAt(experiment: Experiment, path: string): unknown {
  const [group = '', key] = path.split('.');
  if (group === 'seed' || group === 'repeats') return experiment[group];
  if (group === 'tasks' || group === 'training') return key ? experiment[group][key] : undefined;
  if (group !== 'data' && group !== 'model' && group !== 'baseline') return undefined;
  const choice = experiment[group];
  return key ? choice?.params[key] : choice?.id;
}

export const hasSettings = (experiment: Experiment, settings: LessonSettings): boolean =>
  Object.entries(settings).every(
    ([path, value]) => JSON.stringify(settingAt(experiment, path)) === JSON.stringify(value),
  );

export interface Seen {
  runs: readonly Pick<RunRecord, 'isExample' | 'status' | 'experiment'>[];
  tab: string;
}

export function isMet(goal: Goal, { runs, tab }: Seen): boolean {
  if (goal.kind === 'tab') return tab === goal.tab;
  return runs.some(
    (run) => !run.isExample && run.status === 'finished' && hasSettings(run.experiment, goal.settings),
  );
}
