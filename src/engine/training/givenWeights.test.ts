// Weights trained on one table are measured on others: what is matched by name, what the file decides, and what is noted or
// refused.
import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import { requireExperiment } from '../config/experiment.ts';
import type { WeightsInput } from '../data/source.ts';
import { generateTable, textInput } from '../data/testing/files.ts';
import type { BackendReport } from '../protocol/backend.ts';
import type { RunResult, TaskScore } from '../protocol/result.ts';
import type { RunEvent } from '../protocol/run.ts';
import { CARD_KEY, readCard, type WeightsCard } from '../weights/card.ts';
import { readSafetensorsFile, writeSafetensors } from '../weights/safetensors.ts';
import { torchFileOf } from '../weights/testing.ts';
import { RunControl } from './runControl.ts';
import { runSession } from './session.ts';

const backend: BackendReport = { active: 'cpu', adapter: 'test', reason: '', tried: [], software: false };

type Row = Record<string, string>;

/** Columns of every kind, with missing cells; labels depend on the features. */
const ROWS: Row[] = Array.from({ length: 90 }, (_, i) => {
  const a = ((i * 37) % 90) / 10 + 100;
  const b = ((i * 53) % 90) / 3;
  return {
    site: ['north', 'east', 'south'][i % 3] as string,
    a: i % 17 === 0 ? '' : String(a),
    b: i % 13 === 0 ? '' : String(b),
    kind: ['low', 'mid', 'top'][Math.min(2, Math.floor((a - 100) / 3))] as string,
    ok: b > 14 ? 'yes' : 'no',
    mass: String(3 * a - b),
  };
});
const COLUMNS = ['site', 'a', 'b', 'kind', 'ok', 'mass'];
const TARGETS = ['kind:multiclass', 'ok:binary', 'mass:regression'];

interface Given {
  rows?: Row[];
  columns?: string[];
  targets?: string[];
  data?: Record<string, unknown>;
  /** Settings of MultiTab-Net, or another model. */
  model?: Record<string, unknown>;
  /** Replaces the table. */
  source?: { data: Record<string, unknown>; tasks: Record<string, unknown> };
  weights?: WeightsInput;
  onEvent?: (event: RunEvent) => void;
}

async function run(given: Given = {}): Promise<{ result: RunResult; bytes: Uint8Array }> {
  const { rows = ROWS, columns = COLUMNS, targets = TARGETS, data, model, source, weights, onEvent } = given;
  const text = [columns, ...rows.map((row) => columns.map((c) => row[c] ?? ''))]
    .map((r) => r.join(','))
    .join('\n');
  const experiment = requireExperiment(
    {
      version: 1,
      data: { id: 'table', params: { file: 't.csv', ...data } },
      tasks: { targets: targets.map((t) => ({ column: t.split(':')[0], type: t.split(':')[1] })) },
      model:
        model?.id === undefined
          ? { id: 'multitab-net', params: { width: 4, heads: 2, feedForward: 8, tower: [4], ...model } }
          : model,
      ...source,
      training: { epochs: 2, batchSize: 16 },
      baseline: { id: 'st-mlp', params: { hidden: [4], embedding: 2 } },
    },
    catalog,
  );
  let bytes = new Uint8Array();
  const session = await runSession({
    runId: 'test',
    experiment,
    file: source ? undefined : textInput(text, 't.csv'),
    backend,
    control: new RunControl(),
    weights,
    emit: (e) => {
      onEvent?.(e);
      if (e.type === 'weights') bytes = Uint8Array.from(e.bytes);
    },
  });
  if (!weights) await session.exportWeights('model');
  session.dispose();
  return { result: session.result, bytes };
}

const scoresOf = ({ seeds }: RunResult): TaskScore[] => seeds[0]?.model.test ?? [];
const noteOf = ({ notes }: RunResult, code: string) => notes.find((n) => n.code === code)?.text;
const about = ({ notes }: RunResult) =>
  notes.map((n) => n.code).filter((code) => /^(weights|tested)-/.test(code));

