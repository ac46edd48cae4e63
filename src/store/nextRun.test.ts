import { expect, it } from 'vitest';
import { catalog } from '../engine/catalog.ts';
import { requireExperiment } from '../engine/config/experiment.ts';
import { nextRunSeconds, type Timed } from './nextRun.ts';

const preset = catalog.presets.find((p) => p.id === 'correlated');
if (!preset) throw new Error('no preset correlated');
const base = requireExperiment(preset.experiment, catalog);
const rows = Number(base.data.params.rows);
const timed = (change: Partial<Timed> = {}): Timed => ({
  status: 'finished',
  experiment: base,
  seeds: [0, 1],
  elapsedMs: 8000,
  backend: 'wasm',
  ...change,
});
const secondsOf = (experiment: typeof base, kept: Timed[], backend = 'wasm') =>
  nextRunSeconds(experiment, Number(experiment.data.params.rows), kept, backend, catalog);

it('follows rows, epochs and seeds of a run of the same networks', () => {
  expect(secondsOf(base, [timed()])).toBeCloseTo(4 * base.repeats, 9);
  const epochs = Number(base.training.epochs);
  const larger = {
    ...base,
    repeats: 3,
    data: { ...base.data, params: { ...base.data.params, rows: 2 * rows } },
    training: { ...base.training, epochs: 2 * epochs },
  };
  expect(secondsOf(larger, [timed()])).toBeCloseTo(4 * 3 * 2 * 2, 9);
  const otherCosine = { ...base, tasks: { ...base.tasks, rho: -0.1 } };
  expect(secondsOf(otherCosine, [timed({ elapsedMs: 6000 }), timed()])).toBeCloseTo(3 * base.repeats, 9);
});

it('says nothing from runs of another size, backend or state', () => {
  const wider = { ...base, model: { ...base.model, params: { ...base.model.params, width: 64 } } };
  expect(secondsOf(wider, [timed()])).toBeNull();
  expect(secondsOf(base, [timed()], 'webgpu')).toBeNull();
  expect(secondsOf(base, [timed({ status: 'stopped' }), timed({ elapsedMs: null })])).toBeNull();
  expect(secondsOf({ ...base, baseline: null }, [timed()])).toBeNull();
});

it('takes the run nearest in size, the newest of equal ones, and none of a tenth of the size', () => {
  const epochs = Number(base.training.epochs);
  const short = timed({
    experiment: { ...base, training: { ...base.training, epochs: epochs / 8 } },
    elapsedMs: 4000,
  });
  expect(secondsOf(base, [short, timed()])).toBeCloseTo(4 * base.repeats, 9);
  expect(secondsOf(base, [short])).toBeCloseTo(16 * base.repeats, 9);
  const long = { ...base, training: { ...base.training, epochs: 6 * epochs } };
  expect(secondsOf(long, [timed()])).toBeCloseTo(24 * base.repeats, 9);
  expect(secondsOf(long, [short])).toBeNull();
});
