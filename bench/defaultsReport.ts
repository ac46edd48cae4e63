// The results of `npm run bench:defaults` as Markdown tables: over all tables, the validation score at each rate; per table,
// the best setting of each choice of initial values; and the resulting defaults.

/** A run; scores are means over the tasks of their primary metrics, absent if it failed. */
export interface DefaultsRun {
  table: string;
  id: string;
  initialisation: string;
  rate: number;
  seed: number;
  validation?: number;
  test?: number;
  bestEpoch?: number;
  seconds?: number;
  error?: string;
}

export const keyOf = ({ table, id, initialisation, rate, seed }: DefaultsRun): string =>
  [table, id, initialisation, rate, seed].join(' ');

type Score = 'validation' | 'test';

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const sdOf = (values: readonly number[]) => {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
};
const failures = (runs: readonly DefaultsRun[]) => runs.filter((r) => r.validation === undefined).length;

/** Per seed, the mean over the tables; failed runs are ignored. */
const perSeed = (runs: readonly DefaultsRun[], score: Score): number[] =>
  distinct(runs.map((r) => r.seed)).map((seed) =>
    meanOf(runs.filter((r) => r.seed === seed).flatMap((r) => r[score] ?? [])),
  );

function cell(runs: readonly DefaultsRun[], score: Score): string {
  if (runs.length === 0) return '–';
  const seeds = perSeed(runs, score);
  const spread = seeds.length > 1 ? ` ±${sdOf(seeds).toFixed(4)}` : '';
  const failed = failures(runs);
  return `${meanOf(seeds).toFixed(4)}${spread}${failed > 0 ? ` (${failed} failed)` : ''}`;
}

/** The rate with the best mean validation score among those without a failed run. */
function bestRate(runs: readonly DefaultsRun[]): number {
  const rates = distinct(runs.map((r) => r.rate)).sort((a, b) => a - b);
  const scored = rates.map((rate) => {
    const own = runs.filter((r) => r.rate === rate);
    return { rate, score: failures(own) > 0 ? Number.NEGATIVE_INFINITY : meanOf(perSeed(own, 'validation')) };
  });
  return scored.reduce((best, next) => (next.score > best.score ? next : best)).rate;
}

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
const table = (header: readonly string[], rows: readonly (readonly string[])[]) =>
  [row(header), row(header.map(() => '---')), ...rows.map(row)].join('\n');

/** Runs grouped by network and initial values. */
const groupsOf = (runs: readonly DefaultsRun[]) =>
  distinct(runs.map((r) => r.id)).flatMap((id) =>
    distinct(runs.filter((r) => r.id === id).map((r) => r.initialisation)).map((initialisation) => ({
      name: [id, initialisation],
      own: runs.filter((r) => r.id === id && r.initialisation === initialisation),
    })),
  );

/** Mean over tables, rates and seeds of the difference between paired runs of the same table, rate and seed. */
function pairedDifference(runs: readonly DefaultsRun[], others: readonly DefaultsRun[], atOneRate = false) {
  const differences = runs.flatMap((run) => {
    const twin = others.find(
      (r) => r.table === run.table && r.seed === run.seed && (atOneRate || r.rate === run.rate),
    );
    return run.validation === undefined || twin?.validation === undefined
      ? []
      : { place: `${run.table} ${run.seed}`, value: run.validation - twin.validation };
  });
  // Rates of one table and seed are not independent.
  const values = distinct(differences.map((d) => d.place)).map((place) =>
    meanOf(differences.filter((d) => d.place === place).map((d) => d.value)),
  );
  return { mean: meanOf(values), error: sdOf(values) / Math.sqrt(values.length) };
}

/** A default is changed only for a clear difference: two standard errors, and half a point of the score. */
const isClear = ({ mean, error }: { mean: number; error: number }) => mean > 2 * error && mean > 0.005;

const differenceText = ({ mean, error }: { mean: number; error: number }) =>
  `${mean >= 0 ? '+' : ''}${mean.toFixed(4)} ±${error.toFixed(4)}`;

export interface Defaults {
  id: string;
  initialisation: string;
  /** Factor on the shared rate. */
  factor: number;
  /** Difference of the best initial values to the current ones, over all rates; empty if they are the same. */
  overIncumbent: string;
  /** Difference of the best rate to the shared one, with the chosen initial values; empty if they are the same. */
  overShared: string;
}

