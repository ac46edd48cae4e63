// Public tables that are recognised by the names of their columns, with the settings of the paper (Sinodinos et al. 2025, arXiv
// 2511.09970) and of its public code (Armanfard-Lab/MultiTab: configs/*/dataset.yaml, mtt.yaml, st_mlp.yaml, and the splits and
// types of its preprocessing).
import { formatTypedName } from './names.ts';

export interface KnownTable {
  id: string;
  label: string;
  /** Remarks on the settings, one or two sentences. */
  summary: string;
  /** Input of `parseExperiment`, without the name of the file. */
  experiment: { version: 1; data: { id: 'table'; params: Record<string, unknown> } } & Record<
    string,
    unknown
  >;
}

interface Definition extends Omit<KnownTable, 'experiment'> {
  /** Columns that the public code drops. */
  dropped?: readonly string[];
  /** Columns that must all be present, each under one of these names. */
  needs: readonly (readonly string[])[];
  /** Where the published file has no names: what each of its columns is called, and whether a file of so many columns is it. */
  unnamed?: {
    names: readonly string[];
    isIt(columns: readonly { name: string; distinct?: number }[]): boolean;
  };
  categorical(name: string): boolean;
  targets(name: (index: number) => string): { column: string; type: string; positive?: string }[];
  split: { trainFraction: number; validationFraction: number };
  model: Record<string, unknown>;
  dropout: number;
  embedding: number;
  epochs: number;
}

const MASSES = ['m_jj', 'm_jjj', 'm_lv', 'm_jlv', 'm_bb', 'm_wbb', 'm_wwbb'];

/** The columns of HIGGS.csv of the UCI repository, which has no header. */
const HIGGS = [
  'class',
  ...['lepton pT', 'lepton eta', 'lepton phi', 'missing energy magnitude', 'missing energy phi'],
  ...[1, 2, 3, 4].flatMap((jet) => ['pt', 'eta', 'phi', 'b-tag'].map((what) => `jet ${jet} ${what}`)),
  ...MASSES,
];
/** A tag is one of three numbers, and everything else but the class is measured. */
const MOST_TAGS = 3;

const definitions: readonly Definition[] = [
  {
    id: 'acs-income',
    label: 'ACS Income',
    summary:
      'Income above 50,000 dollars and marital status (Ding et al. 2021, folktables). All other columns are categories, as in the public code.',
    needs: ['PINCP', 'MAR', 'AGEP', 'COW', 'SCHL', 'OCCP', 'POBP', 'WKHP', 'SEX', 'RAC1P'].map((name) => [
      name,
    ]),
    categorical: (name) => name !== 'PINCP',
    targets: () => [
      { column: 'PINCP', type: 'binary' },
      { column: 'MAR', type: 'multiclass' },
    ],
    split: { trainFraction: 0.7, validationFraction: 0.15 },
    model: { rotary: false, attentionDropout: 0.2, feedForwardDropout: 0.2 },
    dropout: 0.2,
    embedding: 16,
    epochs: 100,
  },
  {
    id: 'higgs',
    label: 'Higgs',
    summary:
      'Signal or background, and the seven masses that physicists derive from the other 21 columns (Baldi et al. 2014), by regression.',
    needs: [['Target', 'target', 'class', 'label'], ...MASSES.map((name) => [name])],
    unnamed: {
      names: HIGGS,
      isIt: (columns) =>
        columns.every(({ distinct = 0 }, i) => {
          const name = HIGGS[i] as string;
          if (name === 'class') return distinct === 2;
          return name.endsWith('b-tag') ? distinct > 1 && distinct <= MOST_TAGS : distinct > MOST_TAGS;
        }),
    },
    categorical: (name) => /b.?tag/i.test(name),
    targets: (name) => [
      { column: name(0), type: 'binary' },
      ...MASSES.map((_, i) => ({ column: name(i + 1), type: 'regression' })),
    ],
    split: { trainFraction: 0.9, validationFraction: 0.05 },
    model: { rotary: true, interSample: 'as-released' },
    dropout: 0,
    embedding: 16,
    epochs: 100,
  },
  {
    id: 'aliexpress',
    label: 'AliExpress',
    summary:
      'Click and conversion in the search of a shop (Li et al. 2020), without the number of the search. The public settings list weights of the rare positive rows (48.6 and 1,364.4), but its loss uses none, and so does this one.',
    // data/aliexpress.py and preprocess_aliexpress.ipynb; the constant columns are left out by themselves.
    dropped: ['search_id'],
    needs: [['click'], ['conversion'], ['categorical_2'], ['numerical_1']],
    categorical: (name) => /^categorical_\d+$/.test(name),
    targets: () => [
      { column: 'click', type: 'binary' },
      { column: 'conversion', type: 'binary' },
    ],
    split: { trainFraction: 0.8, validationFraction: 0.1 },
    model: {
      rotary: true,
      interSample: 'as-released',
      width: 8,
      taskTokens: 'shared',
      attentionDropout: 0.2,
    },
    dropout: 0.2,
    embedding: 8,
    epochs: 50,
  },
];

