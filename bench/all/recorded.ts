// The figures of a machine as stored in bench/results/all, their table, and comparisons with earlier ones.
import { type Figure, ratioOf } from '../figures.ts';

export interface RecordedBench {
  id: string;
  title: string;
  /** The command that runs it alone. */
  command: string;
  figures: Figure[];
  /** Why there are no figures. */
  fault: string | null;
  date: string;
  /** Load of the machine at the start: mean number of other runnable processes over a minute. */
  load: number;
}

/** All figures of one machine. */
export interface Recorded {
  machine: string;
  node: string;
  benches: RecordedBench[];
}

/** Relative loss of a ratio from which on it is reported. */
export const TOLERATED = 0.15;

/** As a file name. */
export const slugOf = (machine: string): string =>
  machine
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

/** Replaces the benches measured now; others are unchanged. */
export function merged(before: Recorded | null, now: Recorded): Recorded {
  const kept = (before?.benches ?? []).filter((old) => !now.benches.some(({ id }) => id === old.id));
  return { ...now, benches: [...kept, ...now.benches] };
}

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
const digits = (value: number) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);

/** Markdown: a line per figure, and one for each bench that could not be measured. @param order - ids of benches */
export function tableOf({ machine, node, benches }: Recorded, order: readonly string[]): string {
  const place = (id: string) => (order.includes(id) ? order.indexOf(id) : order.length);
  const sorted = [...benches].sort((a, b) => place(a.id) - place(b.id));
  const rows = sorted.flatMap(({ title, figures, fault }) =>
    fault === null
      ? figures.map((figure) => {
          const { what, unit, ours, peer, theirs } = figure;
          const ratio = ratioOf(figure);
          const against =
            ratio === null ? ['', '', ''] : [peer ?? '', digits(theirs ?? 0), `${ratio.toFixed(2)}x`];
          return row([title, what, unit, digits(ours), ...against]);
        })
      : [
          row([
            title,
            `not measured: ${fault.replaceAll('|', '/').replaceAll('\n', ' ')}`,
            '',
            '',
            '',
            '',
            '',
          ]),
        ],
  );
  const dates = [...new Set(benches.map(({ date }) => date))].sort();
  const loads = benches.map(({ load }) => load);
  const head = ['bench', 'what', 'unit', 'ours', 'beside', 'theirs', 'ours is better'];
  return `### ${machine}

${dates.join(', ')}, Node ${node}; load of the machine when benches started: ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}.

${[row(head), row(head.map(() => '---')), ...rows].join('\n')}
`;
}

/** A figure whose ratio is lower than recorded by more than `TOLERATED`, or that is missing. */
export interface Fallen {
  bench: string;
  what: string;
  peer: string;
  before: number;
  /** null: not measured now. */
  now: number | null;
}

/** Figures without a peer are ignored: their milliseconds depend on machine and moment. */
export function fallen(before: RecordedBench, now: RecordedBench): Fallen[] {
  return before.figures.flatMap((figure) => {
    const old = ratioOf(figure);
    if (old === null) return [];
    const { what, peer } = figure;
    const same = now.figures.find((f) => f.what === what && f.peer === peer);
    const ratio = same ? ratioOf(same) : null;
    if (ratio !== null && ratio >= (1 - TOLERATED) * old) return [];
    return [{ bench: before.id, what, peer: peer ?? '', before: old, now: ratio }];
  });
}

/** Losses in both measurements: one slow moment of a busy machine does not count. */
export const fallenTwice = (first: readonly Fallen[], second: readonly Fallen[]): Fallen[] =>
  second.filter((b) => first.some((a) => a.bench === b.bench && a.what === b.what && a.peer === b.peer));

export function fallenLine({ bench, what, peer, before, now }: Fallen): string {
  const change =
    now === null
      ? 'not measured now'
      : `${now.toFixed(2)}x now, ${(100 * (1 - now / before)).toFixed(0)} % less`;
  return `${bench}: ${what}, beside ${peer}: ${before.toFixed(2)}x recorded, ${change}`;
}