/**
 * The initial values that are best on average over all rates, because users train at several, unless the current ones are not
 * clearly worse. Then the one rate that is best for all architectures together, and a factor on it for those that another rate
 * clearly serves better.
 * @param incumbents - current initial values, per architecture
 */
export function chooseDefaults(
  runs: readonly DefaultsRun[],
  incumbents: Readonly<Record<string, string>>,
): { sharedRate: number; defaults: Defaults[] } {
  const scoreOf = (own: readonly DefaultsRun[]) => meanOf(perSeed(own, 'validation'));
  const architectures = distinct(runs.map((r) => r.id)).map((id) => {
    const own = runs.filter((r) => r.id === id);
    const from = (initialisation: string | undefined) =>
      own.filter((r) => r.initialisation === initialisation);
    const all = distinct(own.map((r) => r.initialisation));
    const best = all.reduce((a, b) => (scoreOf(from(b)) > scoreOf(from(a)) ? b : a));
    const over = pairedDifference(from(best), from(incumbents[id]));
    const initialisation = best !== incumbents[id] && isClear(over) ? best : (incumbents[id] ?? best);
    const overIncumbent = best === incumbents[id] ? '' : `${best} ${differenceText(over)}`;
    return { id, initialisation, overIncumbent, own: from(initialisation) };
  });
  const at = (own: readonly DefaultsRun[], rate: number) => own.filter((r) => r.rate === rate);
  const meanAt = (rate: number) => meanOf(architectures.map(({ own }) => scoreOf(at(own, rate))));
  // The shared rate must be one at which every architecture was run.
  const rates = distinct(runs.map((r) => r.rate)).filter((rate) => !Number.isNaN(meanAt(rate)));
  const sharedRate = rates.reduce((a, b) => (meanAt(b) > meanAt(a) ? b : a));
  const defaults = architectures.map(({ id, initialisation, overIncumbent, own }): Defaults => {
    const rate = bestRate(own);
    const over = pairedDifference(at(own, rate), at(own, sharedRate), true);
    return {
      id,
      initialisation,
      factor: isClear(over) ? rate / sharedRate : 1,
      overIncumbent,
      overShared: rate === sharedRate ? '' : `${rate} ${differenceText(over)}`,
    };
  });
  return { sharedRate, defaults };
}

export function reportDefaults(
  runs: readonly DefaultsRun[],
  incumbents: Readonly<Record<string, string>>,
): string {
  const { sharedRate, defaults } = chooseDefaults(runs, incumbents);
  const rates = distinct(runs.map((r) => r.rate)).sort((a, b) => a - b);
  const tables = distinct(runs.map((r) => r.table));
  const groups = groupsOf(runs);
  const overall = groups.map(({ name, own }) => {
    const best = bestRate(own);
    const cells = rates.map((rate) =>
      cell(
        own.filter((r) => r.rate === rate),
        'validation',
      ),
    );
    return [
      ...name,
      ...cells.map((text, i) => (rates[i] === best ? `**${text}**` : text)),
      cell(
        own.filter((r) => r.rate === best),
        'test',
      ),
    ];
  });
  const byTable = groups.map(({ name, own }) => [
    ...name,
    ...tables.map((id) => {
      const here = own.filter((r) => r.table === id);
      if (here.length === 0) return '–';
      const best = bestRate(here);
      const atBest = here.filter((r) => r.rate === best);
      return `${cell(atBest, 'validation')} at ${best}, test ${meanOf(perSeed(atBest, 'test')).toFixed(4)}`;
    }),
  ]);
  return [
    'Validation score, mean over tasks and tables ± standard deviation over seeds; test at the rate in bold.',
    table(['network', 'initial values', ...rates.map(String), 'test'], overall),
    'Table by table: validation score at the rate that is best there, and the test score of the same runs.',
    table(['network', 'initial values', ...tables], byTable),
    `What follows. The one rate that is best for all together is ${sharedRate}. Differences are paired by table and seed, ± standard error; they count above two of them and above 0.005.`,
    table(
      [
        'network',
        'initial values',
        'learning rate ×',
        'best over the present values',
        `best rate over ${sharedRate}`,
      ],
      defaults.map((d) => [d.id, d.initialisation, String(d.factor), d.overIncumbent, d.overShared]),
    ),
  ].join('\n\n');
}
