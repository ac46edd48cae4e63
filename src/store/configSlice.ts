// The experiment being edited. Every change goes through the parser, then to the worker, which checks what only it can check.
import type { Catalog } from '../engine/config/catalog.ts';
import { decodeExperiment, differences, repeatedSettings } from '../engine/config/codec.ts';
import { type Experiment, parseExperiment } from '../engine/config/experiment.ts';
import { knownExperiment, knownTable } from '../engine/config/knownTables.ts';
import { attachedFile, fileNameOf, needsFile } from '../engine/config/tableInput.ts';
import { firstIssues, type Issue, issueCount } from '../engine/core/errors.ts';
import type { Context } from './context.ts';
import { firstEngine } from './engines.ts';
import type { AppState, ConfigSlice } from './state.ts';
import { viewIssues } from './view.ts';

const CHECK_MS = 200;

/** Writes a value at a link path; the parser decides whether it is valid. */
export function withValue(experiment: Experiment, path: string, value: unknown): Record<string, unknown> {
  const draft = structuredClone(experiment);
  const [group = '', key] = path.split('.');
  if (group === 'compare') return { ...draft, compare: compared(experiment, value) };
  const place = /^compare(\d+)$/.exec(group);
  if (place) {
    const index = Number(place[1]) - 1;
    const choices = draft.compare.map((c, i) => {
      if (i !== index) return c;
      return key ? { ...c, params: { ...c.params, [key]: value } } : { id: value };
    });
    return { ...draft, compare: choices };
  }
  if (!key) {
    if (group === 'seed' || group === 'repeats') return { ...draft, [group]: value };
    if (group === 'baseline' && value === 'none') return { ...draft, baseline: null };
    // Settings do not carry over to another id; tasks belong to the data source.
    const tasks = group === 'data' ? {} : draft.tasks;
    return { ...draft, tasks, [group]: { id: value } };
  }
  if (group === 'tasks' || group === 'training')
    return { ...draft, [group]: { ...draft[group], [key]: value } };
  const choice = group === 'data' || group === 'model' || group === 'baseline' ? draft[group] : null;
  return { ...draft, [group]: { ...choice, params: { ...choice?.params, [key]: value } } };
}

/**
 * The choices for a list of ids. An id that was in the list keeps its settings, in order; a further network of the model's
 * architecture starts from the model's settings. Anything that is not a list of ids is left to the parser.
 */
function compared({ compare, model }: Experiment, ids: unknown): unknown {
  if (!Array.isArray(ids)) return ids;
  const rest = [...compare];
  return ids.map((id) => {
    const at = rest.findIndex((c) => c.id === id);
    if (at >= 0) return rest.splice(at, 1)[0];
    return id === model.id ? structuredClone(model) : { id };
  });
}

/** The refused values that remain after a change at `path`: neither its own, nor those of settings that the change removed. */
function withoutRefusal(refused: Record<string, Issue>, path: string): Record<string, Issue> {
  const gone = (key: string) =>
    key === path ||
    key.startsWith(`${path}.`) ||
    (path === 'data' && key.startsWith('tasks.')) ||
    // Positions in the list may have changed.
    (path === 'compare' && key.startsWith('compare'));
  return Object.fromEntries(Object.entries(refused).filter(([key]) => !gone(key)));
}

/** Updates refusals or findings, and keeps the combined list of issues in step. */
function withIssues(state: AppState, change: Partial<Pick<AppState, 'refused' | 'checked'>>) {
  const { refused = state.refused, checked = state.checked } = change;
  return { refused, checked, issues: [...Object.values(refused), ...checked] };
}

