// What the user is looking at within the panels. Each choice is described once, with its default and its key in a link. Only
// values that differ from the default are written; in place of unreadable ones the default is shown, and `viewIssues` names them.
import { ATTENTION_KINDS, type AttentionKind } from '../engine/core/attentionPlace.ts';
import type { Issue } from '../engine/core/errors.ts';
import { isRole, type Role } from '../engine/core/roles.ts';
import { ATTENTION_BATCHES, ATTENTION_ROWS, type RowSelection } from '../engine/protocol/attention.ts';
import { formatRowList, parseRowList } from './rowList.ts';

export const DEFAULT_TAB = 'train';
/** Names of tabs in older links, and where their content is now. */
const EARLIER_TABS = new Map<string, { tab: string; masks: MaskView }>([
  ['mask', { tab: 'masks', masks: 'paint' }],
  ['mask-tests', { tab: 'masks', masks: 'tests' }],
  ['proof', { tab: 'masks', masks: 'tests' }],
]);

const MASK_VIEWS = ['paint', 'what-if', 'tests', 'rows'] as const;
/** What the Masks tab shows. */
export type MaskView = (typeof MASK_VIEWS)[number];

const TASK_VIEWS = ['related', 'gradients'] as const;
/** What the Tasks tab shows. */
export type TaskView = (typeof TASK_VIEWS)[number];

export const QUANTITY_IDS = ['scores', 'masked-scores', 'weights', 'value-weights'] as const;
/** What a cell of an attention map shows. */
export type AttentionQuantity = (typeof QUANTITY_IDS)[number];

/** What an attention map is compared with. */
export type CompareView =
  | { kind: 'none' }
  | { kind: 'head'; block: number; head: number }
  /** One of the run's snapshots, given by `from`. */
  | { kind: 'step' }
  | { kind: 'run' }
  | { kind: 'no-mask' }
  | { kind: 'rows'; rows: RowSelection };

/** Order of the rows of a batch on maps between rows: `index`, `cluster`, or a fact such as `label:Task 1`. */
export type RowOrder = string;

/** One choice on screen. */
interface Field<T> {
  /** Stands behind `view.` in a link. */
  key: string;
  start: T;
  write(value: T): string;
  /** Undefined if the text is no valid choice. */
  read(text: string): T | undefined;
  /** What a link may hold, for messages. */
  expected: string;
}

const field = <T>(
  key: string,
  start: T,
  write: Field<T>['write'],
  read: Field<T>['read'],
  expected: string,
): Field<T> => ({ key, start, write, read, expected });

const LARGEST = 9999;
const LONGEST = 200;

const countOf = (text = ''): number | undefined =>
  /^\d+$/.test(text) && Number(text) <= LARGEST ? Number(text) : undefined;
const COUNT = `a whole number from 0 to ${LARGEST}`;
const trainingStepOf = (text: string): number | undefined =>
  /^\d{1,9}$/.test(text) ? Number(text) : undefined;
const STEP = 'a step, as a whole number of at most 9 digits';
const count = (key: string) => field(key, 0, String, countOf, COUNT);
const word = <W extends string>(key: string, start: W, words: readonly W[]) =>
  field<W>(key, start, String, (text) => words.find((w) => w === text), `one of ${words.join(', ')}`);
const flag = (key: string, on: string) =>
  field(
    key,
    false,
    () => on,
    (text) => (text === on ? true : undefined),
    on,
  );
/** Names are known only when there is a run. */
const NAME = 'a name';
const shortened = (text: string) => text.slice(0, LONGEST) || undefined;

const rowsText = (rows: readonly number[]) => formatRowList(rows).replaceAll(' ', '');
const rowsOf = (text: string): RowSelection | undefined => {
  const rows = parseRowList(text);
  return rows && { kind: 'rows', rows };
};

/** "head:0.2", "rows:0-3", "no-mask". */
function compareText(compare: CompareView): string {
  if (compare.kind === 'head') return `head:${compare.block}.${compare.head}`;
  if (compare.kind !== 'rows' || compare.rows.kind === 'mean') return compare.kind;
  return `rows:${rowsText(compare.rows.rows)}`;
}

