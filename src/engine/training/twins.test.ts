// Single-task twins: a twin is the network that it claims to be, and the difference to its model is reported separately.
import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import { requireExperiment } from '../config/experiment.ts';
import type { TableInput } from '../config/tableInput.ts';
import { rng } from '../core/rng.ts';
import type { Role } from '../core/roles.ts';
import { textInput } from '../data/testing/files.ts';
import type { BackendReport } from '../protocol/backend.ts';
import type { Checkpoint } from '../protocol/checkpoint.ts';
import type { NetworkResult, RunResult } from '../protocol/result.ts';
import type { RunEvent } from '../protocol/run.ts';
import { RunControl } from './runControl.ts';
import { runSession } from './session.ts';

const backend: BackendReport = { active: 'cpu', adapter: 'test', reason: '', tried: [], software: false };
const TARGETS = ['amount', 'kind', 'flag'] as const;

/** Two numeric columns, a categorical one, and a target of every type that depends on them. */
function table(): TableInput {
  const { normal, uniform } = rng(3, 'twins');
  const lines = Array.from({ length: 100 }, () => {
    const [a, b, c] = [normal(), normal(), ['red', 'green', 'blue'][Math.floor(3 * uniform())]];
    const amount = a - b + (c === 'red' ? 1 : 0) + 0.3 * normal();
    const kind = a + 0.5 * normal() > 0.4 ? 'high' : b > 0 ? 'middle' : 'low';
    return [a, b, c, amount, kind, amount + normal() > 0 ? 'yes' : 'no'].join(',');
  });
  return textInput([`a,b,c,${TARGETS.join(',')}`, ...lines].join('\n'), 'twins.csv');
}

interface Settings {
  targets?: readonly string[];
  model?: { id: string; params?: Record<string, unknown> };
  training?: Record<string, unknown>;
  [key: string]: unknown;
}

/** Targets that are left out are not features either. */
function experimentOf({ targets = TARGETS, model, training, ...rest }: Settings) {
  const ignore = TARGETS.filter((t) => !targets.includes(t)).join(', ');
  return requireExperiment(
    {
      version: 1,
      // Not stratified by the classes of the targets: the split must not depend on which targets there are.
      data: { id: 'table', params: { file: 'twins.csv', ignore, split: 'random' } },
      tasks: { targets: targets.map((column) => ({ column, type: 'auto' })) },
      model: model ?? { id: 'mt-mlp', params: { shared: [6], tower: [4], embedding: 2, dropout: 0.2 } },
      training: { epochs: 2, batchSize: 32, clipNorm: 0.5, learningRate: 0.01, twin: 'both', ...training },
      baseline: { id: 'st-mlp', params: { hidden: [6], embedding: 2 } },
      ...rest,
    },
    catalog,
  );
}

async function run(
  settings: Settings,
  options: { seeds?: number[]; resume?: Checkpoint; control?: RunControl; on?: (e: RunEvent) => void } = {},
) {
  const events: RunEvent[] = [];
  const { seeds, resume, control = new RunControl(), on } = options;
  const session = await runSession({
    runId: 'twins',
    experiment: experimentOf(settings),
    file: table(),
    backend,
    control,
    seeds,
    resume,
    emit: (event) => {
      events.push(event);
      on?.(event);
    },
  });
  session.dispose();
  if (session.result.error) throw new Error(session.result.error.message);
  return { result: session.result, events };
}

function resultOf({ seeds }: RunResult, role: Role, seed = 0): NetworkResult {
  const own = seeds[seed];
  const parts = own
    ? [own.model, ...(own.baseline ? [own.baseline] : []), ...own.others.map((o) => o.result)]
    : [];
  const network = parts.find((p) => p.role === role);
  if (!network) throw new Error(`no ${role}`);
  return network;
}

/** Everything that results from training on one task alone: curve, best epoch, scores. */
const ofTask = ({ epochs, bestEpochs, validation, test }: NetworkResult, task: number) => ({
  losses: epochs.map((e) => [e.trainLosses[task], e.validationLosses[task]]),
  best: bestEpochs[task],
  validation: validation[task],
  test: test[task],
});

beforeAll(() => tf.setBackend('cpu'));

