// The settings that the Data tab changes.
import type { TargetChoice } from '../../../engine/config/params.ts';
import { useStore } from '../../../store/store.ts';
import type { Lists } from './overrule.ts';

/** Types of columns and columns left out. */
export function useLists(): [Lists, (lists: Lists) => void] {
  const types = useStore((s) => String(s.experiment?.data.params.types ?? ''));
  const ignore = useStore((s) => String(s.experiment?.data.params.ignore ?? ''));
  const setValue = useStore((s) => s.setValue);
  const change = (lists: Lists) => {
    if (lists.ignore !== ignore) setValue('data.ignore', lists.ignore);
    if (lists.types !== types) setValue('data.types', lists.types);
  };
  return [{ types, ignore }, change];
}

const NONE: readonly TargetChoice[] = [];

/** The columns to predict. */
export function useTargets(): [readonly TargetChoice[], (targets: TargetChoice[]) => void] {
  const targets = useStore((s) => s.experiment?.tasks.targets) as TargetChoice[] | undefined;
  const setValue = useStore((s) => s.setValue);
  return [targets ?? NONE, (chosen) => setValue('tasks.targets', chosen)];
}
