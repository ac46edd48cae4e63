import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultsOf, type Params, type TargetChoice } from '../config/params.ts';
import { type TableInput, tableInput } from '../config/tableInput.ts';
import { WorkbenchError } from '../core/errors.ts';
import { openRequest, type UnopenedRequest } from './openRequest.ts';
import type { Dataset } from './table.ts';
import { previewTable, tableSource } from './tableSource.ts';
import { generateTable as generate, issuesOf, textInput as table } from './testing/files.ts';

const penguins = tableInput(
  'penguins.csv',
  new Blob([readFileSync(new URL('../../../public/data/penguins.csv', import.meta.url))]),
);
const threeTargets: TargetChoice[] = [
  { column: 'species', type: 'multiclass' },
  { column: 'sex', type: 'binary' },
  { column: 'body_mass_g', type: 'regression' },
];

function request(file: TableInput | undefined, targets: TargetChoice[], data: Params = {}): UnopenedRequest {
  return { data: { ...defaultsOf(tableSource.dataParams), ...data }, tasks: { targets }, file };
}

/** 40 rows: numeric x with a missing cell, categories c (one rare, one cell missing), label y with a missing cell. */
const small = table(
  `x,c,id,y\n${Array.from({ length: 40 }, (_, i) =>
    [
      i === 3 ? 'NA' : i,
      i === 5 ? '' : i === 7 ? 'rare' : i % 2 ? 'odd' : 'even',
      'same',
      i === 9 ? '' : i * i,
    ].join(','),
  ).join('\n')}`,
);
const y: TargetChoice[] = [{ column: 'y', type: 'regression' }];

const texts = ({ notes }: Dataset) => notes.map((note) => note.text);

describe('penguins', () => {
  it('is previewed', async () => {
    const { rows, columns } = await previewTable(penguins);
    expect(rows).toBe(344);
    expect(columns.map((c) => [c.name, c.kind, c.missing, c.suggestedTask])).toEqual([
      ['species', 'categorical', 0, 'multiclass'],
      ['island', 'categorical', 0, 'multiclass'],
      ['bill_length_mm', 'numeric', 2, 'regression'],
      ['bill_depth_mm', 'numeric', 2, 'regression'],
      ['flipper_length_mm', 'numeric', 2, 'regression'],
      ['body_mass_g', 'numeric', 2, 'regression'],
      ['sex', 'categorical', 11, 'binary'],
    ]);
  });

  it('becomes three tasks on four features, with what was done to it', async () => {
    const r = request(penguins, threeTargets);
    const data = await generate(r);
    expect(data.features.map((f) => [f.name, f.cardinality])).toEqual([
      ['island', 3],
      ['bill_length_mm', 1],
      ['bill_depth_mm', 1],
      ['flipper_length_mm', 1],
    ]);
    expect(data.tasks.map((t) => [t.name, t.type, t.outputs, t.classes])).toEqual([
      ['species', 'multiclass', 3, ['Adelie', 'Chinstrap', 'Gentoo']],
      ['sex', 'binary', 1, ['male', 'female']],
      ['body_mass_g', 'regression', 1, undefined],
    ]);
    expect(data.rows).toBe(344);
    expect(texts(data)).toContain(
      'Labels are missing in some of the 344 rows, sex in 11, body_mass_g in 2: losses and metrics of a task are over the rows that have its label.',
    );
    const { request: opened } = await openRequest(tableSource, r);
    const plan = tableSource.plan(opened);
    expect(plan).toEqual({ rows: data.rows, trainingRows: 241, features: data.features, tasks: data.tasks });
    const [species] = data.targets as [Float32Array];
    expect([0, 1, 2].map((c) => species.filter((v) => v === c).length)).toEqual([152, 68, 124]);
    expect(data.relatedness).toMatchObject({ requestedCosine: null, closedForm: null });
    expect(data.relatedness.realised.every((v) => Math.abs(v) <= 1 + 1e-9)).toBe(true);
  });

  it('standardises on the training rows, and not when told so', async () => {
    const data = await generate(request(penguins, threeTargets));
    const mass = data.targets[2] as Float32Array;
    const known = data.split.train.filter((row) => !Number.isNaN(mass[row]));
    const mean = known.reduce((sum, row) => sum + (mass[row] as number), 0) / known.length;
    expect(Math.abs(mean)).toBeLessThan(1e-5);
    const raw = await generate(
      request(penguins, threeTargets, { standardiseTargets: false, standardiseFeatures: false }),
    );
    const { mean: m, scale } = data.targetScaling[2] as { mean: number; scale: number };
    for (const row of [0, 100, 332]) {
      expect((mass[row] as number) * scale + m).toBeCloseTo(raw.targets[2]?.[row] as number, 3);
    }
    expect(raw.targetScaling[2]).toEqual({ mean: 0, scale: 1 });
    expect(raw.numeric[2]?.every((v) => v > 150 && v < 250)).toBe(true);
  });

  it('is the same for the same seed, and split otherwise for another', async () => {
    const [a, b, c] = await Promise.all(
      [0, 0, 1].map((seed) => generate(request(penguins, threeTargets, { seed }))),
    );
    expect(a).toEqual(b);
    expect(c?.split.train).not.toEqual(a?.split.train);
  });
});