describe('weights with what they carry', () => {
  let trained: RunResult;
  let bytes: Uint8Array;
  const weights = () => ({ name: 'w.safetensors', bytes });
  const card = (): WeightsCard => readCard(readSafetensorsFile(bytes, 'w').metadata.get(CARD_KEY) ?? '', 'w');

  beforeAll(async () => {
    await tf.setBackend('cpu');
    ({ result: trained, bytes } = await run());
  });

  it('say what was trained on', () => {
    const { fitted, table, architecture, params } = card();
    expect(architecture).toBe('multitab-net');
    expect(params).toMatchObject({ width: 4, heads: 2 });
    expect(fitted.features.map((f) => [f.name, f.kind])).toEqual([
      ['site', 'categorical'],
      ['a', 'numeric'],
      ['b', 'numeric'],
    ]);
    expect(fitted.features[0]).toMatchObject({ names: ['east', 'north', 'south'] });
    expect(fitted.targets.map((t) => [t.name, t.type, t.classes])).toEqual([
      ['kind', 'multiclass', ['low', 'mid', 'top']],
      ['ok', 'binary', ['no', 'yes']],
      ['mass', 'regression', null],
    ]);
    expect(table).toMatchObject({ name: 't.csv', rows: 90, split: { seed: 0, trainFraction: 0.7 } });
    expect(table.trainingRows).toMatchObject({ count: 63, every: 1 });
  });

  it('give the same scores on the same table, with nothing to say', async () => {
    const { result } = await run({ weights: weights() });
    expect(scoresOf(result)).toEqual(scoresOf(trained));
    expect(about(result)).toEqual([]);
  });

  it('give the same scores to the last bit where columns and targets stand in another order', async () => {
    const columns = ['mass', 'b', 'ok', 'extra', 'kind', 'a', 'site'];
    const rows = ROWS.map((row, i) => ({ ...row, extra: String(i % 7) }));
    const targets = ['mass:regression', 'kind:multiclass', 'ok:binary'];
    const { result } = await run({ rows, columns, targets, weights: weights() });
    expect(scoresOf(result)).toEqual(scoresOf(trained));
    expect(about(result)).toEqual([
      'weights-columns-unused',
      'weights-features-reordered',
      'weights-tasks-reordered',
    ]);
    expect(noteOf(result, 'weights-columns-unused')).toContain('extra');
  });

  it('decide which class is which', async () => {
    // The same network with the classes numbered in reverse.
    const turned = card();
    const kind = turned.fitted.targets[0];
    if (kind) kind.classes = ['top', 'mid', 'low'];
    const { tensors } = readSafetensorsFile(bytes, 'w');
    for (const { name, shape, data } of tensors) {
      if (!/^task_heads\.kind\.tower\.1\./.test(name)) continue;
      const width = data.length / (shape[0] as number);
      const before = data.slice();
      [0, 1, 2].forEach((c) => {
        data.set(before.subarray((2 - c) * width, (3 - c) * width), c * width);
      });
    }
    const file = writeSafetensors(tensors, { [CARD_KEY]: JSON.stringify(turned) });
    const { result } = await run({ weights: { name: 'w.safetensors', bytes: file } });
    scoresOf(result).forEach((score, i) => {
      const same = scoresOf(trained)[i] as TaskScore;
      for (const [metric, { value }] of Object.entries(score.metrics))
        expect(value, metric).toBeCloseTo(same.metrics[metric]?.value ?? Number.NaN, 6);
    });
    expect(noteOf(result, 'weights-classes-of-file')).toContain('top, mid, low (here low, mid, top)');
  });

  it('bring their scaling and what replaces missing numbers', async () => {
    // Unchanged test rows; training rows are moved far away, which must not change the encoding of the test rows.
    const { split } = await splitOf();
    const rows = ROWS.map((row, i) =>
      split.test.includes(i) ? row : { ...row, a: '900', b: String(5000 + i) },
    );
    const { result } = await run({ rows, weights: weights() });
    expect(scoresOf(result)).toEqual(scoresOf(trained));
    expect(noteOf(result, 'weights-scaling-of-file')).toMatch(/a \(mean 104\.\d, scale .*; here \d+/);
  });

  it('are marked where they are tested on rows that trained them', async () => {
    const { result } = await run({ data: { seed: 5 }, weights: weights() });
    const known = await splitOf();
    const other = await splitOf({ seed: 5 });
    const overlap = [...other.split.test].filter((row) => known.split.train.includes(row)).length;
    expect(overlap).toBeGreaterThan(3);
    expect(noteOf(result, 'tested-on-training-rows')).toMatch(
      new RegExp(`^${overlap} of the ${other.split.test.length} test rows .*Data seed 0 \\(here 5\\)`),
    );
    // Independent of the order of rows and columns.
    const turned = await run({
      rows: [...ROWS].reverse(),
      columns: [...COLUMNS].reverse(),
      weights: weights(),
    });
    expect(noteOf(turned.result, 'tested-on-training-rows')).toMatch(/^\d+ of the 13 test rows/);
    // New rows count as new.
    const fresh = ROWS.map((row) => ({ ...row, mass: String(Number(row.mass) + 0.5) }));
    expect(about((await run({ rows: fresh, weights: weights() })).result)).not.toContain(
      'tested-on-training-rows',
    );
  });

  it('leave out rows with a category they do not know, and read the others as before', async () => {
    const { split } = await splitOf();
    const spoilt = [split.test[0], split.train[0], split.validation[0]];
    const rows = ROWS.map((row, i) => (spoilt.includes(i) ? { ...row, site: 'west' } : row));
    const { result } = await run({ rows, weights: weights() });
    expect(noteOf(result, 'weights-unseen-categories')).toMatch(/^3 rows .* site .*\(west\) are left out/);
    expect(result.dataset?.split).toEqual({
      train: split.train.length - 1,
      validation: split.validation.length - 1,
      test: split.test.length - 1,
    });
    expect(noteOf(result, 'rare-categories-merged')).toBeUndefined();
  });

  it('say which settings they were trained with', async () => {
    const { result } = await run({ model: { heads: 1 }, weights: weights() });
    expect(noteOf(result, 'weights-settings-differ')).toContain('Heads 2 (here 1)');
    const events: string[] = [];
    const refused = await run({
      model: { blocks: 2 },
      weights: weights(),
      onEvent: (event) => events.push(event.type),
    });
    // Refused before a baseline is trained for them.
    expect(events).not.toContain('seed-started');
    expect(refused.result.error?.message).toMatch(/12 tensors missing .*trained with Blocks 1 \(here 2\)/);
    expect(refused.result.error?.kind).toBe('file');
  });

  it.each<[string, Given, RegExp]>([
    [
      'a missing column',
      { columns: COLUMNS.filter((c) => c !== 'b') },
      /feature b: expected a numeric column b.*got columns site, a, kind/,
    ],
    [
      'a column of another kind',
      { rows: ROWS.map((r) => ({ ...r, a: `x${r.a}` })) },
      /feature a: expected a numeric column.*got categorical values such as "x/,
    ],
    ['an ignored column', { data: { ignore: 'site' } }, /feature site.*got a column that is ignored/],
    [
      'other tasks',
      { targets: TARGETS.slice(1) },
      /expected the tasks of the weights, kind:multiclass, ok:binary, mass:regression, got ok:binary, mass:regression/,
    ],
    [
      'categories that are all new',
      { rows: ROWS.map((r) => ({ ...r, site: `${r.site} 2` })) },
      /weights, rows: expected at least 2 rows.*got 0 training/,
    ],
    [
      'unknown classes',
      { rows: ROWS.map((r, i) => (i === 4 || i === 9 ? { ...r, kind: 'max' } : r)) },
      /classes of kind: expected classes out of "low", "mid", "top".*got "max" in 2 rows/,
    ],
  ])('refuse %s by name', async (_what, given, message) => {
    const { result } = await run({ ...given, weights: weights() });
    expect(result.status).toBe('failed');
    expect(result.error?.message).toMatch(message);
  });

  it('say what is assumed where the file carries nothing, and find it beside a file of PyTorch', async () => {
    const { tensors, metadata } = readSafetensorsFile(bytes, 'w');
    const bare = { name: 'w.pt', bytes: torchFileOf(tensors) };
    const columns = ['site', 'b', 'a', 'kind', 'ok', 'mass'];
    const { result } = await run({ columns, weights: bare });
    expect(about(result)).toEqual(['weights-without-metadata']);
    expect(noteOf(result, 'weights-without-metadata')).toMatch(
      /features in the order site, b, a; categories in the order site: east, north, south; classes in the order kind: low, mid, top; ok: no, yes;.*Whether test rows trained it is not known/,
    );
    const text = new TextEncoder().encode(metadata.get(CARD_KEY));
    const beside = await run({ columns, weights: { ...bare, card: { name: 'w.pt.json', bytes: text } } });
    expect(scoresOf(beside.result)).toEqual(scoresOf(trained));
    expect(scoresOf(result)).not.toEqual(scoresOf(trained));
  });

  it('are taken to number classes by name where the file carries nothing, whichever is rarer', async () => {
    const { tensors } = readSafetensorsFile(bytes, 'w');
    const bare = { name: 'w.safetensors', bytes: writeSafetensors(tensors, {}) };
    // Each of the two words is the rarer one once.
    for (const words of [
      { yes: 'a', no: 'z' },
      { yes: 'z', no: 'a' },
    ]) {
      const rows = ROWS.map((r) => ({ ...r, ok: words[r.ok as 'yes' | 'no'] }));
      expect((await run({ rows })).result.dataset?.tasks.find((t) => t.name === 'ok')?.classes).toHaveLength(
        2,
      );
      const { result } = await run({ rows, weights: bare });
      expect(result.dataset?.tasks.find((t) => t.name === 'ok')?.classes).toEqual(['a', 'z']);
      expect(noteOf(result, 'weights-without-metadata')).toContain('ok: a, z');
    }
  });

  it('that overflow on the way are refused as weights, not as a training', async () => {
    const { tensors } = readSafetensorsFile(bytes, 'w');
    const head = tensors.find(({ name }) => name === 'task_heads.mass.tower.1.weight');
    head?.data.fill(3e38);
    const overflowing = { name: 'o.safetensors', bytes: writeSafetensors(tensors, {}) };
    const { result } = await run({ weights: overflowing });
    expect(result.status).toBe('failed');
    expect(result.error?.fault).toMatchObject({ task: 'mass', weightsFile: 'o.safetensors' });
    expect(result.error?.message).toMatch(
      /^Run stopped with the weights of o\.safetensors: the validation loss of mass is not a finite number; .*largest is 3\.00e\+38, in task_heads\.mass\.tower\.1\.weight/,
    );
    expect(result.error?.message).not.toContain('learning rate');
  });

  it('use the experiment that older files name', async () => {
    const { tensors } = readSafetensorsFile(bytes, 'w');
    const experiment = JSON.stringify({ data: { params: { seed: 7 } }, model: { params: { heads: 4 } } });
    const old = { name: 'old.safetensors', bytes: writeSafetensors(tensors, { experiment }) };
    const { result } = await run({ weights: old });
    expect(noteOf(result, 'weights-settings-differ')).toContain('Heads 4 (here 2), Data seed 7 (here 0)');
  });

  it('bring the correlation from which HoME proposed its groups', async () => {
    const model = {
      id: 'home',
      params: { taskExperts: 1, groupExperts: 1, sharedExperts: 1, expert: [4], tower: [4] },
    };
    // The labels change, and a stratified split with them.
    const data = { split: 'random' };
    const before = await run({ model, data });
    const { split } = await splitOf(data);
    // In the training rows here, another pair of the three labels is correlated.
    const rows = ROWS.map((row, i) =>
      split.test.includes(i)
        ? row
        : { ...row, mass: row.ok === 'yes' ? '400' : '100', kind: ['low', 'mid', 'top'][i % 3] as string },
    );
    const file = { name: 'w.safetensors', bytes: before.bytes };
    expect(scoresOf((await run({ model, data, rows, weights: file })).result)).toEqual(
      scoresOf(before.result),
    );
  });

  it('of generated rows bring their scaling too, and know the rows that trained them', async () => {
    const data = { id: 'multitab-bench', params: { rows: 100, features: 3 } };
    const tasks = { count: 2, degrees: [1], rho: 0 };
    const before = await run({ source: { data, tasks } });
    const other = { data: { ...data, params: { ...data.params, trainFraction: 0.4 } }, tasks };
    const file = { name: 'w.safetensors', bytes: before.bytes };
    const { result } = await run({ source: other, weights: file });
    // Rows 0.55 to 0.7 of the order are training rows there and test rows here.
    expect(noteOf(result, 'tested-on-training-rows')).toMatch(
      /^15 of the 45 test rows .*Training 0\.7 \(here 0\.4\)/,
    );
    expect(result.dataset?.targetScaling).toEqual(before.result.dataset?.targetScaling);
  });

  /** Which rows of ROWS are in which split. */
  async function splitOf(data: Record<string, unknown> = {}) {
    const text = [COLUMNS, ...ROWS.map((row) => COLUMNS.map((c) => row[c] ?? ''))]
      .map((r) => r.join(','))
      .join('\n');
    const experiment = requireExperiment(
      {
        version: 1,
        data: { id: 'table', params: { file: 't.csv', ...data } },
        tasks: { targets: TARGETS.map((t) => ({ column: t.split(':')[0], type: t.split(':')[1] })) },
      },
      catalog,
    );
    const { data: source, tasks } = experiment;
    return generateTable({ data: source.params, tasks, file: textInput(text, 't.csv') });
  }
});
