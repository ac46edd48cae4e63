// Where the trained model looks before and after another mask is put on it, and the difference, head by head.
import { useId, useMemo, useState } from 'react';
import { headDistance } from '../../../engine/analysis/headDistance.ts';
import { headNameWithKind, placeKey } from '../../../engine/core/attentionPlace.ts';
import type { WhatIfReport } from '../../../engine/protocol/masks.ts';
import { ColorBar } from '../../charts/ColorBar.tsx';
import { formatCompact, formatCount, formatFixed } from '../../charts/format.ts';
import { fitCell } from '../../charts/heatmap/bands.ts';
import type { CellPosition } from '../../charts/heatmap/cellKeys.ts';
import { Heatmap } from '../../charts/heatmap/Heatmap.tsx';
import { LegendItem } from '../../charts/parts/Card.tsx';
import { useScheme } from '../../charts/parts/useScheme.ts';
import { useWidth } from '../../charts/parts/useWidth.ts';
import { DIVERGING, VIRIDIS } from '../../theme/palette.ts';
import { differenceCells, differenceOf, largestChange } from '../attention/against.ts';
import { cellsOf, explainCell, scaleOf, tokenAxis } from '../attention/maps.ts';
import selectClasses from '../networkSelect.module.css';
import classes from './mask.module.css';

const CELL = 22;
const SMALLEST = 4;
/** Room for names and titles beside each map, and between maps. */
const AXIS_ROOM = 128;
/** Narrower than this, maps stand below each other. */
const SIDE_BY_SIDE = 900;

export interface WhatIfAttentionProps {
  attention: WhatIfReport['attention'];
  /** Name of the mask that was tried. */
  mask: string;
  when: string;
}

export function WhatIfAttention({ attention, mask, when }: WhatIfAttentionProps) {
  const { before, after, rows } = attention;
  const [ref, width] = useWidth<HTMLDivElement>();
  const id = useId();
  const [key, setKey] = useState('');
  const [chosen, setChosen] = useState<CellPosition>({ row: 0, column: 0 });
  const scheme = useScheme();
  const at = Math.max(
    0,
    before.findIndex((m) => placeKey(m) === key),
  );
  const [old, next] = [before[at], after[at]];
  const figures = useMemo(() => {
    if (!old || !next) return null;
    const scale = scaleOf([old, next], 'weights');
    const difference = differenceOf(next, old, 'weights');
    return {
      scale,
      limit: largestChange(difference),
      before: cellsOf(old, 'weights', scale),
      after: cellsOf(next, 'weights', scale),
      difference: differenceCells(difference, DIVERGING[scheme]),
      rows: tokenAxis(old.queries, 'query (rows)'),
      columns: tokenAxis(old.keys, 'key (columns)'),
    };
  }, [old, next, scheme]);
  if (!old || !next || !figures) return null;
  const isWide = width >= SIDE_BY_SIDE;
  const cell = fitCell(
    figures.columns.groups.map((g) => g.size),
    (isWide ? width / 3 : width) - AXIS_ROOM,
    SMALLEST,
    CELL,
  );
  const place = `${headNameWithKind(old)}, mean of ${formatCount(rows)} validation rows, ${when}`;
  const explain = (position: CellPosition) => explainCell(next, position, { map: old, label: 'before' });
  const weightScale = { low: '0', high: formatFixed(figures.scale.high, 2), note: 'square-root scale' };
  const change = formatCompact(figures.limit);
  const changeScale = { low: `−${change}`, high: `+${change}`, note: 'difference' };
  const maps = [
    { title: 'Before', cells: figures.before, scale: weightScale },
    { title: 'After', cells: figures.after, scale: weightScale },
    { title: 'After minus before', cells: figures.difference, scale: changeScale },
  ];
  const moved = formatFixed(100 * headDistance(next, old), 1);
  return (
    <div ref={ref}>
      <div className={classes.toolbar}>
        <span className={selectClasses.box}>
          <label htmlFor={id}>Attention of</label>
          <select id={id} value={placeKey(old)} onChange={(event) => setKey(event.currentTarget.value)}>
            {before.map((m) => (
              <option key={placeKey(m)} value={placeKey(m)}>
                {headNameWithKind(m)}
              </option>
            ))}
          </select>
        </span>
        <span role="status">
          {moved} % of the weight lies elsewhere, mean over queries (total variation).
        </span>
      </div>
      {width > 0 && (
        <div className={classes.before}>
          {maps.map(({ title, cells, scale }) => (
            <section key={title}>
              <h3>{title}</h3>
              <Heatmap
                label={`${title}: softmax weights of ${place}. Rows are queries, columns are keys.`}
                caption={`${title}, with the mask ${mask}: softmax weights of ${place}.`}
                rows={figures.rows}
                columns={figures.columns}
                cells={cells}
                scale={scale}
                cell={cell}
                explain={explain}
                chosen={chosen}
                onChoose={setChosen}
              />
            </section>
          ))}
        </div>
      )}
      <p className={classes.legend}>
        <ColorBar table={VIRIDIS} {...weightScale} />
        <ColorBar table={DIVERGING[scheme]} {...changeScale} />
        <LegendItem mark="hatch">masked</LegendItem>
      </p>
    </div>
  );
}
