// What the chosen preset or the open lesson is about: its settings come first in the panel.
import { createContext } from 'react';

export interface AboutSettings {
  /** Keys as in a link, in order. */
  keys: readonly string[];
  /** In a lesson, sections without one of them are folded. */
  inLesson: boolean;
}
export const AboutContext = createContext<AboutSettings>({ keys: [], inLesson: false });

export const SECTIONS = ['data', 'tasks', 'model', 'training'] as const;
export type SectionId = (typeof SECTIONS)[number];

const OF_GROUPS: Readonly<Record<string, SectionId>> = {
  data: 'data',
  tasks: 'tasks',
  model: 'model',
  compare: 'model',
};

/** The section with the row of a setting: `tasks.rho` is in that of the tasks, `seed` in that of the training. */
export const sectionOf = (key: string): SectionId => OF_GROUPS[key.split('.')[0] ?? ''] ?? 'training';

/** Sections with one of these settings first, in the order of the settings; the rest stay in theirs. */
export function sectionsInOrder(keys: readonly string[]): SectionId[] {
  return [...new Set([...keys.map(sectionOf), ...SECTIONS])];
}

/** Rows of these settings first, in the order of the settings; the rest stay in theirs. */
export function aboutFirst<T>(rows: readonly T[], keys: readonly string[], keyOf: (row: T) => string): T[] {
  const named = keys.flatMap((key) => rows.filter((row) => keyOf(row) === key));
  return [...named, ...rows.filter((row) => !named.includes(row))];
}