function compareOf(text: string): CompareView | undefined {
  const [kind, rest = ''] = text.split(':');
  if (kind === 'rows') return { kind, rows: rowsOf(rest) ?? { kind: 'mean' } };
  if (kind === 'step' || kind === 'run' || kind === 'no-mask' || kind === 'none') return { kind };
  const [block, head] = rest.split('.').map(countOf);
  return kind === 'head' && block !== undefined && head !== undefined ? { kind, block, head } : undefined;
}

/** Tasks count from 1 on screen. */
function pairOf(text: string): [number, number] | undefined {
  const [first, second] = text.split(',').map(countOf);
  return first && second && first !== second ? [first - 1, second - 1] : undefined;
}

/** "2.11": query and key of an attention map, by position. */
function cellOf(text: string): { row: number; column: number } | undefined {
  const [row, column, ...rest] = text.split('.').map(countOf);
  return row === undefined || column === undefined || rest.length > 0 ? undefined : { row, column };
}

const description = {
  /** Losses on a logarithmic axis. */
  logScale: flag('scale', 'log'),
  /** Which curves are drawn for several seeds; `auto`: the newest seed while it trains, and their mean at the end. */
  seeds: word<SeedView>('seeds', 'auto', ['auto', 'mean', 'each', 'newest']),
  /** Whose attention and experts are shown; null for the network in training. */
  role: field<Role | null>(
    'model',
    null,
    String,
    (text) => (isRole(text) ? text : undefined),
    'a network of the run, such as baseline, model or model-2',
  ),
  attention: {
    /** The task whose network is shown, where every task has its own; null for the first. */
    network: field<string | null>('network', null, String, shortened, NAME),
    block: count('block'),
    kind: word<AttentionKind>('layer', 'feature', ATTENTION_KINDS),
    head: count('head'),
    quantity: word<AttentionQuantity>('quantity', 'weights', QUANTITY_IDS),
    rows: field<RowSelection>(
      'rows',
      { kind: 'mean' },
      (rows) => (rows.kind === 'rows' ? rowsText(rows.rows) : ''),
      rowsOf,
      'rows of the batch, such as 0,3,5-7',
    ),
    compare: field<CompareView>(
      'compare',
      { kind: 'none' },
      compareText,
      compareOf,
      'none, step, run, no-mask, head:BLOCK.HEAD or rows:ROWS',
    ),
    order: field<RowOrder>('order', 'index', String, shortened, NAME),
    /** The chosen cell of the map. */
    cell: field(
      'cell',
      { row: 0, column: 0 },
      ({ row, column }) => `${row}.${column}`,
      cellOf,
      'ROW.COLUMN, such as 2.11',
    ),
    /** Step of the snapshot on screen; null for the newest. */
    at: field<number | null>('at', null, String, trainingStepOf, STEP),
    /** Step of the snapshot that is subtracted; null for the first. */
    from: field<number | null>('from', null, String, trainingStepOf, STEP),
    /** Step of the walk through the chosen cell; null when the walk is closed. */
    walk: field<number | null>('walk', null, String, countOf, COUNT),
    /** Number of rows in the recorded batch. */
    batch: field<number>(
      'batch',
      ATTENTION_ROWS,
      String,
      (text) => ATTENTION_BATCHES.find((b) => String(b) === text),
      `one of ${ATTENTION_BATCHES.join(', ')}`,
    ),
  },
  /** The layer of experts on screen and the chosen cell in it: gate and expert, by position. */
  experts: { layer: count('expertLayer'), gate: count('gate'), expert: count('expert') },
  /** The open lesson and its step; null for none. */
  lesson: field<string | null>('lesson', null, String, shortened, NAME),
  step: count('step'),
  /** Stage mode for a projector: one large panel, nothing else. */
  stage: flag('stage', 'on'),
  masks: word<MaskView>('masks', 'paint', MASK_VIEWS),
  tasks: word<TaskView>('tasks', 'related', TASK_VIEWS),
  /** The part of the Runs tab. */
  runs: { part: word('runs', 'list', ['list', 'compare', 'sweeps']) },
  /** Positions of the two tasks outlined in the Tasks panel, or null. */
  pair: field<[number, number] | null>(
    'pair',
    null,
    (pair) => (pair ?? []).map((task) => task + 1).join(','),
    pairOf,
    'two tasks, such as 1,3',
  ),
};

