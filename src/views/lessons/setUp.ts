// Sets up the settings and the view of a step, as the student could by hand.
import { useStore } from '../../store/store.ts';
import type { LessonStep } from './lesson.ts';

export function setUp({ experiment, view }: Pick<LessonStep, 'experiment' | 'view'>): void {
  const { loadPreset, setValue, setTab, setView } = useStore.getState();
  if (experiment) {
    loadPreset(experiment.preset);
    for (const [path, value] of Object.entries(experiment.settings ?? {})) setValue(path, value);
  }
  if (view) {
    setTab(view.tab);
    if (view.panels) {
      const { attention, ...panels } = view.panels;
      const shown = useStore.getState().view.attention;
      setView({ ...panels, ...(attention && { attention: { ...shown, ...attention } }) });
    }
  }
}
