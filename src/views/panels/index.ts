// The tabs of the centre, in order. Adding one is a file and a line here.
import type { ComponentType } from 'react';
import { AttentionPanel } from './AttentionPanel.tsx';
import type { PanelProps } from './panel.ts';
import { TrainPanel } from './TrainPanel.tsx';

export interface PanelEntry {
  label: string;
  Component: ComponentType<PanelProps>;
}

export const panels = {
  train: { label: 'Train', Component: TrainPanel },
  attention: { label: 'Attention', Component: AttentionPanel },
} satisfies Record<string, PanelEntry>;

export type PanelId = keyof typeof panels;