/** What the columns are called where the table is described: as here, unless the file names none. */
function publishedNames(
  { unnamed }: Definition,
  columns: readonly { name: string; distinct?: number }[],
): readonly string[] {
  const isNamed = columns.some(({ name }, i) => name !== `column ${i + 1}`);
  if (!isNamed && columns.length === unnamed?.names.length && unnamed.isIt(columns)) return unnamed.names;
  return columns.map(({ name }) => name);
}

/**
 * @param columns - with the number of distinct values, if known
 * @returns the known table with these columns, or null
 */
export function knownTable(columns: readonly { name: string; distinct?: number }[]): KnownTable | null {
  const names = columns.map((column) => column.name);
  for (const definition of definitions) {
    const called = publishedNames(definition, columns);
    const own = (published: string) => names[called.indexOf(published)];
    const found = definition.needs.map((any) => any.map(own).find((name) => name !== undefined));
    if (found.some((name) => name === undefined)) continue;
    const targets = definition
      .targets((index) => found[index] as string)
      .map((target) => {
        const column = columns.find(({ name }) => name === target.column);
        // Files of folktables hold dollars; other versions are binary already.
        const isCut = target.column !== 'PINCP' || column?.distinct === undefined || column.distinct <= 2;
        return isCut ? target : { ...target, positive: '>50000' };
      });
    const isTarget = (name: string) => targets.some((target) => target.column === name);
    const types = names.flatMap((name, i) => {
      if (definition.dropped?.includes(name)) return [formatTypedName(name, 'ignore')];
      const isCategory = definition.categorical(called[i] as string) && (name === 'MAR' || !isTarget(name));
      return isCategory ? [formatTypedName(name, 'categorical')] : [];
    });
    const { id, label, summary, split, model, dropout, embedding, epochs } = definition;
    return {
      id,
      label,
      summary,
      experiment: {
        version: 1,
        data: { id: 'table', params: { ...split, types: types.join(',') } },
        tasks: { targets },
        model: {
          id: 'multitab-net',
          params: {
            attention: 'row_col',
            mask: 'TxT',
            width: 16,
            heads: 4,
            feedForward: 256,
            tower: [64],
            blocks: 1,
            initialisation: 'as-released',
            ...model,
          },
        },
        training: { epochs, batchSize: 2048, learningRate: 1e-3, optimizer: 'adamw', weightDecay: 1e-5 },
        baseline: { id: 'st-mlp', params: { hidden: [256, 128, 64], embedding, dropout } },
      },
    };
  }
  return null;
}

/** Input of `parseExperiment` for a file of that table. */
export const knownExperiment = ({ experiment }: KnownTable, file: string) => ({
  ...experiment,
  data: { ...experiment.data, params: { ...experiment.data.params, file } },
});
