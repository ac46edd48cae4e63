// Reads a recorded run. JSON has neither NaN nor typed arrays, so both are restored; older recordings are migrated.
import type { AttentionMap, HeadSummary } from '../engine/protocol/attention.ts';
import type { RunEvent } from '../engine/protocol/run.ts';

/**
 * Version 1 was a bare list of events, with a separate event type for each probe's answer. Up to version 2, attention maps had
 * a string key such as "block0/feature/head1" beside the structured one, and named the kind of attention `layer`.
 */
export const RECORDING_VERSION = 3;

/** Fields that always hold numbers: null stands for NaN. */
const NUMBERS = new Set(['value', 'mean', 'sd', 'low', 'high', 'difference', 'score']);

const isNumberOrNull = (value: unknown): value is number | null =>
  value === null || typeof value === 'number';

/** Puts NaN back, in place. A reviver of `JSON.parse` would be called for each of tens of thousands of numbers. */
function restored(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value) && value.every(isNumberOrNull))
    return value.includes(null) ? value.map((v) => v ?? Number.NaN) : value;
  const fields = value as Record<string, unknown>;
  for (const [key, field] of Object.entries(fields)) {
    fields[key] = field === null && NUMBERS.has(key) ? Number.NaN : restored(field);
  }
  return value;
}

type OldEvent = Record<string, unknown>;

/** Names of probe answers in version 1. */
const PROBES_OF_1: Record<string, string> = {
  attention: 'attention',
  experts: 'expert-use',
  proof: 'mask-tests',
  'what-if': 'what-if',
  neighbours: 'row-perturbation',
};

function fromVersion1(event: OldEvent): OldEvent {
  const probe = PROBES_OF_1[String(event.type)];
  if (!probe) return event;
  const { type: _type, runId, step, role, seed, epoch, request = {}, ...answer } = event;
  const at = { role, seed, epoch };
  return { type: 'probe-answer', runId, step, probe, request, at, state: 'answered', answer };
}

type OldMap = Omit<AttentionMap, 'kind'> & { key?: string } & (
    | Pick<AttentionMap, 'kind'>
    | { layer: AttentionMap['kind'] }
  );

function placed(map: OldMap): AttentionMap {
  if (!('layer' in map)) return map;
  const { key: _key, layer: kind, ...rest } = map;
  return { ...rest, kind };
}

export function readRecording(text: string): RunEvent[] {
  const recording = restored(JSON.parse(text)) as OldEvent[] | { version: number; events: OldEvent[] };
  const events = Array.isArray(recording) ? recording.map(fromVersion1) : recording.events;
  return (events as RunEvent[]).map((event) => {
    if (event.type !== 'probe-answer' || event.state !== 'answered') return event;
    if (event.probe === 'attention')
      return { ...event, answer: attentionAnswer(event.answer as AttentionAnswer) };
    if (event.probe === 'what-if') return { ...event, answer: whatIfAnswer(event.answer as WhatIfAnswer) };
    return event;
  });
}

interface AttentionAnswer {
  maps: OldMap[];
  against: OldMap[] | null;
  heads: HeadSummary;
}

interface WhatIfAnswer {
  report: { attention: Record<'before' | 'after', OldMap[]> } | null;
}

/** Heatmaps expect typed arrays. */
const attentionAnswer = ({ maps, against, heads, ...rest }: AttentionAnswer): AttentionAnswer => ({
  ...rest,
  maps: maps.map(readMap),
  against: against?.map(readMap) ?? null,
  heads: {
    entropies: Float32Array.from(heads.entropies),
    distances: Float32Array.from(heads.distances),
  },
});

const whatIfAnswer = ({ report, ...rest }: WhatIfAnswer): WhatIfAnswer => ({
  ...rest,
  report: report && {
    ...report,
    attention: {
      ...report.attention,
      before: report.attention.before.map(readMap),
      after: report.attention.after.map(readMap),
    },
  },
});

const readMap = (map: OldMap): AttentionMap => ({
  ...placed(map),
  weights: Float32Array.from(map.weights),
  scores: Float32Array.from(map.scores),
  valueWeights: Float32Array.from(map.valueWeights),
  blocked: map.blocked && Uint8Array.from(map.blocked),
});
