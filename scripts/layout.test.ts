// Every rule of the layout is broken here once, and the check must report it.
import { describe, expect, it } from 'vitest';
import { circlesIn, importsOf, isTest, layoutProblems, mayImport, wayToTensorflow } from './layout.mjs';

const graphOf = (texts: Record<string, string>) =>
  new Map(Object.entries(texts).map(([file, text]) => [file, importsOf(file, text)]));
const problemsOf = (texts: Record<string, string>) => layoutProblems(new Map(Object.entries(texts)));

describe('imports', () => {
  it('are read in every form', () => {
    const text = `import a from './a.ts';
import type { B } from '../b.ts';
import { c,
  d } from './c.ts?worker';
import '@fontsource/inter';
export { e } from './e/index.ts';
const f = await import('./f.ts');`;
    expect(importsOf('views/x/Y.tsx', text)).toEqual([
      { target: 'views/x/a.ts', isType: false },
      { target: 'views/b.ts', isType: true },
      { target: 'views/x/c.ts', isType: false },
      { target: '@fontsource/inter', isType: false },
      { target: 'views/x/e/index.ts', isType: false },
      { target: 'views/x/f.ts', isType: false },
    ]);
  });

  it('go down, and on the page from views to store to client', () => {
    const allowed = [
      ['engine/training/session.ts', 'engine/models/registry.ts'],
      ['engine/training/session.ts', 'engine/training/plan.ts'],
      ['cli/run.ts', 'engine/catalog.ts'],
      ['views/App.tsx', 'store/store.ts'],
      ['store/store.ts', 'engine/config/params.ts'],
    ];
    const refused = [
      ['engine/layers/mlp.ts', 'engine/models/model.ts'],
      ['engine/layers/mlp.ts', 'engine/tasks/task.ts'],
      ['engine/training/session.ts', 'engine/probes/registry.ts'],
      ['engine/core/rng.ts', 'cli/run.ts'],
      ['worker/trainWorker.ts', 'cli/run.ts'],
      ['store/state.ts', 'views/panels/view.ts'],
      ['views/App.tsx', 'platform/browser.ts'],
      ['engine/training/session.ts', 'store/store.ts'],
    ];
    for (const [file = '', target = ''] of allowed)
      expect([file, mayImport(file, target)]).toEqual([file, true]);
    for (const [file = '', target = ''] of refused)
      expect([file, mayImport(file, target)]).toEqual([file, false]);
  });

  it('stand in no circle', () => {
    const graph = graphOf({
      'a.ts': "import './b.ts';",
      'b.ts': "import type { C } from './c.ts';",
      'c.ts': "import './a.ts'; import './d.ts';",
      'd.ts': '',
    });
    expect(circlesIn(graph)).toEqual([['c.ts', 'b.ts', 'a.ts']]);
    graph.set('c.ts', []);
    expect(circlesIn(graph)).toEqual([]);
  });

  it('of values lead the page to no TensorFlow.js', () => {
    const texts = {
      'main.tsx': "import { App } from './views/App.tsx';",
      'views/App.tsx': "import type { M } from '../engine/m.ts'; import { h } from '../engine/h.ts';",
      'engine/m.ts': "import * as tf from '@tensorflow/tfjs-core';",
      'engine/h.ts': "import { p } from './p.ts';",
      'engine/p.ts': '',
    };
    expect(wayToTensorflow(graphOf(texts), 'main.tsx')).toEqual([]);
    texts['engine/p.ts'] = "import '@tensorflow/tfjs-core';";
    expect(wayToTensorflow(graphOf(texts), 'main.tsx')).toEqual([
      'main.tsx',
      'views/App.tsx',
      'engine/h.ts',
      'engine/p.ts',
      '@tensorflow/tfjs-core',
    ]);
  });
});

describe('problems', () => {
  it('name the file and the rule', () => {
    expect(problemsOf({ 'engine/core/long.ts': 'x\n'.repeat(401) })[0]).toMatch(
      /^src\/engine\/core\/long.ts: 401 lines/,
    );
    expect(problemsOf({ 'engine/core/fine.ts': 'x\n'.repeat(400) })).toEqual([]);
    expect(problemsOf({ 'engine/core/a.ts': 'a as unknown as B' })[0]).toMatch(/a cast through unknown/);
    expect(problemsOf({ 'engine/core/a.test.ts': 'a as unknown as B' })).toEqual([]);
    expect(problemsOf({ 'engine/news/a.ts': '' })[0]).toMatch(/in no row of the layout/);
    const upward = { 'engine/core/a.ts': "import '../models/m.ts';", 'engine/models/m.ts': '' };
    expect(problemsOf(upward)).toEqual([
      'src/engine/core/a.ts: imports src/engine/models/m.ts, which stands above it. See rows in scripts/layout.mjs.',
    ]);
    const circle = { 'engine/core/a.ts': "import './b.ts';", 'engine/core/b.ts': "import './a.ts';" };
    expect(problemsOf(circle)[0]).toBe('A circle of imports: src/engine/core/b.ts, src/engine/core/a.ts.');
  });

  it('are not looked for in tests and what they share', () => {
    expect(['a.test.ts', 'x/testing.ts', 'x/testing/y.ts', 'x/sessionTesting.ts'].map(isTest)).toEqual(
      Array(4).fill(true),
    );
    expect(['a.ts', 'x/tests.ts', 'x/latest.ts'].map(isTest)).toEqual(Array(3).fill(false));
  });
});
