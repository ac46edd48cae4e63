// A symmetric task-by-task matrix on the diverging map, from -limit to limit, with printed values where they fit.
import { memo, useMemo } from 'react';
import { DIVERGING, taskFill } from '../theme/palette.ts';
import { formatFixed } from './format.ts';
import { fitCell } from './heatmap/bands.ts';
import { divergingIndices } from './heatmap/cells.ts';
import type { AxisSpec } from './heatmap/drawAxis.ts';
import { type CellPosition, Heatmap } from './heatmap/Heatmap.tsx';
import { useScheme } from './parts/useScheme.ts';
import { useWidth } from './parts/useWidth.ts';

const CELL = 44;
const SMALLEST = 5;

export interface MatrixHeatmapProps {
  label: string;
  names: readonly string[];
  /** Row-major; NaN where undefined. */
  values: ArrayLike<number>;
  /** Value of the last colour. */
  limit: number;
  pair: readonly [number, number] | null;
  onPair(pair: [number, number]): void;
  /** Further values of the same pair, for the tooltip. */
  others?: readonly { label: string; values: ArrayLike<number> }[];
}

export const MatrixHeatmap = memo(function MatrixHeatmap(props: MatrixHeatmapProps) {
  const { label, names, values, limit, pair, onPair, others = [] } = props;
  const [ref, width] = useWidth<HTMLDivElement>();
  const scheme = useScheme();
  const count = names.length;
  const axis = useMemo((): AxisSpec => {
    const style = getComputedStyle(document.documentElement);
    const token = (index: number) => style.getPropertyValue(taskFill(index).slice(4, -1));
    const colors = scheme && names.map((_, i) => token(i));
    return {
      title: '',
      labels: names,
      groups: [{ name: '', size: names.length }],
      chip: (i) => colors[i] ?? '',
    };
  }, [names, scheme]);
  const cells = useMemo(() => {
    const blank = Uint8Array.from(values, (value, i) =>
      Math.floor(i / count) === i % count || Number.isNaN(value) ? 1 : 0,
    );
    return { indices: divergingIndices(values, limit), table: DIVERGING[scheme], blocked: null, blank };
  }, [values, limit, scheme, count]);
  const print = useMemo(
    () =>
      ({ row, column }: CellPosition) => {
        const value = values[row * count + column] ?? Number.NaN;
        if (Number.isNaN(value)) return '–';
        return row === column ? formatFixed(value, value === 1 ? 0 : 2) : formatFixed(value, 2);
      },
    [values, count],
  );
  const longest = Math.max(2, ...names.map((name) => name.length));
  const room = width - 32 - Math.min(104, 7 * longest);
  return (
    <div ref={ref}>
      {width > 0 && (
        <Heatmap
          label={label}
          rows={axis}
          columns={axis}
          cells={cells}
          scale={{ low: `−${formatFixed(limit, 0)}`, high: `+${formatFixed(limit, 0)}` }}
          cell={fitCell([count], room, SMALLEST, CELL)}
          print={print}
          explain={({ row, column }) => ({
            title: `${names[row]} · ${names[column]}`,
            pairs: others.map((other) => {
              const value = other.values[row * count + column] ?? Number.NaN;
              return { label: other.label, value: formatFixed(value, 4), strong: other.values === values };
            }),
          })}
          chosen={pair && { row: pair[0], column: pair[1] }}
          outlined={pair && pair[0] !== pair[1] ? [{ row: pair[1], column: pair[0] }] : []}
          onChoose={({ row, column }) => onPair([row, column])}
        />
      )}
    </div>
  );
});
