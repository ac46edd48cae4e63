import { expect, it } from 'vitest';
import type { MaskTestReport } from '../engine/protocol/masks.ts';
import { smallExperiment } from '../engine/training/sessionTesting.ts';
import { caseNotes, maskTestText, readCase, testedRole } from './case.ts';

const assertion = { text: 'Masks hold', value: 0.5, limit: 0, detail: 'In block 0.' };
const report = {
  tasks: ['A', 'B'],
  sources: [
    { name: 'A', group: 'task' },
    { name: 'B', group: 'task' },
  ],
  hops: [0, -1, 2, 0],
  paths: ['', '', 'through x', ''],
  assertions: [
    { ...assertion, id: 'one', passed: false },
    { ...assertion, id: 'two', passed: true },
  ],
} as unknown as MaskTestReport;
const taken = { role: 'model-2', seed: 3, step: 7, epoch: 1, weights: 'w.pt' } as const;
const found = {
  experiment: {},
  taken,
  assertions: [
    { id: 'one', passed: true },
    { id: 'two', passed: true },
  ],
};

it('reads cases, and experiments as what they are', () => {
  expect(readCase({ data: {}, model: {} })).toBeNull();
  expect(readCase(null)).toBeNull();
  expect(readCase(found)).toEqual(found);
  expect(readCase({ experiment: {}, assertions: [] })?.taken).toBeNull();
});

it.each<[object, string]>([
  [
    { assertions: [null] },
    'case.assertions[0]: expected an object, got null. Save the case again in the Masks tab.',
  ],
  [{ assertions: 'all' }, 'case.assertions: expected a list, got "all".'],
  [{ assertions: [{ id: 'one' }] }, 'case.assertions[0].passed: expected true or false, got undefined.'],
  [
    { taken: { ...taken, role: 'admin' } },
    'case.taken.role: expected a role such as model or baseline, got "admin".',
  ],
  [{ taken: { ...taken, seed: -1 } }, 'case.taken.seed: expected a whole number from 0, got -1.'],
])('refuses a case that no page has written: %j', (change, message) => {
  expect(() => readCase({ ...found, ...change })).toThrow(message);
});

it('tests the network of the case, which the experiment must have', () => {
  const experiment = smallExperiment({ compare: [{ id: 'multitab-net' }] });
  expect(testedRole(readCase(found), experiment)).toBe('model-2');
  expect(testedRole(null, experiment)).toBe('model');
  expect(() => testedRole(readCase(found), smallExperiment())).toThrow(
    'case.taken.role: expected one of the networks of the experiment, baseline, model, got model-2.',
  );
});

it('says what a replay found, and where that differs from the case', () => {
  expect(maskTestText(report, readCase(found)).split('\n')).toEqual([
    'FAILS  Masks hold (measured 0.5, limit 0); it held in the case and fails here',
    '       In block 0.',
    'holds  Masks hold (measured 0.5, limit 0)',
    'reach  A to B: through x',
  ]);
  expect(maskTestText(report, null)).not.toContain('in the case');
  // A column may have any name.
  const [source] = report.sources;
  const odd = { ...report, sources: [{ ...source, name: 'A\u001b[2J\nB' }, ...report.sources.slice(1)] };
  expect(maskTestText(odd as MaskTestReport, null)).toContain('reach  A\\u001b[2J⏎B to B: through x');
});

it('says what it could not do as it was', () => {
  const own = readCase(found);
  if (!own) throw new Error('no case');
  expect(caseNotes(own, 40, false)).toEqual([
    'The case was taken at step 7 of seed 3; this is after all 40 steps.',
    'The case was measured on the weights of w.pt: give them with --weights.',
  ]);
  expect(caseNotes(own, 7, true)).toEqual([]);
});