describe('missing values and rare categories', () => {
  it('imputes numbers with the training mean and gives missing text its own code', async () => {
    const data = await generate(request(small, y, { standardiseFeatures: false }));
    expect(data.rows).toBe(39);
    const known = [...data.split.train]
      .filter((row) => row !== 3)
      .map((row) => data.numeric[0]?.[row] as number);
    expect(data.numeric[0]?.[3]).toBeCloseTo(known.reduce((a, b) => a + b, 0) / known.length, 4);
    expect(data.features[0]?.categories).toEqual(['even', 'odd', 'rare', 'missing']);
    expect(Array.from(data.categorical[0]?.slice(4, 8) ?? [])).toEqual([0, 3, 0, 2]);
    expect(texts(data)).toEqual(
      expect.arrayContaining([
        'Column id is constant and is left out.',
        '1 of 40 rows miss a target and are dropped: y in 1.',
        '1 missing value of x: networks read the mean of the training rows, trees have a branch of their own for them.',
        'Missing values of c are the category "missing".',
      ]),
    );
  });

  it('drops rows that miss a number when asked to', async () => {
    const data = await generate(request(small, y, { missing: 'drop' }));
    expect(data.rows).toBe(38);
    expect(texts(data)).toContain(
      '1 of 39 rows miss a number and are dropped, as data.missing=drop asks: x in 1.',
    );
    expect(data.numeric[0]?.every(Number.isFinite)).toBe(true);
  });

  it('merges categories that are rare in the training rows', async () => {
    const data = await generate(request(small, y, { rareBelow: 2 }));
    expect(data.features[0]?.categories).toEqual(['even', 'odd', 'other', 'missing']);
    expect(data.categorical[0]?.[7]).toBe(2);
    expect(texts(data)).toContain('1 rare category of c is merged into one: rare.');
  });

  it('keeps its own "other" and "missing" apart from those of the table', async () => {
    const words = ['other', 'missing', 'a', '', 'b'];
    const text = `c,y\n${Array.from({ length: 50 }, (_, i) => `${i === 49 ? 'once' : words[i % 5]},${i}`).join('\n')}`;
    const data = await generate(request(table(text), y, { rareBelow: 3 }));
    expect(data.features[0]?.categories).toEqual(['a', 'b', 'missing', 'other', 'other (2)', 'missing (2)']);
    expect(Array.from(data.categorical[0]?.slice(0, 5) ?? [])).toEqual([3, 2, 0, 5, 1]);
  });

  it('leaves identifiers and ignored columns out', async () => {
    const text = `name,x,z,y\n${Array.from({ length: 60 }, (_, i) => `p${i},${i % 7},${i % 5},${i}`).join('\n')}`;
    const data = await generate(request(table(text), y, { ignore: ' z ' }));
    expect(data.features.map((f) => f.name)).toEqual(['x']);
    expect(texts(data)).toEqual([
      'Column name has 60 different texts such as "p0", looks like an identifier, and is left out. To keep it, set data.types to name:categorical.',
      'Left out as asked: z.',
    ]);
  });

  it('says that numbers with a unit behind them are read as numbers without it', async () => {
    const weights = (unit: (row: number) => string) =>
      table(`w,x,y\n${Array.from({ length: 60 }, (_, i) => `${i}.5 ${unit(i)},${i % 7},${i}`).join('\n')}`);
    const [note] = texts(
      await generate(
        request(
          weights(() => 'kg'),
          y,
        ),
      ),
    );
    expect(note).toBe(
      'Column w has 60 different texts such as "0.5 kg", each a number with "kg" behind it: too many different ones for categories, so it is left out. To read it as numbers, take "kg" out of the cells of the file. To keep it as it is, set data.types to w:categorical.',
    );
    const [mixed] = texts(
      await generate(
        request(
          weights((row) => (row % 2 ? 'kg' : 'lb')),
          y,
        ),
      ),
    );
    expect(mixed).toMatch(/looks like an identifier/);
    // Declared to hold numbers, it holds none: not a column without values.
    const issues = await issuesOf(
      request(
        weights(() => 'kg'),
        y,
        { types: 'w:numeric' },
      ),
    );
    expect(issues.map(({ path, expected }) => `${path}: ${expected}`)).toEqual([
      'data.params.file, table.csv, line 2, column w: numbers only, as data.types says of w',
    ]);
  });
});

