// The experiment as edited: every change goes through the parser, then to the worker for the rules only it knows.
import { decodeExperiment } from '../engine/config/codec.ts';
import { type Experiment, parseExperiment } from '../engine/config/experiment.ts';
import { formatIssue } from '../engine/core/errors.ts';
import type { ConfigSlice, GetState, SetState } from './state.ts';

/** Writes a value at a link path; the parser decides what it is worth. */
export function withValue(experiment: Experiment, path: string, value: unknown): Record<string, unknown> {
  const draft = structuredClone(experiment) as unknown as Record<string, Record<string, unknown>> &
    Experiment;
  const [group = '', key] = path.split('.');
  if (!key) {
    if (group === 'seed' || group === 'repeats') return { ...draft, [group]: value };
    if (group === 'baseline' && value === 'none') return { ...draft, baseline: null };
    // The settings of another id do not carry over, and the tasks belong to the source.
    const tasks = group === 'data' ? {} : draft.tasks;
    return { ...draft, tasks, [group]: { id: value } };
  }
  if (group === 'tasks' || group === 'training')
    return { ...draft, [group]: { ...draft[group], [key]: value } };
  const choice = draft[group] as unknown as { id: string; params: Record<string, unknown> };
  return { ...draft, [group]: { ...choice, params: { ...choice.params, [key]: value } } };
}

export function createConfigSlice(set: SetState, get: GetState, checkSoon: () => void): ConfigSlice {
  const accept = (experiment: Experiment) => {
    set({ experiment });
    checkSoon();
  };
  return {
    catalog: null,
    experiment: null,
    presetId: null,
    issues: [],
    summary: null,
    sourceIssues: null,
    setExperiment: accept,
    setValue(path, value) {
      const { catalog, experiment } = get();
      if (!catalog || !experiment) return;
      const parsed = parseExperiment(withValue(experiment, path, value), catalog);
      if (parsed.issues.length > 0) set({ issues: parsed.issues });
      else accept(parsed.experiment);
    },
    loadPreset(id) {
      const { catalog } = get();
      const preset = catalog?.presets.find((p) => p.id === id);
      if (!catalog || !preset) return;
      set({ presetId: id, sourceIssues: null });
      accept(parseExperiment(preset.experiment, catalog).experiment);
    },
    importExperiment(title, text) {
      const { catalog } = get();
      if (!catalog) return;
      let input: unknown;
      try {
        input = JSON.parse(text);
      } catch (error) {
        const got = (error as Error).message;
        const issue = {
          path: title,
          expected: 'JSON',
          got,
          remedy: 'Correct the file; the experiment is unchanged.',
        };
        set({ sourceIssues: { title: `${title} was not opened`, issues: [issue] } });
        return;
      }
      const { experiment, issues } = parseExperiment(input, catalog);
      if (issues.length > 0) {
        set({ sourceIssues: { title: `${title} was not opened`, issues } });
        return;
      }
      set({ presetId: null, sourceIssues: null });
      accept(experiment);
    },
    dismissSourceIssues: () => set({ sourceIssues: null }),
  };
}

/** The experiment of a link, or the first preset; bad settings are reported and left at their default. */
export function readLink(search: string, get: GetState, set: SetState): { view: Record<string, string> } {
  const { catalog } = get();
  if (!catalog) return { view: {} };
  const query = new URLSearchParams(search);
  const settings = [...query.keys()].filter((key) => !key.startsWith('view.'));
  const { experiment, view, issues } = decodeExperiment(search, catalog);
  if (settings.length === 0) {
    get().loadPreset(catalog.presets[0]?.id ?? '');
    return { view };
  }
  set({
    presetId: null,
    sourceIssues:
      issues.length > 0
        ? { title: `${issues.length} settings of this link were not understood`, issues }
        : null,
  });
  get().setExperiment(experiment);
  return { view };
}

/** All issues as one text, for copying. */
export const issuesText = (issues: readonly Parameters<typeof formatIssue>[0][]) =>
  issues.map(formatIssue).join('\n');