export function createConfigSlice({ set, get, pool }: Context): ConfigSlice {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let questions = 0;

  const check = async () => {
    const { catalog, experiment, file, isChoosingFile, loadNamed } = get();
    // A table that the user has just chosen is named in the experiment, and both are checked, once it has been read.
    if (!experiment || isChoosingFile || firstEngine(get()).status !== 'ready') return;
    const wanted = fileNameOf(experiment, catalog);
    if (wanted !== null && file?.name !== wanted) {
      // A table named by a preset or a link: one of the examples, or a file the user still has to choose.
      await loadNamed(wanted);
      const { fileError, experiment: now } = get();
      // Another experiment may have been chosen meanwhile, which is checked by itself.
      if (!fileError || !now || fileNameOf(now, catalog) !== wanted) return;
      const issue = {
        path: 'data.params.file',
        expected: `${wanted}, which does not come with a link or an experiment`,
        got: 'no such table',
        remedy: `Drop ${wanted} anywhere in the window, or choose it.`,
      };
      set((s) => ({ ...withIssues(s, { checked: [issue] }), summary: null }));
      return;
    }
    const question = ++questions;
    try {
      const answer = await pool.ask({
        type: 'check',
        experiment,
        file: attachedFile(experiment, catalog, file),
      });
      if (question !== questions) return;
      set((s) => ({ ...withIssues(s, { checked: answer.issues }), summary: answer.summary }));
    } catch {
      // The engine died or was restarted during the check: reported elsewhere, and the next start checks again.
    }
  };

  return {
    catalog: null,
    experiment: null,
    presetId: null,
    refused: {},
    checked: [],
    issues: [],
    summary: null,
    sourceIssues: null,
    setExperiment(experiment) {
      set((s) => ({ experiment, ...withIssues(s, { refused: {} }) }));
      // Loads a missing table, and so previews it, when the experiment is checked.
      if (experiment.data.params.file === get().file?.name) void get().previewFile();
      get().checkSoon();
    },
    setValue(path, value) {
      const { catalog, experiment } = get();
      if (!catalog || !experiment) return;
      const parsed = parseExperiment(withValue(experiment, path, value), catalog);
      const issue = parsed.issues[0];
      if (issue) {
        set((s) => withIssues(s, { refused: { ...s.refused, [path]: issue } }));
        return;
      }
      set((s) => ({
        experiment: parsed.experiment,
        ...withIssues(s, { refused: withoutRefusal(s.refused, path) }),
      }));
      // Reader settings change columns and notes; a new file is previewed where it is chosen.
      if (path.startsWith('data.') && path !== 'data.file' && needsFile(parsed.experiment, catalog))
        void get().previewFile();
      get().checkSoon();
    },
    loadPreset(id) {
      const { catalog } = get();
      const preset = catalog?.presets.find((p) => p.id === id);
      if (!catalog || !preset) return;
      set({ presetId: id, sourceIssues: null });
      get().setExperiment(parseExperiment(preset.experiment, catalog).experiment);
    },
    useKnownTable() {
      const { catalog, preview, file } = get();
      const known = preview && knownTable(preview.columns);
      if (!catalog || !known || !file) return;
      set({ presetId: null, sourceIssues: null });
      get().setExperiment(parseExperiment(knownExperiment(known, file.name), catalog).experiment);
    },
    importExperiment(title, text) {
      const { catalog } = get();
      if (!catalog) return;
      const refuse = (issues: Issue[]) => set({ sourceIssues: { title: `${title} was not opened`, issues } });
      let input: unknown;
      try {
        input = JSON.parse(text);
      } catch (error) {
        const remedy = 'Correct it; the experiment is unchanged.';
        refuse([{ path: title, expected: 'JSON', got: (error as Error).message, remedy }]);
        return;
      }
      const { experiment, issues } = parseExperiment(input, catalog);
      if (issues.length > 0) {
        refuse(issues);
        return;
      }
      set({ presetId: presetOf(experiment, catalog), sourceIssues: null });
      get().setExperiment(experiment);
    },
    dismissSourceIssues: () => set({ sourceIssues: null }),
    checkSoon() {
      clearTimeout(timer);
      timer = setTimeout(check, CHECK_MS);
    },
  };
}

/** The preset that equals this experiment, or null. */
export const presetOf = (experiment: Experiment, catalog: Catalog): string | null =>
  catalog.presets.find(
    (p) => differences(experiment, parseExperiment(p.experiment, catalog).experiment, catalog).length === 0,
  )?.id ?? null;

/** Takes the experiment of a link, or the first preset. Invalid settings are reported and stay at their defaults. */
export function readLink(search: string, { get, set }: Pick<Context, 'get' | 'set'>): void {
  const { catalog } = get();
  if (!catalog) return;
  const query = new URLSearchParams(search);
  const decoded = decodeExperiment(search, catalog);
  const issues = [
    ...decoded.issues,
    ...firstIssues(viewIssues(search)),
    ...firstIssues(repeatedSettings(search)),
  ];
  const settings =
    issues.length === 1
      ? '1 setting of this link was'
      : `${issueCount(issues.length)} settings of this link were`;
  if ([...query.keys()].some((key) => !key.startsWith('view.'))) {
    set({ presetId: presetOf(decoded.experiment, catalog) });
    get().setExperiment(decoded.experiment);
  } else {
    get().loadPreset(catalog.presets[0]?.id ?? '');
    set({ isStepToSetUp: get().view.lesson !== null });
  }
  set({ sourceIssues: issues.length > 0 ? { title: `${settings} not understood`, issues } : null });
}