export type SeedView = 'auto' | 'mean' | 'each' | 'newest';

type ViewOf<D> = { [K in keyof D]: D[K] extends Field<infer T> ? T : ViewOf<D[K]> };
export type PanelView = ViewOf<typeof description>;
export type AttentionView = PanelView['attention'];
export type ExpertsView = PanelView['experts'];

type Tree = { [name: string]: Field<unknown> | Tree };
const isField = (entry: Field<unknown> | Tree): entry is Field<unknown> => typeof entry.key === 'string';

/** Maps every field of the description, keeping its tree. */
function mapFields(tree: Tree, of: (field: Field<unknown>) => unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(tree).map(([name, entry]) => [name, isField(entry) ? of(entry) : mapFields(entry, of)]),
  );
}

const viewOf = (of: (field: Field<unknown>) => unknown) => mapFields(description, of) as PanelView;

export const DEFAULT_VIEW: PanelView = viewOf((entry) => entry.start);

export interface LinkedView {
  tab: string;
  view: PanelView;
}

/** Keys as they stand after `view.` in a link. */
export function encodeView({ tab, view }: LinkedView): Record<string, string> {
  const keys: Record<string, string> = tab === DEFAULT_TAB ? {} : { tab };
  const write = (tree: Tree, values: Record<string, unknown>) => {
    for (const [name, entry] of Object.entries(tree)) {
      if (!isField(entry)) write(entry, values[name] as Record<string, unknown>);
      else if (JSON.stringify(values[name]) !== JSON.stringify(entry.start))
        keys[entry.key] = entry.write(values[name]);
    }
  };
  write(description, view);
  return keys;
}

const PREFIX = 'view.';

function viewKeys(query: string): Record<string, string> {
  // Without a prototype, because the names are untrusted.
  const keys: Record<string, string> = Object.create(null);
  for (const [key, text] of new URLSearchParams(query))
    if (key.startsWith(PREFIX)) keys[key.slice(PREFIX.length)] = text;
  return keys;
}

/** Decodes the view of an address, which can be shown before the engine has sent its catalog. Never throws. */
export const viewOfQuery = (query: string): LinkedView => decodeView(viewKeys(query));

const BACKENDS = 'auto, webgpu, wasm or cpu';
/** Keys that are no choices within the panels: the tab, whose names the views know, and the engine's backend. */
const OTHER_KEYS = new Map<string, { expected: string; reads(text: string): boolean }>([
  ['tab', { expected: 'the id of a tab', reads: () => true }],
  ['backend', { expected: BACKENDS, reads: (text) => ['auto', 'webgpu', 'wasm', 'cpu'].includes(text) }],
  ['software', { expected: 'true or false', reads: (text) => ['true', 'false'].includes(text) }],
]);

/** The keys of the view in an address that are unknown or hold nothing readable. */
export function viewIssues(query: string): Issue[] {
  const known = new Map(OTHER_KEYS);
  mapFields(description, ({ key, expected, read }) =>
    known.set(key, { expected, reads: (text) => read(text) !== undefined }),
  );
  const expected = `one of ${[...known.keys()].map((name) => PREFIX + name).join(', ')}`;
  return Object.entries(viewKeys(query)).flatMap(([key, text]) => {
    const path = PREFIX + key;
    const found = known.get(key);
    if (!found)
      return [{ path, expected, got: path, remedy: 'Remove it from the link, or correct its name.' }];
    const remedy = 'Correct it in the link; the view without it is shown.';
    return found.reads(text) ? [] : [{ path, expected: found.expected, got: `"${text}"`, remedy }];
  });
}

/** Never throws. */
export function decodeView(keys: Record<string, string>): LinkedView {
  const read = ({ key, start, read: parse }: Field<unknown>) => {
    const text = keys[key];
    return (text === undefined ? undefined : parse(text)) ?? start;
  };
  const { tab = DEFAULT_TAB } = keys;
  const view = viewOf(read);
  const now = EARLIER_TABS.get(tab);
  return now ? { tab: now.tab, view: { ...view, masks: now.masks } } : { tab, view };
}