describe('the single-task twin', () => {
  const architectures = [
    { id: 'mt-mlp', params: { shared: [6], tower: [4], embedding: 2, dropout: 0.2 } },
    { id: 'multitab-net', params: { width: 4, heads: 2, feedForward: 8, tower: [4], attentionDropout: 0.1 } },
    { id: 'multitab-net', params: { width: 4, heads: 2, feedForward: 8, tower: [4], attention: 'row_col' } },
    { id: 'mmoe', params: { experts: 2, expert: [5], tower: [4], embedding: 0 } },
    {
      id: 'ple',
      params: { layers: 1, sharedExperts: 1, taskExperts: 1, expert: [5], tower: [4], embedding: 2 },
    },
    {
      id: 'stem',
      params: { layers: 1, sharedExperts: 1, taskExperts: 1, expert: [5], tower: [4], embedding: 2 },
    },
    { id: 'home', params: { sharedExperts: 1, groupExperts: 1, taskExperts: 1, expert: [5], tower: [4] } },
  ];
  for (const model of architectures) {
    it(`of ${model.id} is the run of each task alone, to the last bit`, async () => {
      // With cosine decay, the rate of a step depends on the number of all steps.
      const decay = 'cosine';
      const both = await run({ model, training: { decay, twin: 'only' } });
      const together = resultOf(both.result, 'model:twin');
      for (const [task, target] of TARGETS.entries()) {
        const alone = await run({ model, targets: [target], training: { decay, twin: 'off' } });
        expect(ofTask(together, task), target).toEqual(ofTask(resultOf(alone.result, 'model'), 0));
      }
    });
  }

  it('of R-MTGB grows its trees task by task', async () => {
    const model = {
      id: 'r-mtgb',
      params: { rounds: 6, sharedRounds: 2, outlierRounds: 2, maxLeaves: 4, minRowsPerLeaf: 5 },
    };
    // Two binary targets, because R-MTGB needs tasks of one type.
    const tasks = { count: 2, kinds: ['binary'], rho: 0.5 };
    const data = { id: 'multitab-bench', params: { rows: 150, features: 3 } };
    const { result } = await run({ model, tasks, data, training: { twin: 'both' } });
    expect(result.comparison.map((c) => c.role)).toEqual(['baseline', 'model', 'model:twin']);
    const twin = resultOf(result, 'model:twin');
    expect(twin.test.map((t) => t.metrics.auroc?.value)).not.toEqual(
      resultOf(result, 'model').test.map((t) => t.metrics.auroc?.value),
    );
    expect(twin.epochs).toHaveLength(6);
    expect(result.comparison[1]?.decomposition?.perTask).toHaveLength(2);
  });

  it('equals the model where there is one task, and sharing is exactly 0', async () => {
    for (const id of ['mt-mlp', 'multitab-net'] as const) {
      const model = architectures.find((a) => a.id === id);
      const { result } = await run({ model, targets: ['amount'] }, { seeds: [0, 1] });
      for (const seed of [0, 1]) {
        const of = (role: Role) => ofTask(resultOf(result, role, seed), 0);
        expect(of('model:twin')).toEqual(of('model'));
      }
      const { mean, perTask } = result.comparison[1]?.decomposition ?? { perTask: [] };
      expect(mean?.sharing).toEqual({ mean: 0, sd: 0, low: 0, high: 0, perSeed: [0, 0] });
      expect(perTask[0]?.difference.sharing.perSeed).toEqual([0, 0]);
      expect(mean?.architecture.perSeed).toEqual(mean?.total.perSeed);
    }
  });

  it('takes a painted mask without the tokens of other tasks', async () => {
    const tokens = 6;
    const grid = (blocked: (q: number, k: number) => boolean) =>
      Array.from({ length: tokens }, (_, q) =>
        Array.from({ length: tokens }, (_k, k) => (blocked(q, k) ? 'x' : '.')).join(''),
      ).join('/');
    // Three task tokens, three columns; each task's token may not read the column at its own position.
    const customMask = grid((q, k) => q < 3 && k === q + 3);
    const params = { width: 4, heads: 2, feedForward: 8, tower: [4], mask: 'custom', customMask };
    const { result } = await run({ model: { id: 'multitab-net', params } });
    const together = resultOf(result, 'model:twin');
    const alone = await run({
      model: { id: 'multitab-net', params: { ...params, customMask: '..x./..../..../....' } },
      targets: ['kind'],
      training: { twin: 'off' },
    });
    expect(ofTask(together, 1)).toEqual(ofTask(resultOf(alone.result, 'model'), 0));
  });

  it('is the model itself for a single-task architecture: nothing is trained twice', async () => {
    const { result, events } = await run({ model: { id: 'st-mlp', params: { hidden: [4], embedding: 0 } } });
    const roles = events.flatMap((e) => (e.type === 'seed-started' ? e.parts.map((p) => p.role) : []));
    expect(roles).toEqual(['baseline', 'model']);
    const { mean } = result.comparison[1]?.decomposition ?? {};
    expect(mean?.sharing.perSeed).toEqual([0]);
    expect(mean?.architecture.perSeed).toEqual(mean?.total.perSeed);
  });

  it('splits the gain into architecture and sharing, exactly', async () => {
    const { result } = await run(
      { compare: [{ id: 'mmoe', params: { experts: 2, expert: [4], tower: [4] } }] },
      { seeds: [0, 1] },
    );
    expect(result.comparison.map((c) => c.role)).toEqual([
      'baseline',
      'model',
      'model:twin',
      'model-2',
      'model-2:twin',
    ]);
    const [, model, twin, second] = result.comparison;
    expect(twin?.decomposition).toBeNull();
    for (const column of [model, second]) {
      const { decomposition, gain } = column ?? {};
      expect(decomposition?.reference).toBe('baseline');
      expect(decomposition?.mean.total.perSeed).toEqual(gain?.perSeed);
      decomposition?.perTask.forEach(({ difference, percent }, task) => {
        const score = (role: Role) => resultOf(result, role).test[task];
        const value = (role: Role) => {
          const own = score(role);
          return own?.metrics[own.primary]?.value ?? Number.NaN;
        };
        const role = column?.role as 'model';
        expect(difference.total.perSeed[0]).toBe(value(role) - value('baseline'));
        expect(difference.sharing.perSeed[0]).toBe(value(role) - value(`${role}:twin`));
        for (const kind of [difference, percent])
          expect(kind.architecture.mean + kind.sharing.mean).toBeCloseTo(kind.total.mean, 10);
      });
    }
    // The difference between twin and baseline is the architecture's part.
    expect(twin?.gain?.perSeed).toEqual(model?.decomposition?.mean.architecture.perSeed);
  });

  it('takes the place of the baseline, and then tells sharing alone', async () => {
    const { result, events } = await run({ training: { twin: 'only' } });
    expect(result.comparison.map((c) => c.role)).toEqual(['model', 'model:twin']);
    expect(result.gain).toBeNull();
    expect(result.seeds[0]?.baseline).toBeNull();
    const { reference, mean, perTask } = result.comparison[0]?.decomposition ?? { perTask: [] };
    expect(reference).toBe('twin');
    expect(mean?.total.mean).toBeNaN();
    expect(perTask.filter((t) => t.flag === null).length).toBeGreaterThan(1);
    perTask.forEach(({ percent, difference, flag }, task) => {
      if (flag !== null) return;
      const own = resultOf(result, 'model:twin').test[task];
      const twin = own?.metrics[own.primary]?.value ?? Number.NaN;
      expect(percent.sharing.mean).toBeCloseTo((100 * difference.sharing.mean) / Math.abs(twin), 10);
    });
    const live = events.filter((e) => e.type === 'gain' && e.role === 'model');
    expect(live).toHaveLength(2);
    for (const e of live) expect(e).toMatchObject({ gain: null, decomposition: { reference: 'twin' } });
  });

  it('trains on the batches of its model, and goes on from a checkpoint exactly', async () => {
    const whole = await run({});
    const [plan] = whole.events.flatMap((e) => (e.type === 'seed-started' ? [e.parts] : []));
    expect(plan?.map((p) => [p.role, p.stage])).toEqual([
      ['baseline', 0],
      ['model', 0],
      ['model:twin', 0],
    ]);
    const control = new RunControl();
    let steps = 0;
    const half = await run(
      {},
      {
        control,
        on: (e) => {
          if (e.type === 'steps' && e.role === 'model:twin') steps += e.gradientNorms.length;
          if (steps >= 5) control.stop();
        },
      },
    );
    expect(half.result.status).toBe('stopped');
    const checkpoint = half.events.flatMap((e) => (e.type === 'checkpoint' ? [e.checkpoint] : [])).at(-1);
    const resumed = await run({}, { resume: structuredClone(checkpoint as Checkpoint) });
    for (const role of ['baseline', 'model', 'model:twin'] as const)
      expect(resultOf(resumed.result, role).test).toEqual(resultOf(whole.result, role).test);
    expect(resumed.result.comparison[1]?.decomposition).toEqual(whole.result.comparison[1]?.decomposition);
  });

  it('changes nothing of what model and baseline come to', async () => {
    const [without, beside] = [await run({ training: { twin: 'off' } }), await run({})];
    for (const role of ['baseline', 'model'] as const)
      expect(resultOf(beside.result, role).test).toEqual(resultOf(without.result, role).test);
    expect(beside.result.gain).toEqual(without.result.gain);
    expect(without.result.comparison.every((c) => c.decomposition === null)).toBe(true);
  });
});
