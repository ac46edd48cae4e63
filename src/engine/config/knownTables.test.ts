// Public tables are recognised by their columns, and the proposed experiment has no issues.
import { describe, expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import { inspectFile } from '../data/inspect.ts';
import { parseExperiment } from './experiment.ts';
import { knownTable } from './knownTables.ts';
import { tableInput } from './tableInput.ts';

const ACS = 'AGEP,COW,SCHL,MAR,OCCP,POBP,RELP,WKHP,SEX,RAC1P,PINCP'.split(',');
const HIGGS =
  'label,lepton_pT,lepton_eta,jet_1_b-tag,jet_2_b-tag,m_jj,m_jjj,m_lv,m_jlv,m_bb,m_wbb,m_wwbb'.split(',');
const ALIEXPRESS = [
  'search_id',
  ...Array.from({ length: 16 }, (_, i) => `categorical_${i + 1}`),
  ...Array.from({ length: 63 }, (_, i) => `numerical_${i + 1}`),
  'click',
  'conversion',
];
const columnsOf = (names: readonly string[]) => names.map((name) => ({ name }));

describe('known tables', () => {
  it.each([
    ['acs-income', ACS, 2, 10],
    ['higgs', HIGGS, 8, 2],
    ['aliexpress', ALIEXPRESS, 2, 17],
  ])('%s is known, in any order of its columns', (id, names, targets, categorical) => {
    const known = knownTable(columnsOf([...names].reverse()));
    expect(known?.id).toBe(id);
    const { experiment, issues } = parseExperiment(known?.experiment, catalog);
    expect(issues).toEqual([]);
    expect(experiment.tasks.targets).toHaveLength(targets);
    expect(String(experiment.data.params.types).split(',')).toHaveLength(categorical);
    expect(experiment.training).toMatchObject({ batchSize: 2048, optimizer: 'adamw', weightDecay: 1e-5 });
  });

  it('the number of a search is no feature, as in the public code', () => {
    const { params } = knownTable(columnsOf(ALIEXPRESS))?.experiment.data ?? {};
    expect(String(params?.types)).toMatch(/^search_id:ignore,categorical_1:categorical,/);
  });

  it('dollars are cut at 50,000, and what is cut already is not', () => {
    const target = (distinct: number) => {
      const known = knownTable(ACS.map((name) => ({ name, distinct })));
      const { targets } = (known?.experiment.tasks ?? { targets: [] }) as { targets: object[] };
      return targets[0];
    };
    expect(target(2000)).toEqual({ column: 'PINCP', type: 'binary', positive: '>50000' });
    expect(target(3)).toHaveProperty('positive');
    expect(target(2)).toEqual({ column: 'PINCP', type: 'binary' });
  });

  it('HIGGS.csv has no names, and is known by what its 29 columns hold', () => {
    const isTag = (i: number) => [9, 13, 17, 21].includes(i);
    const higgs = Array.from({ length: 29 }, (_, i) => ({
      name: `column ${i + 1}`,
      distinct: i === 0 ? 2 : isTag(i) ? 3 : 900,
    }));
    const known = knownTable(higgs);
    expect(known?.id).toBe('higgs');
    expect(known?.experiment.tasks).toEqual({
      targets: [
        { column: 'column 1', type: 'binary' },
        ...[23, 24, 25, 26, 27, 28, 29].map((i) => ({ column: `column ${i}`, type: 'regression' })),
      ],
    });
    const types = ['column 10', 'column 14', 'column 18', 'column 22'].map((name) => `${name}:categorical`);
    expect(known?.experiment.data.params.types).toBe(types.join(','));
    const other = (at: number, change: object) =>
      knownTable(higgs.with(at, { ...higgs[at], ...change } as (typeof higgs)[0]));
    expect([other(0, { distinct: 3 }), other(9, { distinct: 4 }), other(9, { distinct: 1 })]).toEqual([
      null,
      null,
      null,
    ]);
    expect([other(5, { distinct: 3 }), other(3, { name: 'x' }), knownTable(higgs.slice(1))]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('a table that lacks a column is none', () => {
    expect(knownTable(columnsOf(ACS.slice(1)))).toBeNull();
    expect(knownTable(columnsOf(HIGGS.slice(1)))).toBeNull();
    expect(knownTable([])).toBeNull();
  });

  it('is said where a file is inspected', async () => {
    const text = `${HIGGS.join(',')}\n${HIGGS.map((_, i) => i).join(',')}\n${HIGGS.map((_, i) => i % 2).join(',')}\n`;
    const { notes } = await inspectFile(tableInput('h.csv', new Blob([text])));
    expect(notes.find((note) => note.code === 'known-table')?.text).toMatch(/columns of Higgs/);
  });
});
