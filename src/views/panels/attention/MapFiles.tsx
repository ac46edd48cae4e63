// The numbers of the map on screen as files: CSV and NPY.
import { placeKey } from '../../../engine/core/attentionPlace.ts';
import type { AttentionMap } from '../../../engine/protocol/attention.ts';
import type { AttentionQuantity } from '../../../store/view.ts';
import { type CsvValue, type LongTable, toCsv } from '../../charts/csv.ts';
import { CsvButton, LongCsvButton, NpyButton } from '../../charts/parts/SmallButton.tsx';
import { differenceOf } from './against.ts';
import { LARGE } from './maps.ts';
import { quantityOf } from './quantities.ts';

/** Every cell of a map: query, key and what is known of it. */
function mapCsv(map: AttentionMap, other: AttentionMap | null): string {
  const rows = map.queries.flatMap((query, row) =>
    map.keys.map((key, column): CsvValue[] => {
      const at = row * map.keys.length + column;
      return [
        placeKey(map),
        query.name,
        key.name,
        map.scores[at] ?? null,
        map.blocked?.[at] === 1,
        map.weights[at] ?? null,
        map.valueWeights[at] ?? null,
        ...(other
          ? [
              other.scores[at] ?? null,
              other.blocked?.[at] === 1,
              other.weights[at] ?? null,
              other.valueWeights[at] ?? null,
            ]
          : []),
      ];
    }),
  );
  const names = ['score_before_mask', 'blocked', 'weight', 'weight_times_value_norm'];
  return toCsv(['map', 'query', 'key', ...names, ...(other ? names.map((n) => `other_${n}`) : [])], rows);
}

/** What is drawn of a map of millions of cells: a line per query, a column per key. */
function largeMapTable(map: AttentionMap, values: Float32Array): LongTable {
  const [numRows, width] = [map.queries.length, map.keys.length];
  return {
    header: ['query', ...map.keys.map((key) => key.name)],
    numRows,
    row: (row) => [
      map.queries[row]?.name ?? '',
      ...Array.from(values.subarray(row * width, (row + 1) * width)),
    ],
  };
}

/** What is drawn, [queries, keys]: the chosen quantity, or its difference to another map. */
function mapArray(map: AttentionMap, other: AttentionMap | null, quantity: AttentionQuantity) {
  const values = other ? differenceOf(map, other, quantity) : quantityOf(quantity).values(map);
  return { values, shape: [map.queries.length, map.keys.length] };
}

export interface MapFilesProps {
  map: AttentionMap;
  /** Shown is then the difference: the map minus this one. */
  other: AttentionMap | null;
  quantity: AttentionQuantity;
}

export function MapFiles({ map, other, quantity }: MapFilesProps) {
  const name = `attention-${placeKey(map).replaceAll('/', '-')}${other ? '-difference' : ''}`;
  return (
    <>
      {map.keys.length > LARGE ? (
        <LongCsvButton
          fileName={`${name}-${quantity}.csv`}
          content={() => largeMapTable(map, mapArray(map, other, quantity).values)}
          label="Attention map as CSV, a line per query"
        />
      ) : (
        <CsvButton fileName={`${name}.csv`} content={() => mapCsv(map, other)} label="Attention map as CSV" />
      )}
      <NpyButton
        fileName={`${name}-${quantity}.npy`}
        content={() => mapArray(map, other, quantity)}
        label="Attention map as NPY"
      />
    </>
  );
}
