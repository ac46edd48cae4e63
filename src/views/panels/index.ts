// The tabs of the centre, in order. Adding one is a file and a line here.
import type { ComponentType } from 'react';
import { lazyPanel } from './lazyPanel.tsx';
import { TrainPanel } from './TrainPanel.tsx';

export interface PanelEntry {
  label: string;
  Component: ComponentType;
  /** The tab shows only the run on screen: it is dimmed if the settings on the left differ. */
  showsRun?: boolean;
}

const DataPanel = lazyPanel('Data', async () => (await import('./DataPanel.tsx')).DataPanel);
const AttentionPanel = lazyPanel(
  'Attention',
  async () => (await import('./AttentionPanel.tsx')).AttentionPanel,
);
const TasksPanel = lazyPanel('Tasks', async () => (await import('./TasksPanel.tsx')).TasksPanel);
const ExpertsPanel = lazyPanel('Experts', async () => (await import('./ExpertsPanel.tsx')).ExpertsPanel);

const ModelsPanel = lazyPanel('Models', async () => (await import('./ModelsPanel.tsx')).ModelsPanel);

const ProfilePanel = lazyPanel('Profile', async () => (await import('./ProfilePanel.tsx')).ProfilePanel);

const MasksPanel = lazyPanel('Masks', async () => (await import('./MasksPanel.tsx')).MasksPanel);

const LearnPanel = lazyPanel('Learn', async () => (await import('./LearnPanel.tsx')).LearnPanel);
const RunsPanel = lazyPanel('Runs', async () => (await import('./runs/RunsPanel.tsx')).RunsPanel);

/** In the order of work. */
export const panels = {
  data: { label: 'Data', Component: DataPanel },
  tasks: { label: 'Tasks', Component: TasksPanel },
  models: { label: 'Models', Component: ModelsPanel },
  train: { label: 'Train', Component: TrainPanel, showsRun: true },
  attention: { label: 'Attention', Component: AttentionPanel, showsRun: true },
  masks: { label: 'Masks', Component: MasksPanel },
  experts: { label: 'Experts', Component: ExpertsPanel, showsRun: true },
  runs: { label: 'Runs', Component: RunsPanel },
  profile: { label: 'Profile', Component: ProfilePanel },
  learn: { label: 'Learn', Component: LearnPanel },
} satisfies Record<string, PanelEntry>;

export type PanelId = keyof typeof panels;
