// One attention map as a declared heatmap: the chosen quantity or its difference to another map, with table and files.
import { headTitle, placeKey } from '../../../engine/core/attentionPlace.ts';
import type { AttentionMap } from '../../../engine/protocol/attention.ts';
import { type AttentionQuantity, QUANTITY_IDS } from '../../../store/view.ts';
import { type CsvValue, type LongTable, toCsv } from '../../charts/csv.ts';
import { formatCount, formatSigned } from '../../charts/format.ts';
import type { ColorScale } from '../../charts/heatmap/colorScale.ts';
import { type HeatmapMark, type HeatmapSpec, isLarge } from '../../charts/heatmap/mark.ts';
import { TABLE_CELLS } from '../../charts/heatmap/outputs.ts';
import type { TableData } from '../../charts/parts/DataTable.tsx';
import { differenceColors, differenceOf } from './against.ts';
import { explainCell, tokenAxis, tokenName } from './maps.ts';
import { quantityOf, showWeight } from './quantities.ts';

/** Height of a map in CSS pixels if the card is wide enough. */
const HEIGHT = 620;
/** Fewer tokens have larger cells. */
const cellOf = (tokens: number) => ({
  smallest: 3,
  largest: Math.max(26, Math.min(40, Math.floor(HEIGHT / Math.max(1, tokens)))),
});

const QUANTITY_COLUMNS = ['score_before_mask', 'blocked', 'weight', 'weight_times_value_norm'];

/** The quantities of a cell. */
const known = (one: AttentionMap, at: number): CsvValue[] => [
  one.scores[at] ?? null,
  one.blocked?.[at] === 1,
  one.weights[at] ?? null,
  one.valueWeights[at] ?? null,
];

/** Every cell of every map, one per line. */
export function mapsTable(maps: readonly AttentionMap[]): LongTable {
  const starts = maps.map((_, i) =>
    maps.slice(0, i).reduce((sum, { queries, keys }) => sum + queries.length * keys.length, 0),
  );
  const last = maps.at(-1);
  return {
    header: ['map', 'query', 'key', ...QUANTITY_COLUMNS],
    numRows: last ? (starts.at(-1) ?? 0) + last.queries.length * last.keys.length : 0,
    row: (index) => {
      const own = starts.findLastIndex((start) => start <= index);
      const map = maps[own] as AttentionMap;
      const at = index - (starts[own] as number);
      const [query, key] = [map.queries[Math.floor(at / map.keys.length)], map.keys[at % map.keys.length]];
      return [placeKey(map), query?.name ?? '', key?.name ?? '', ...known(map, at)];
    },
  };
}

/** Every key of one query, largest weight first. */
export function queryCsv(map: AttentionMap, query: number): string {
  const width = map.keys.length;
  const keys = map.keys
    .map((key, k) => ({ key, at: query * width + k }))
    .sort((a, b) => (map.weights[b.at] ?? 0) - (map.weights[a.at] ?? 0));
  return toCsv(
    ['map', 'query', 'key', ...QUANTITY_COLUMNS],
    keys.map(({ key, at }) => [placeKey(map), map.queries[query]?.name ?? '', key.name, ...known(map, at)]),
  );
}

/** Every cell of a map: query, key and its quantities. */
function mapCsv(map: AttentionMap, other: AttentionMap | null): string {
  const rows = map.queries.flatMap((query, row) =>
    map.keys.map((key, column): CsvValue[] => {
      const at = row * map.keys.length + column;
      return [placeKey(map), query.name, key.name, ...known(map, at), ...(other ? known(other, at) : [])];
    }),
  );
  const others = other ? QUANTITY_COLUMNS.map((name) => `other_${name}`) : [];
  return toCsv(['map', 'query', 'key', ...QUANTITY_COLUMNS, ...others], rows);
}

/** All quantities of one query, for a map that is too large for a table of all cells. */
function queryTable(
  map: AttentionMap,
  wanted: number,
  caption: string,
  other: AttentionMap | null,
): TableData {
  const query = Math.min(wanted, map.queries.length - 1);
  const token = map.queries[query];
  const shown = QUANTITY_IDS.map((id) => ({ ...quantityOf(id), of: quantityOf(id).values(map) }));
  return {
    caption: `${caption}: query ${token ? tokenName(token) : query}, chosen in the map; the CSV file has all queries`,
    header: ['key', ...shown.map((q) => q.name), ...(other ? ['Weight of the other'] : [])],
    rows: map.keys.map((key, column) => {
      const at = query * map.keys.length + column;
      return [
        tokenName(key),
        ...shown.map((q) => q.show(q.of[at] ?? Number.NaN)),
        ...(other ? [showWeight(other.weights[at] ?? Number.NaN)] : []),
      ];
    }),
  };
}

/** "inter-feature attention" and "17 × 17 tokens" */
export function describeMap({ kind, queries, keys }: AttentionMap): { kindName: string; size: string } {
  const [kindName, what] =
    kind === 'feature' ? ['inter-feature attention', 'tokens'] : ['inter-sample attention', 'rows'];
  return { kindName, size: `${formatCount(queries.length)} × ${formatCount(keys.length)} ${what}` };
}

export interface MapChoice {
  map: AttentionMap;
  quantity: AttentionQuantity;
  scale: ColorScale;
  /** If set, the difference is shown: this map minus the other. */
  other: { map: AttentionMap; label: string } | null;
  /** The largest difference of the map in the other column; null if there is none. */
  besideChange: number | null;
  /** "mean of 64 validation rows" */
  rowsCaption: string;
}

export function mapHeatmap(choice: MapChoice): HeatmapSpec {
  const { map, quantity, scale, other, besideChange, rowsCaption } = choice;
  const { values, show, isMasked, name } = quantityOf(quantity);
  const { kindName, size } = describeMap(map);
  const difference = other && differenceOf(map, other.map, quantity);
  const blocked = !difference && isMasked ? map.blocked : null;
  const caption = `${headTitle(map)}, ${kindName}, ${rowsCaption}${other ? `, minus ${other.label}` : ''}`;
  const hatchNote = difference ? ', difference' : blocked ? '. Hatched: masked' : '';
  const mark: HeatmapMark = {
    title: name,
    label: `${caption}, ${size}. Rows are queries, columns are keys.`,
    caption: `${caption}, ${size}. ${name}${hatchNote}.`,
    rows: tokenAxis(map.queries, 'query (rows)'),
    columns: tokenAxis(map.keys, 'key (columns)'),
    values: difference ?? values(map),
    ...(difference ? differenceColors(difference, besideChange) : { scale, blocked }),
    // After the mask, the score −∞ itself shows which cells are blocked.
    ...(quantity === 'masked-scores' ? {} : { blockedText: 'blocked' }),
    blockedLegend: 'masked',
    show: difference ? (value) => formatSigned(value, 4) : show,
    explain: (position) => explainCell(map, position, other),
  };
  const stem = `attention-${placeKey(map).replaceAll('/', '-')}${other ? '-difference' : ''}`;
  const isWhole = map.queries.length * map.keys.length <= TABLE_CELLS;
  const otherMap = other?.map ?? null;
  return {
    what: 'Attention map',
    fileName: `${stem}-${quantity}`,
    maps: [mark],
    cell: cellOf(map.keys.length),
    markRow: true,
    caption: `${caption}: rows are queries, columns are keys`,
    tableHeight: 720,
    ...(isWhole ? {} : { table: (chosen) => queryTable(map, chosen.row, caption, otherMap) }),
    ...(isLarge(mark) ? {} : { csv: () => mapCsv(map, otherMap) }),
  };
}
