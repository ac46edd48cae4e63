// What `npm run bench:defaults` found, as two tables in Markdown: over all tables, the validation score at each rate, and
// table by table the best setting of each choice of initial values.

/** A run; scores are means over the tasks of their primary metrics, absent where it failed. */
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

/** Per seed, the mean over the tables; a run that failed counts nothing. */
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

/** The rate with the best mean validation score among those at which no run failed. */
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

/** Runs of one network from one choice of initial values. */
const groupsOf = (runs: readonly DefaultsRun[]) =>
  distinct(runs.map((r) => r.id)).flatMap((id) =>
    distinct(runs.filter((r) => r.id === id).map((r) => r.initialisation)).map((initialisation) => ({
      name: [id, initialisation],
      own: runs.filter((r) => r.id === id && r.initialisation === initialisation),
    })),
  );

export function reportDefaults(runs: readonly DefaultsRun[]): string {
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
  ].join('\n\n');
}
