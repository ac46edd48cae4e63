import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { catalog } from '../../engine/catalog.ts';
import { settingAt as nameOf } from '../../engine/config/changes.ts';
import { type Experiment, parseExperiment } from '../../engine/config/experiment.ts';
import { withValue } from '../../store/configSlice.ts';
import { decodeView, encodeView } from '../../store/view.ts';
import { glossary, isTerm, type Term } from './glossary.ts';
import { hasSettings, isMet, type Lesson, type LessonStep, openingOf, stepAt } from './lesson.ts';
import { piecesOf } from './markup.ts';
import { lessons } from './registry.ts';

// The page's store reads the address and the browser when it is created, and the first engine's worker starts when it is loaded.
vi.stubGlobal('location', new URL('http://localhost/'));
vi.stubGlobal('Worker', class {});
vi.stubGlobal('navigator', { hardwareConcurrency: 2 });
const { panels } = await import('../panels/index.ts');

const all = Object.entries<Lesson>(lessons);

/** The experiment on the left at a step. */
function setUp(step: LessonStep, before: Experiment): Experiment {
  if (!step.experiment) return before;
  const preset = catalog.presets.find((p) => p.id === step.experiment?.preset);
  let parsed = parseExperiment(preset?.experiment, catalog);
  for (const [path, value] of Object.entries(step.experiment.settings ?? {})) {
    parsed = parseExperiment(withValue(parsed.experiment, path, value), catalog);
    expect(parsed.issues, path).toEqual([]);
  }
  return parsed.experiment;
}

describe.each(all)('the lesson %s', (id, lesson) => {
  it('sets up experiments that exist, in tabs that exist, and asks for runs of those settings', () => {
    let experiment = parseExperiment({}, catalog).experiment;
    for (const step of lesson.steps) {
      if (step.experiment) expect(catalog.presets.map((p) => p.id)).toContain(step.experiment.preset);
      experiment = setUp(step, experiment);
      if (step.experiment) expect(hasSettings(experiment, step.experiment.settings ?? {})).toBe(true);
      if (step.view) expect(Object.keys(panels)).toContain(step.view.tab);
      // Run at this step fulfils its condition.
      if (step.until?.kind === 'run') expect(hasSettings(experiment, step.until.settings)).toBe(true);
      if (step.until?.kind === 'tab') expect(Object.keys(panels)).toContain(step.until.tab);
    }
  });

  it('has the student run something, and ends with a question that has one right answer', () => {
    expect(lesson.steps.some((step) => step.until?.kind === 'run')).toBe(true);
    const { question } = lesson.steps.at(-1) as LessonStep;
    expect(question?.options.filter((option) => option.right)).toHaveLength(1);
    expect(question?.options.length).toBeGreaterThan(1);
    // It is answered by a run of its own: what it sets up fulfils it, and no step before does.
    let experiment = parseExperiment({}, catalog).experiment;
    for (const step of lesson.steps) {
      experiment = setUp(step, experiment);
      expect(hasSettings(experiment, question?.run.settings ?? {})).toBe(false);
    }
    const asked = setUp({ title: '', text: [], ...question?.run }, experiment);
    expect(hasSettings(asked, question?.run.settings ?? {})).toBe(true);
    expect(hasSettings(asked, question?.run.experiment.settings ?? {})).toBe(true);
    expect(lesson.notes.length).toBeGreaterThanOrEqual(3);
    // What it asks the student to set is on the left.
    expect(lesson.about.length).toBeGreaterThan(0);
    for (const key of lesson.about) expect(nameOf(asked, key, catalog), key).not.toBeNull();
  });

  it('uses terms of the glossary, and has a link for every step', () => {
    for (const [step, { text }] of lesson.steps.entries()) {
      for (const paragraph of text) expect(piecesOf(paragraph).length).toBeGreaterThan(0);
      const view = { ...decodeView({}).view, lesson: id, step };
      expect(decodeView(encodeView({ tab: 'train', view })).view).toMatchObject({ lesson: id, step });
    }
  });
});

