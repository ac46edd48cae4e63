// Reads a recorded run: JSON has no NaN, so the numbers that were none come back as such.
import type { AttentionMap, HeadSummary } from '../engine/protocol/attention.ts';
import type { RunEvent } from '../engine/protocol/run.ts';

/** Fields that are numbers whatever happens: null there was a number that is none. */
const NUMBERS = new Set(['value', 'mean', 'sd', 'low', 'high', 'difference', 'score']);

function revive(key: string, value: unknown): unknown {
  if (
    Array.isArray(value) &&
    value.includes(null) &&
    value.every((v) => v === null || typeof v === 'number')
  ) {
    return value.map((v) => v ?? Number.NaN);
  }
  if (value === null && NUMBERS.has(key)) return Number.NaN;
  return value;
}

export function readRecording(text: string): RunEvent[] {
  const events = JSON.parse(text, revive) as RunEvent[];
  return events.map((event) =>
    event.type === 'attention'
      ? { ...event, maps: event.maps.map(typed), heads: typedHeads(event.heads) }
      : event,
  );
}

const typedHeads = ({ entropies, distances }: HeadSummary): HeadSummary => ({
  entropies: Float32Array.from(entropies),
  distances: Float32Array.from(distances),
});

/** What is drawn cell by cell is expected in typed arrays. */
const typed = (map: AttentionMap): AttentionMap => ({
  ...map,
  weights: Float32Array.from(map.weights),
  scores: Float32Array.from(map.scores),
  valueWeights: Float32Array.from(map.valueWeights),
  blocked: map.blocked && Uint8Array.from(map.blocked),
});
