// One attention map in detail: queries down, keys across, the chosen query's weights below.
import { useMemo } from 'react';
import { headTitle } from '../../../engine/core/attentionPlace.ts';
import type { AttentionMap } from '../../../engine/protocol/attention.ts';
import { type AttentionQuantity, QUANTITY_IDS } from '../../../store/view.ts';
import { formatCompact, formatCount, formatFixed, formatSigned } from '../../charts/format.ts';
import { fitCell } from '../../charts/heatmap/bands.ts';
import type { CellPosition } from '../../charts/heatmap/cellKeys.ts';
import { Heatmap } from '../../charts/heatmap/Heatmap.tsx';
import { LargeHeatmap } from '../../charts/heatmap/LargeHeatmap.tsx';
import { Card } from '../../charts/parts/Card.tsx';
import { DataTable, type TableData } from '../../charts/parts/DataTable.tsx';
import { useScheme } from '../../charts/parts/useScheme.ts';
import { useWidth } from '../../charts/parts/useWidth.ts';
import { QueryBars, QueryBarsAxis } from '../../charts/QueryBars.tsx';
import { DIVERGING } from '../../theme/palette.ts';
import { differenceCells, differenceOf, largestChange } from './against.ts';
import classes from './attention.module.css';
import { cellsOf, explainCell, LARGE, type Scale, scaleText, tokenAxis, tokenName } from './maps.ts';
import { quantityOf, showWeight } from './quantities.ts';

const CELL = 26;
/** Maps of few tokens have room for larger cells. */
const LARGE_CELL = 38;
const FEW_TOKENS = 12;
const SMALLEST = 3;
/** Room that titles, brackets and names of queries take at the left, about. */
const axisRoom = (labels: readonly string[]): number =>
  56 + Math.min(104, 7 * Math.max(2, ...labels.map((label) => label.length)));

function wholeTable(
  map: AttentionMap,
  quantity: AttentionQuantity,
  caption: string,
  difference: Float32Array | null,
): TableData {
  const { values, show, isMasked } = quantityOf(quantity);
  const own = values(map);
  const isBlocked = (at: number) => isMasked && map.blocked?.[at] === 1 && Number.isFinite(own[at]);
  return {
    caption: `${caption}: rows are queries, columns are keys`,
    header: ['query \\ key', ...map.keys.map(tokenName)],
    rows: map.queries.map((query, row) => [
      tokenName(query),
      ...map.keys.map((_, column) => {
        const at = row * map.keys.length + column;
        if (difference) return formatSigned(difference[at] ?? Number.NaN, 4);
        return isBlocked(at) ? 'blocked' : show(own[at] ?? Number.NaN);
      }),
    ]),
  };
}

