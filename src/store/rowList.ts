// Rows of a batch in the notation of users: "0-3, 7".
import { ATTENTION_ROWS } from '../engine/protocol/attention.ts';

/** Parses "0-3, 7" into positions, sorted and without repeats; undefined if the text is not such a list. */
export function parseRowList(text: string): number[] | undefined {
  const rows = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^\s*(\d{1,4})\s*(?:[-–]\s*(\d{1,4})\s*)?$/.exec(part);
    if (!match) return undefined;
    const from = Number(match[1]);
    const to = Number(match[2] ?? match[1]);
    if (from > to || to >= ATTENTION_ROWS) return undefined;
    for (let row = from; row <= to; row++) rows.add(row);
  }
  return [...rows].sort((a, b) => a - b);
}

/** Formats positions as a short list: [0, 1, 2, 3, 7] is "0-3, 7". */
export function formatRowList(rows: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < rows.length; i++) {
    const start = rows[i] as number;
    while (i + 1 < rows.length && rows[i + 1] === (rows[i] as number) + 1) i++;
    const end = rows[i] as number;
    parts.push(start === end ? String(start) : `${start}-${end}`);
  }
  return parts.join(', ');
}
