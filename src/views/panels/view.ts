// What the user is looking at within the panels: small plain JSON that also lives in the URL, so it is parsed as
// untrusted input. Bad parts fall back to their default one by one: a view is never worth an error.

import type { Role } from '../../engine/core/roles.ts';
import { isRole } from '../../engine/core/roles.ts';
import {
  ATTENTION_BATCHES,
  ATTENTION_ROWS,
  type AttentionMap,
  type RowSelection,
} from '../../engine/protocol/attention.ts';
import type { CompareView } from './attention/against.ts';
import type { RowOrder } from './attention/order.ts';
import { type AttentionQuantity, QUANTITY_IDS } from './attention/quantities.ts';

export interface AttentionView {
  block: number;
  layer: AttentionMap['layer'];
  head: number;
  quantity: AttentionQuantity;
  rows: RowSelection;
  /** The task whose network it is, where every task has one; null for the first. */
  network: string | null;
  /** What the map is compared with. */
  compare: CompareView;
  /** Of the rows of a batch, on maps between rows. */
  order: RowOrder;
  /** Rows of the recorded batch, one of `ATTENTION_BATCHES`. */
  batch: number;
}

/** The layer of experts on screen and the chosen cell in it: a gate and an expert, by position. */
export interface ExpertsView {
  layer: number;
  gate: number;
  expert: number;
}

export interface PanelView {
  /** Losses on a logarithmic axis. */
  logScale: boolean;
  /** Whose attention and experts are shown; null for the network in training. */
  role: Role | null;
  attention: AttentionView;
  experts: ExpertsView;
  /** Positions of the two tasks outlined in the Tasks panel, or null. */
  pair: [number, number] | null;
}

export const DEFAULT_VIEW: PanelView = {
  logScale: false,
  role: null,
  attention: {
    block: 0,
    layer: 'feature',
    head: 0,
    quantity: 'weights',
    rows: { kind: 'mean' },
    network: null,
    compare: { kind: 'none' },
    order: 'index',
    batch: ATTENTION_ROWS,
  },
  experts: { layer: 0, gate: 0, expert: 0 },
  pair: null,
};

type Json = Record<string, unknown>;
const asObject = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const isCount = (value: unknown, below: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < below;

function parseSelection(value: unknown): RowSelection {
  const { kind, rows } = asObject(value);
  if (kind !== 'rows' || !Array.isArray(rows)) return { kind: 'mean' };
  const valid = [...new Set(rows.filter((row) => isCount(row, ATTENTION_ROWS)))].sort((a, b) => a - b);
  return valid.length > 0 ? { kind: 'rows', rows: valid } : { kind: 'mean' };
}

function parseCompare(value: unknown): CompareView {
  const { kind, block, head, rows } = asObject(value);
  if (kind === 'head' && isCount(block, 1000) && isCount(head, 1000)) return { kind, block, head };
  if (kind === 'rows') return { kind, rows: parseSelection(rows) };
  if (kind === 'step' || kind === 'run' || kind === 'no-mask') return { kind };
  return { kind: 'none' };
}

/** Reads a view from JSON that may be anything. Never throws. */
export function parsePanelView(input: unknown): PanelView {
  const { logScale, role, attention, experts, pair } = asObject(input);
  const a = asObject(attention);
  const e = asObject(experts);
  const d = DEFAULT_VIEW.attention;
  const [first, second]: unknown[] = Array.isArray(pair) ? pair : [];
  return {
    logScale: logScale === true,
    role: isRole(role) ? role : null,
    attention: {
      block: isCount(a.block, 1000) ? a.block : d.block,
      layer: a.layer === 'row' ? 'row' : d.layer,
      head: isCount(a.head, 1000) ? a.head : d.head,
      quantity: QUANTITY_IDS.find((q) => q === a.quantity) ?? d.quantity,
      rows: parseSelection(a.rows),
      network: typeof a.network === 'string' && a.network !== '' ? a.network.slice(0, 200) : null,
      compare: parseCompare(a.compare),
      order: typeof a.order === 'string' && a.order !== '' ? a.order.slice(0, 200) : d.order,
      batch: ATTENTION_BATCHES.find((b) => b === a.batch) ?? d.batch,
    },
    experts: {
      layer: isCount(e.layer, 1000) ? e.layer : DEFAULT_VIEW.experts.layer,
      gate: isCount(e.gate, 1000) ? e.gate : DEFAULT_VIEW.experts.gate,
      expert: isCount(e.expert, 1000) ? e.expert : DEFAULT_VIEW.experts.expert,
    },
    pair: isCount(first, 1000) && isCount(second, 1000) && first !== second ? [first, second] : null,
  };
}

/** "0-3, 7" as positions, sorted and without repeats; null when the text is not such a list. */
export function parseRowList(text: string): number[] | null {
  const rows = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^\s*(\d{1,4})\s*(?:[-–]\s*(\d{1,4})\s*)?$/.exec(part);
    if (!match) return null;
    const from = Number(match[1]);
    const to = Number(match[2] ?? match[1]);
    if (from > to || to >= ATTENTION_ROWS) return null;
    for (let row = from; row <= to; row++) rows.add(row);
  }
  return [...rows].sort((a, b) => a - b);
}

/** Positions as a short list: [0, 1, 2, 3, 7] is "0-3, 7". */
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