describe('refusals', () => {
  const refused = async (r: UnopenedRequest) =>
    (await issuesOf(r)).map((i) => `${i.path}: ${i.expected}, got ${i.got}`);
  const all = 'species, island, bill_length_mm, bill_depth_mm, flipper_length_mm, body_mass_g, sex';

  it.each<[string, UnopenedRequest, RegExp]>([
    ['no file', request(undefined, y), /^data\.params\.file: the contents of penguins\.csv, got nothing/],
    [
      'a broken file',
      request(table('a,b\n"x,1\n'), y),
      /^data\.params\.file, table\.csv, line 2: quoted cells/,
    ],
    ['no target', request(penguins, []), new RegExp(`at least one target out of ${all}`)],
    [
      'an unknown target',
      request(penguins, [{ column: 'tail', type: 'auto' }]),
      new RegExp(`${all}, got tail`),
    ],
    [
      'a target twice',
      request(penguins, [...threeTargets, threeTargets[0] as TargetChoice]),
      /\[3\]: each column once/,
    ],
    [
      'text as a number',
      request(penguins, [{ column: 'sex', type: 'regression' }]),
      /numbers in sex, got text such as "male" \(line 2\), "female" \(line 3\)/,
    ],
    [
      'three classes as binary',
      request(penguins, [{ column: 'species', type: 'binary' }]),
      /2 values in species, got 3 \("Adelie" \(152 rows\), "Gentoo" \(124 rows\), "Chinstrap" \(68 rows, first in line 154\)\)$/,
    ],
    [
      'two classes as multiclass',
      request(penguins, [{ column: 'sex', type: 'multiclass' }]),
      /3 to 50 classes in sex, got 2/,
    ],
    [
      'a constant target',
      request(small, [{ column: 'id', type: 'auto' }]),
      /got only one value, ".+", in all 40 filled cells/,
    ],
    [
      'an unknown column to ignore',
      request(penguins, threeTargets, { ignore: 'tail' }),
      /data\.params\.ignore: .* got tail/,
    ],
    ['a target to ignore', request(penguins, threeTargets, { ignore: 'sex' }), /got sex, which is a target/],
    ['no feature left', request(small, y, { ignore: 'x,c' }), /at least one column left as a feature/],
    ['too few rows', request(table('x,y\n1,2\n2,3\n'), y), /at least 2 rows in each split/],
  ])('%s', async (_, r, message) => {
    expect((await refused(r)).join('\n')).toMatch(message);
  });

  it('a target that is constant in the rows that are left', async () => {
    const text = `x,a,b\n${Array.from({ length: 40 }, (_, i) => `${i},${i < 30 ? 0 : 1},${i < 30 ? i : ''}`).join('\n')}`;
    const targets: TargetChoice[] = [
      { column: 'a', type: 'auto' },
      { column: 'b', type: 'auto' },
    ];
    expect((await generate(request(table(text), targets))).rows).toBe(40);
    expect(await refused(request(table(text), targets, { unlabelled: 'drop-few' }))).toEqual([
      'tasks.targets[0]: at least two values of a in the 30 rows that are kept, got only one value',
    ]);
  });
});

describe('a table that is being read', () => {
  it('is no refusal when it is stopped, whatever the reason', async () => {
    const stop = async () => {
      throw new WorkbenchError('backend', 'Stop the run first.');
    };
    const file = table('x,y\n1,2\n2,3\n');
    await expect(openRequest(tableSource, request(file, y), stop)).rejects.toThrow('Stop the run first.');
  });

  it('tells how far it is, and ends at the whole', async () => {
    const told: [number, string][] = [];
    await openRequest(tableSource, request(table('x,y\n1,2\n2,3\n'), y), async (fraction, phase) => {
      told.push([fraction, phase]);
    });
    expect(told).toEqual([
      [1, 'reading the file'],
      [0.5, 'reading columns'],
      [1, 'reading columns'],
      ...[0.25, 0.5, 0.75, 1].map((share) => [share, 'Understanding columns']),
    ]);
  });
});

describe('any table', () => {
  const cell = fc.oneof(
    fc.constantFrom('', 'NA', 'a', 'b', 'other'),
    fc.integer({ min: -3, max: 3 }).map(String),
  );
  const rows = fc.array(fc.tuple(cell, cell, fc.integer({ min: 0, max: 9 })), {
    minLength: 20,
    maxLength: 40,
  });

  it('is refused with reasons, or encoded without gaps: codes in range, splits apart and complete', async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.constantFrom('mean', 'drop'),
        fc.nat(4),
        async (cells, missing, rareBelow) => {
          const file = table(`p,q,y\n${cells.map((row) => row.join(',')).join('\n')}`);
          const r = request(file, [{ column: 'y', type: 'regression' }], { missing, rareBelow });
          const { request: opened, issues } = await openRequest(tableSource, r);
          if (issues.length > 0) return;
          accepted++;
          const data = await generate(r);
          expect(data.features).toEqual(tableSource.plan(opened).features);
          const cardinalities = data.features
            .filter((f) => f.kind === 'categorical')
            .map((f) => f.cardinality);
          data.categorical.forEach((codes, i) => {
            expect(codes.every((code) => code >= 0 && code < (cardinalities[i] as number))).toBe(true);
          });
          for (const column of [...data.numeric, ...data.targets]) {
            expect(column).toHaveLength(data.rows);
            expect(column.every(Number.isFinite)).toBe(true);
          }
          const { train, validation, test } = data.split;
          expect([...train, ...validation, ...test].sort((a, b) => a - b)).toEqual(
            Array.from({ length: data.rows }, (_, i) => i),
          );
        },
      ),
      { numRuns: 60, seed: 1 },
    );
    expect(accepted).toBeGreaterThan(30);
  });
});
