// What a list of runs shows and compares of each run, so that it need not read records: settings, metrics of every seed, labels
// by the user, and storage used.
import type { Role } from '../engine/core/roles.ts';
import type { TaskMeta } from '../engine/data/table.ts';
import type { ComparedModel } from '../engine/protocol/result.ts';
import { validationScore } from '../engine/sweeps/ranking.ts';
import type { RunRecord } from './runRecord.ts';

/** Labels that the user gives a run. */
export interface RunLabels {
  /** Empty if the run goes by its number. */
  name: string;
  tags: readonly string[];
  isStarred: boolean;
  note: string;
}

export const NO_LABELS: RunLabels = { name: '', tags: [], isStarred: false, note: '' };

/** One network of a run on the test split. */
export interface NetworkSummary {
  role: Role;
  id: string;
  label: string;
  parameters: number;
  /** FLOPs of a forward pass; entries of earlier versions have none. */
  flopsPerRow?: number;
  trainSeconds: number;
  /** Primary metric, per finished seed in the order of the record. */
  perTask: {
    task: string;
    metric: string;
    higherIsBetter: boolean;
    perSeed: number[];
    /** Positive class of a binary task; older entries have none. */
    positive?: string;
  }[];
  /** Gain over the baseline in percent, mean over the tasks, per seed; null without a baseline. */
  gain: number[] | null;
  /** The part of the gain that comes from sharing; null without a twin. */
  sharing: number[] | null;
}

/** Parts of a run that are stored beside its record, in the order in which they are deleted. */
export const PART_KINDS = ['captures', 'networks', 'series'] as const;
export type PartKind = (typeof PART_KINDS)[number];

export interface RunEntry
  extends Pick<RunRecord, 'runId' | 'number' | 'createdAt' | 'status' | 'experiment' | 'seeds'> {
  labels: RunLabels;
  /** Active backend, or null before there was one. */
  backend: string | null;
  /** What of the backend decides the last digits; runs that an earlier version kept have none. */
  adapter?: string;
  table: string | null;
  elapsedMs: number | null;
  /** Tested networks, baseline first. */
  networks: NetworkSummary[];
  /** Validation score of the model, per finished seed; runs that an earlier version kept have none. */
  scores?: number[];
  /** Estimated size of each part; storage does not report it. */
  bytes: Record<'record' | PartKind, number>;
  /** When it was deleted, in milliseconds since 1970; null if it is not deleted. */
  deletedAt: number | null;
}

const summaryOf = (
  network: ComparedModel,
  flopsPerRow: number | undefined,
  tasks: readonly TaskMeta[],
): NetworkSummary => ({
  role: network.role,
  id: network.id,
  label: network.label,
  parameters: network.parameters,
  ...(flopsPerRow === undefined ? {} : { flopsPerRow }),
  trainSeconds: network.trainSeconds,
  perTask: network.perTask.map(({ task, metric, higherIsBetter, perSeed }, i) => ({
    task,
    metric,
    higherIsBetter,
    perSeed: [...perSeed],
    ...(tasks[i]?.positive === undefined ? {} : { positive: tasks[i].positive }),
  })),
  gain: network.gain ? [...network.gain.perSeed] : null,
  sharing: network.decomposition ? [...network.decomposition.mean.sharing.perSeed] : null,
});

/** FLOPs per row; equal for all seeds. */
const flopsOf = ({ seedStates }: Pick<RunRecord, 'seedStates'>, role: Role): number | undefined =>
  seedStates[0]?.parts.find((part) => part.role === role)?.flopsPerRow;

/** Validation score of the model, per finished seed in the order of the record. */
export const scoresOf = ({ seedStates }: Pick<RunRecord, 'seedStates'>): number[] =>
  seedStates.flatMap(({ result }) => (result ? [validationScore(result.model)] : []));

/** @param before - the previous entry of the run, whose labels and parts are kept */
export function entryOf(record: RunRecord, before?: RunEntry): RunEntry {
  const { runId, number, createdAt, status, experiment, seeds } = record;
  return {
    runId,
    number,
    createdAt,
    status,
    experiment,
    seeds,
    labels: before?.labels ?? NO_LABELS,
    backend: record.backend?.active ?? null,
    ...(record.backend && { adapter: record.backend.adapter }),
    table: record.dataset?.name ?? null,
    // A run without known times took none.
    elapsedMs: record.result?.elapsedMs || null,
    networks: record.comparison.map((network) =>
      summaryOf(network, flopsOf(record, network.role), record.dataset?.tasks ?? []),
    ),
    scores: scoresOf(record),
    bytes: { captures: 0, networks: 0, series: 0, ...before?.bytes, record: JSON.stringify(record).length },
    deletedAt: before?.deletedAt ?? null,
  };
}

export const nameOf = ({ labels, number }: Pick<RunEntry, 'labels' | 'number'>): string =>
  labels.name || `Run ${number}`;

export const bytesOf = ({ bytes }: RunEntry): number => Object.values(bytes).reduce((a, b) => a + b, 0);

/** One of its networks, once it has been tested. */
export const networkIn = ({ networks }: Pick<RunEntry, 'networks'>, role: Role): NetworkSummary | null =>
  networks.find((network) => network.role === role) ?? null;

/** The experiment's model, once it has been tested. */
export const modelOf = (entry: RunEntry): NetworkSummary | null => networkIn(entry, 'model');