describe('a goal', () => {
  const experiment = parseExperiment({ seed: 3 }, catalog).experiment;
  const run = { isExample: false, status: 'finished' as const, experiment };
  const goal = { kind: 'run' as const, settings: { seed: 3, model: experiment.model.id } };

  it('is met by a finished run of these settings that is the student’s own', () => {
    expect(isMet(goal, { runs: [run], tab: 'train' })).toBe(true);
    expect(isMet(goal, { runs: [{ ...run, isExample: true }], tab: 'train' })).toBe(false);
    expect(isMet(goal, { runs: [{ ...run, status: 'running' }], tab: 'train' })).toBe(false);
    expect(isMet({ ...goal, settings: { seed: 4 } }, { runs: [run], tab: 'train' })).toBe(false);
  });

  it('may be to open a tab', () => {
    expect(isMet({ kind: 'tab', tab: 'masks' }, { runs: [], tab: 'masks' })).toBe(true);
    expect(isMet({ kind: 'tab', tab: 'masks' }, { runs: [], tab: 'train' })).toBe(false);
  });
});

describe('the step in a link', () => {
  const lesson = {
    steps: [
      { title: 'A', text: [] },
      { title: 'B', text: [] },
    ],
  };

  it('is the one that is shown', () => {
    expect(stepAt(lesson, 0)).toEqual({ index: 0, missing: null });
    expect(stepAt(lesson, 1)).toEqual({ index: 1, missing: null });
  });

  it('opens with the settings of the step that set them up last, and with its own view', () => {
    const first = { preset: 'correlated' };
    const third = { preset: 'correlated', settings: { 'model.blocks': 2 } };
    const steps = [
      { title: 'A', text: [], experiment: first, view: { tab: 'tasks' } },
      { title: 'B', text: [] },
      { title: 'C', text: [], experiment: third, view: { tab: 'masks' } },
    ];
    expect(openingOf({ steps }, 0)).toEqual({ experiment: first, view: { tab: 'tasks' } });
    expect(openingOf({ steps }, 1)).toEqual({ experiment: first, view: undefined });
    expect(openingOf({ steps }, 2)).toEqual({ experiment: third, view: { tab: 'masks' } });
  });

  it('beyond the last is told, and the last is shown', () => {
    const missing =
      'view.step: expected a step from 0 (the first) to 1, got 2. The lesson is shown at its last step.';
    expect(stepAt(lesson, 2)).toEqual({ index: 1, missing });
  });
});

describe('the glossary', () => {
  it('has every metric under its id, in two sentences at most', () => {
    for (const { metrics } of catalog.taskTypes)
      for (const { id } of metrics) expect(isTerm(id), id).toBe(true);
    for (const { text, name } of Object.values<Term>(glossary)) {
      expect(text.match(/[.](?= |$)/g)?.length, name).toBeLessThanOrEqual(2);
      expect(text, name).toMatch(/[.]$/);
    }
  });

  it('has every term that a label names', () => {
    const views = path.resolve(import.meta.dirname, '..');
    const named = readdirSync(views, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.tsx'))
      .flatMap((file) => [...readFileSync(path.join(views, file), 'utf8').matchAll(/<Term id="([^"]+)"/g)]);
    expect(named.length).toBeGreaterThan(5);
    expect(named.map(([, id]) => id).filter((id) => !isTerm(id as string))).toEqual([]);
  });
});

describe('the text of a lesson', () => {
  it('is cut into words and terms', () => {
    expect(piecesOf('A [[gain]] and a [[twin|second one]].')).toEqual([
      { kind: 'text', text: 'A ' },
      { kind: 'term', id: 'gain', text: 'gain' },
      { kind: 'text', text: ' and a ' },
      { kind: 'term', id: 'twin', text: 'second one' },
      { kind: 'text', text: '.' },
    ]);
    expect(piecesOf('[[auroc]]')).toEqual([{ kind: 'term', id: 'auroc', text: 'AUROC' }]);
    expect(() => piecesOf('[[constructor]]')).toThrow('no term "constructor"');
  });
});