/** One query of a map that is too large for a table of all cells. */
function queryTable(
  map: AttentionMap,
  query: number,
  caption: string,
  other: AttentionMap | null,
): TableData {
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

/** Cells up to which a table shows the whole map: more elements would block the page. */
const TABLE_CELLS = 4200;

export interface MapDetailProps {
  map: AttentionMap;
  quantity: AttentionQuantity;
  scale: Scale;
  /** Shown is then the difference: this map minus the other. */
  other: { map: AttentionMap; label: string } | null;
  chosen: CellPosition;
  onChoose(position: CellPosition): void;
  /** "mean of 64 validation rows" */
  rowsCaption: string;
  /** "step 3,180, epoch 26" */
  when: string;
  asTable: boolean;
}

export function MapDetail({
  map,
  quantity,
  scale,
  other,
  chosen,
  onChoose,
  rowsCaption,
  when,
  asTable,
}: MapDetailProps) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const { queries, keys } = map;
  const scheme = useScheme();
  const otherMap = other?.map ?? null;
  const difference = useMemo(
    () => (otherMap ? differenceOf(map, otherMap, quantity) : null),
    [map, otherMap, quantity],
  );
  const cells = useMemo(() => {
    if (!difference) return cellsOf(map, quantity, scale);
    return differenceCells(difference, DIVERGING[scheme]);
  }, [map, quantity, scale, difference, scheme]);
  // Token lists come anew with every capture; axes are redrawn only when their text changes.
  const queryKey = JSON.stringify(queries);
  const keyKey = JSON.stringify(keys);
  const [rows, columns] = useMemo(() => {
    const axis = (json: string, title: string) => tokenAxis(JSON.parse(json) as typeof queries, title);
    return [axis(queryKey, 'query (rows)'), axis(keyKey, 'key (columns)')];
  }, [queryKey, keyKey]);
  const cell = fitCell(
    columns.groups.map((group) => group.size),
    width - axisRoom(rows.labels),
    SMALLEST,
    keys.length <= FEW_TOKENS ? LARGE_CELL : CELL,
  );
  const query = Math.min(chosen.row, queries.length - 1);
  const bars = quantity === 'value-weights' ? quantity : 'weights';
  const own = quantityOf(bars)
    .values(map)
    .subarray(query * keys.length, (query + 1) * keys.length);
  const ownBlocked = map.blocked?.subarray(query * keys.length, (query + 1) * keys.length) ?? null;
  const sum = own.reduce((total, weight) => total + weight, 0);
  const kindName = map.kind === 'feature' ? 'inter-feature attention' : 'inter-sample attention';
  const title = headTitle(map);
  const size = `${formatCount(queries.length)} × ${formatCount(keys.length)} ${map.kind === 'feature' ? 'tokens' : 'rows'}`;
  const caption = `${title}, ${kindName}, ${rowsCaption}${other ? `, minus ${other.label}` : ''}`;
  const hatchNote = difference ? ', difference' : cells.blocked ? '. Hatched: masked' : '';
  const limit = difference ? formatCompact(largestChange(difference)) : '';
  const colorScale = difference
    ? { low: `−${limit}`, high: `+${limit}`, note: 'difference' }
    : scaleText(scale, quantity);
  const isWhole = queries.length * keys.length <= TABLE_CELLS;
  return (
    <Card title={title} subtitle={`${kindName}, ${size}, ${when}`} className={classes.detail}>
      <div ref={ref}>
        {asTable ? (
          <DataTable
            maxHeight={720}
            data={
              isWhole
                ? wholeTable(map, quantity, caption, difference)
                : queryTable(map, query, caption, otherMap)
            }
          />
        ) : (
          width > 0 &&
          (keys.length > LARGE ? (
            <LargeHeatmap
              label={`${caption}, ${size}. Rows are queries, columns are keys.`}
              caption={`${caption}, ${size}. ${quantityOf(quantity).name}${hatchNote}.`}
              scale={colorScale}
              rows={rows}
              columns={columns}
              cells={cells}
              width={width}
              explain={(position) => explainCell(map, position, other)}
              chosen={chosen}
              onChoose={onChoose}
            />
          ) : (
            <Heatmap
              label={`${caption}, ${size}. Rows are queries, columns are keys.`}
              caption={`${caption}, ${size}. ${quantityOf(quantity).name}${hatchNote}.`}
              scale={colorScale}
              rows={rows}
              columns={columns}
              cells={cells}
              cell={cell}
              explain={(position) => explainCell(map, position, other)}
              chosen={chosen}
              onChoose={onChoose}
              markRow
              below={(bands) => ({
                axis: (
                  <>
                    <div className={classes.barsHead} />
                    <QueryBarsAxis weights={own} />
                  </>
                ),
                content: (
                  <>
                    <div className={classes.barsHead}>
                      <span>
                        {quantityOf(bars).label} of query <b>{queries[query] && tokenName(queries[query])}</b>
                      </span>
                      {bands.size > 300 && (
                        <span className={classes.muted}>
                          sum {formatFixed(sum, 4)}, {rowsCaption}
                        </span>
                      )}
                    </div>
                    <QueryBars weights={own} blocked={ownBlocked} chosen={chosen.column} columns={bands} />
                  </>
                ),
              })}
            />
          ))
        )}
      </div>
    </Card>
  );
}
