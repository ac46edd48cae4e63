import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import { decodeExperiment, differences, encodeExperiment, MAX_LINK } from './codec.ts';
import { parseExperiment, requireExperiment } from './experiment.ts';
import type { ParamSpec, ParamValue } from './params.ts';

/** Any valid value of a spec. */
function anyValue(spec: ParamSpec): fc.Arbitrary<ParamValue> {
  const number = (s: { integer: boolean; min: number; max: number }) =>
    s.integer
      ? fc.integer({ min: s.min, max: s.max })
      : fc.double({ min: s.min, max: s.max, noNaN: true }).map((v) => (v === 0 ? 0 : v));
  switch (spec.kind) {
    case 'number':
      return number(spec);
    case 'choice':
      return fc.constantFrom(...spec.options.map((o) => o.value));
    case 'switch':
      return fc.boolean();
    case 'text':
      return fc.string({ maxLength: Math.min(20, spec.maxLength) });
    case 'numbers':
      return fc.array(number(spec), { minLength: spec.minLength, maxLength: Math.min(5, spec.maxLength) });
    case 'words':
      return fc.array(fc.constantFrom(...spec.options.map((o) => o.value)), {
        minLength: spec.minLength,
        maxLength: 4,
      });
    case 'matrix':
      return fc.constantFrom<number[][]>(
        [],
        [[1]],
        [
          [1, 0.5],
          [0.5, 1],
        ],
      );
    case 'targets':
      return fc.array(
        fc.oneof(
          fc.record({
            column: fc.string({ minLength: 1, maxLength: 12 }),
            type: fc.constantFrom(
              'auto' as const,
              'regression' as const,
              'binary' as const,
              'multiclass' as const,
            ),
          }),
          fc.record({
            column: fc.string({ minLength: 1, maxLength: 12 }),
            type: fc.constantFrom('auto' as const, 'binary' as const),
            positive: fc.string({ maxLength: 12 }),
          }),
        ),
        { maxLength: 3 },
      );
    default:
      return spec satisfies never;
  }
}

const paramsOf = (specs: readonly ParamSpec[]) =>
  fc.record(Object.fromEntries(specs.map((s) => [s.key, anyValue(s)])), { requiredKeys: [] });

const experiments = fc
  .tuple(fc.constantFrom(...catalog.sources), fc.constantFrom(...catalog.models), fc.boolean())
  .chain(([source, model, withBaseline]) => {
    const baseline = catalog.models.find((m) => m.singleTask);
    return fc.record({
      seed: fc.integer({ min: 0, max: 1000 }),
      repeats: fc.integer({ min: 1, max: 5 }),
      data: fc.record({ id: fc.constant(source.id), params: paramsOf(source.dataParams) }),
      tasks: paramsOf(source.taskParams),
      model: fc.record({ id: fc.constant(model.id), params: paramsOf(model.params) }),
      training: paramsOf(catalog.trainingParams),
      baseline:
        withBaseline && baseline
          ? fc.record({ id: fc.constant(baseline.id), params: paramsOf(baseline.params) })
          : fc.constant(null),
    });
  });

describe('the query string of an experiment', () => {
  it('comes back as the same experiment, with the view beside it', () => {
    fc.assert(
      fc.property(experiments, (input) => {
        const experiment = requireExperiment(input, catalog);
        const text = encodeExperiment(experiment, catalog, { tab: 'attention' });
        const decoded = decodeExperiment(text, catalog);
        expect(decoded.issues).toEqual([]);
        expect(decoded.experiment).toEqual(experiment);
        expect(decoded.view).toEqual({ tab: 'attention' });
      }),
      { numRuns: 150 },
    );
  });

  it('says only what differs from the defaults', () => {
    const plain = parseExperiment({}, catalog).experiment;
    expect(encodeExperiment(plain, catalog)).toBe('v=1');
    const changed = { ...plain, tasks: { ...plain.tasks, degrees: [1, 2] } };
    expect(encodeExperiment(changed, catalog)).toBe('v=1&tasks.degrees=1,2');
  });

  it('names every setting it cannot read and keeps the others', () => {
    const { experiment, issues } = decodeExperiment(
      'v=1&model.heads=two&tasks.rho=0.2&model.wings=3&nonsense=1',
      catalog,
    );
    expect(issues.map((i) => i.path)).toEqual(['model.wings', 'nonsense', 'model.params.heads']);
    expect(issues[2]).toMatchObject({ expected: 'an integer from 1 to 16', got: '"two"' });
    expect(experiment.tasks.rho).toBe(0.2);
    // Without a baseline there is no list of its settings.
    const [none] = decodeExperiment('v=1&baseline=none&baseline.hidden=16', catalog).issues;
    expect(none).toMatchObject({ expected: 'no settings of baseline, which has none here' });
  });

  it('refuses another version and unknown ids', () => {
    const { issues } = decodeExperiment('v=7&model=gpt', catalog);
    expect(issues.map((i) => i.path)).toEqual(['v', 'model.id']);
  });

  it('refuses names that every object has, wherever a name may stand', () => {
    const inherited = fc.constantFrom(...Object.getOwnPropertyNames(Object.prototype));
    fc.assert(
      fc.property(
        inherited,
        inherited,
        fc.constantFrom('data', 'model', 'training', 'view'),
        (a, b, known) => {
          for (const key of [a, `${a}.${b}`, `${known}.${a}`]) {
            const { experiment, issues, view } = decodeExperiment(`${key}=1`, catalog);
            expect(experiment).toEqual(requireExperiment({}, catalog));
            if (!key.startsWith('view.')) expect(issues.map((issue) => issue.path)).toEqual([key]);
            else expect(Object.keys(view)).toEqual([a]);
          }
        },
      ),
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('changes single settings of a given experiment', () => {
    const base = requireExperiment(catalog.presets[0]?.experiment, catalog);
    const { experiment, issues } = decodeExperiment('model.blocks=2', catalog, base);
    expect(issues).toEqual([]);
    expect(differences(experiment, base, catalog)).toEqual(['model.blocks']);
  });
});

it('holds the largest mask that can be painted, and one with an exception', () => {
  const square = (size: number, at: (query: number, key: number) => boolean) =>
    Array.from({ length: size }, (_, q) =>
      Array.from({ length: size }, (_k, k) => (at(q, k) ? 'x' : '.')).join(''),
    ).join('/');
  const largest = square(199, (q, k) => (q * k) % 3 === 1);
  const pair = `${square(124, (q, k) => (q + k) % 7 === 6)}@0.1:${square(124, (q, k) => q > k)}`;
  for (const customMask of [largest, pair]) {
    expect(customMask.length).toBeGreaterThan(30_000);
    const experiment = requireExperiment(
      { version: 1, model: { id: 'multitab-net', params: { mask: 'custom', customMask } } },
      catalog,
    );
    const query = encodeExperiment(experiment, catalog);
    expect(query.length).toBeLessThan(MAX_LINK / 2);
    expect(decodeExperiment(query, catalog)).toMatchObject({ experiment, issues: [] });
  }
});
