// Selects and sorts the kept runs of the list, and writes the list as CSV.

import type { Catalog } from '../../../engine/config/catalog.ts';
import { meanOf, sampleSd } from '../../../engine/core/interval.ts';
import { bytesOf, modelOf, nameOf, networkIn, type RunEntry } from '../../../store/runEntry.ts';
import { toCsv } from '../../charts/csv.ts';
import { formatFixed } from '../../charts/format.ts';

export const SORT_KEYS = ['date', 'name', 'architecture', 'status', 'gain', 'size'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface ListChoice {
  /** Every word of it must occur in name, number, tags, note, architecture, table or status. */
  search: string;
  starredOnly: boolean;
  sort: SortKey;
  descending: boolean;
}

export const NEWEST_FIRST: ListChoice = { search: '', starredOnly: false, sort: 'date', descending: true };

export const STATUS_LABELS: Record<RunEntry['status'], string> = {
  preparing: 'Preparing',
  running: 'Running',
  paused: 'Paused',
  stopped: 'Stopped',
  failed: 'Failed',
  finished: 'Finished',
  interrupted: 'Interrupted',
};

/** Label of the architecture. @param catalog - names those that were not tested; without it they go by their ids */
export const architectureOf = (entry: RunEntry, catalog?: Pick<Catalog, 'models'> | null): string => {
  const { id } = entry.experiment.model;
  return modelOf(entry)?.label ?? catalog?.models.find((model) => model.id === id)?.label ?? id;
};

const defined = (values: readonly number[] | null | undefined): number[] =>
  (values ?? []).filter((value) => !Number.isNaN(value));

/** Gain of the model over its finished seeds, percent. */
export const gainsOf = (entry: RunEntry): number[] => defined(modelOf(entry)?.gain);

/** Why a finished run has no gain, as a sentence; null for any other run. */
export function whyNoGain(entry: RunEntry): string | null {
  if (entry.status !== 'finished' || gainsOf(entry).length > 0) return null;
  const [model, baseline] = [modelOf(entry), networkIn(entry, 'baseline')];
  if (entry.experiment.baseline === null) return 'No baseline was trained that a gain could be over.';
  if (!baseline) return 'Its twin was trained in the place of the baseline: it has the sharing part alone.';
  const isDefined = baseline.perTask.some(({ perSeed }, task) =>
    perSeed.some((value, seed) => !Number.isNaN(value - (model?.perTask[task]?.perSeed[seed] ?? Number.NaN))),
  );
  return isDefined
    ? 'The baseline is near or below zero in every task, where a percentage means nothing: the opened run shows differences.'
    : 'The metric of every task is undefined on the test rows: the opened run says why.';
}

const textOf = (entry: RunEntry): string =>
  [
    nameOf(entry),
    `run ${entry.number}`,
    ...entry.labels.tags,
    entry.labels.note,
    architectureOf(entry),
    entry.table ?? '',
    STATUS_LABELS[entry.status],
  ]
    .join('\n')
    .toLowerCase();

const KEYS: Record<SortKey, (entry: RunEntry) => number | string> = {
  date: (entry) => entry.createdAt,
  name: (entry) => nameOf(entry).toLowerCase(),
  architecture: (entry) => architectureOf(entry).toLowerCase(),
  status: (entry) => STATUS_LABELS[entry.status],
  gain: (entry) => meanOf(gainsOf(entry)),
  size: bytesOf,
};

const numbersInText = new Intl.Collator('en', { numeric: true });

/** Missing values come last in either direction. */
function compareKeys(a: number | string, b: number | string, direction: number): number {
  if (typeof a === 'string' || typeof b === 'string')
    return direction * numbersInText.compare(String(a), String(b));
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return direction * (a - b);
}

export function listed(entries: readonly RunEntry[], choice: ListChoice): RunEntry[] {
  const { search, starredOnly, sort, descending } = choice;
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const key = KEYS[sort];
  const direction = descending ? -1 : 1;
  return entries
    .filter((entry) => !starredOnly || entry.labels.isStarred)
    .filter((entry) => {
      if (words.length === 0) return true;
      const text = textOf(entry);
      return words.every((word) => text.includes(word));
    })
    .map((entry) => ({ entry, key: key(entry) }))
    .sort((a, b) => compareKeys(a.key, b.key, direction))
    .map(({ entry }) => entry);
}

const LIST_HEADER = [
  'number',
  'name',
  'tags',
  'starred',
  'architecture',
  'table',
  'status',
  'gain_percent',
  'gain_sd',
  'gain_n',
  'begun',
  'bytes',
];

/** The list as CSV, a line per run; gain is the mean over the `gain_n` seeds that have one. */
export const runsCsv = (entries: readonly RunEntry[], catalog: Pick<Catalog, 'models'> | null): string =>
  toCsv(
    LIST_HEADER,
    entries.map((entry) => {
      const gains = gainsOf(entry);
      const { number, labels, table, status, createdAt } = entry;
      return [
        number,
        nameOf(entry),
        labels.tags.join(', '),
        labels.isStarred ? 'yes' : 'no',
        architectureOf(entry, catalog),
        table,
        STATUS_LABELS[status],
        gains.length > 0 ? meanOf(gains) : null,
        sampleSd(gains),
        gains.length,
        createdAt,
        bytesOf(entry),
      ];
    }),
  );

/** "12.3 MB", "500 MB" */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const kilobytes = bytes / 1024;
  return kilobytes < 1000
    ? `${kilobytes.toFixed(0)} KB`
    : `${formatFixed(kilobytes / 1024, kilobytes < 100 * 1024 ? 1 : 0)} MB`;
}

/** Tags as typed: separated by commas, without repeats. */
export const tagsOf = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean),
  ),
];
