// The view (tab and what is chosen in it) as readable keys of a link, and back. Only what differs from the start is
// written; what cannot be read falls back to the start, for a view is never worth an error.
import type { CompareView } from '../views/panels/attention/against.ts';
import {
  DEFAULT_VIEW,
  formatRowList,
  type PanelView,
  parsePanelView,
  parseRowList,
} from '../views/panels/view.ts';

export const DEFAULT_TAB = 'train';

/** Tabs as links of before name them. */
const EARLIER_TABS: Record<string, string> = { proof: 'mask-tests' };

export interface LinkedView {
  tab: string;
  view: PanelView;
}

/** Keys as they stand behind `view.` in a link. */
export function encodeView({ tab, view }: LinkedView): Record<string, string> {
  const { attention, experts, pair, logScale, role } = view;
  const start = DEFAULT_VIEW.attention;
  const first = DEFAULT_VIEW.experts;
  const keys: Record<string, string> = {};
  if (tab !== DEFAULT_TAB) keys.tab = tab;
  if (logScale) keys.scale = 'log';
  if (role) keys.model = role;
  if (attention.network) keys.network = attention.network;
  if (attention.block !== start.block) keys.block = String(attention.block);
  if (attention.layer !== start.layer) keys.layer = attention.layer;
  if (attention.head !== start.head) keys.head = String(attention.head);
  if (attention.quantity !== start.quantity) keys.quantity = attention.quantity;
  if (attention.rows.kind === 'rows') keys.rows = formatRowList(attention.rows.rows).replaceAll(' ', '');
  const compare = compareText(attention.compare);
  if (compare) keys.compare = compare;
  if (attention.order !== start.order) keys.order = attention.order;
  if (attention.batch !== start.batch) keys.batch = String(attention.batch);
  if (experts.layer !== first.layer) keys.expertLayer = String(experts.layer);
  if (experts.gate !== first.gate) keys.gate = String(experts.gate);
  if (experts.expert !== first.expert) keys.expert = String(experts.expert);
  // Tasks are counted from 1 on screen.
  if (pair) keys.pair = pair.map((task) => task + 1).join(',');
  return keys;
}

export function decodeView(keys: Record<string, string>): LinkedView {
  const rows = parseRowList(keys.rows ?? '');
  return {
    tab: EARLIER_TABS[keys.tab ?? ''] ?? keys.tab ?? DEFAULT_TAB,
    view: parsePanelView({
      logScale: keys.scale === 'log',
      role: keys.model,
      attention: {
        block: count(keys.block),
        layer: keys.layer,
        head: count(keys.head),
        quantity: keys.quantity,
        rows: rows ? { kind: 'rows', rows } : { kind: 'mean' },
        network: keys.network,
        compare: compareOf(keys.compare),
        order: keys.order,
        batch: count(keys.batch),
      },
      experts: {
        layer: count(keys.expertLayer),
        gate: count(keys.gate),
        expert: count(keys.expert),
      },
      pair: keys.pair?.split(',').map((task) => Number(task) - 1),
    }),
  };
}

/** "head:0.2", "rows:0-3", "no-mask"; steps and runs are of this visit, so a link names only that there was one. */
function compareText(compare: CompareView): string {
  if (compare.kind === 'none') return '';
  if (compare.kind === 'head') return `head:${compare.block}.${compare.head}`;
  if (compare.kind !== 'rows') return compare.kind;
  return compare.rows.kind === 'mean'
    ? 'rows'
    : `rows:${formatRowList(compare.rows.rows).replaceAll(' ', '')}`;
}

function compareOf(text = ''): unknown {
  const [kind, rest = ''] = text.split(':');
  const [block, head] = rest.split('.');
  const rows = parseRowList(rest);
  return { kind, block: count(block), head: count(head), rows: rows && { kind: 'rows', rows } };
}

const count = (text: string | undefined) => (text && /^\d+$/.test(text) ? Number(text) : undefined);
