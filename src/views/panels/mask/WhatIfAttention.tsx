// Attention of the trained model before and after another mask is applied, and the difference, head by head.
import { useId, useMemo, useState } from 'react';
import { headDistance } from '../../../engine/analysis/headDistance.ts';
import { headNameWithKind, placeKey } from '../../../engine/core/attentionPlace.ts';
import type { AttentionMap } from '../../../engine/protocol/attention.ts';
import type { WhatIfReport } from '../../../engine/protocol/masks.ts';
import { formatCount, formatFixed, formatSigned } from '../../charts/format.ts';
import { HeatmapFigure } from '../../charts/heatmap/HeatmapFigure.tsx';
import type { HeatmapMark, HeatmapSpec } from '../../charts/heatmap/mark.ts';
import { filesOf } from '../../charts/heatmap/outputs.ts';
import { ScaleBar } from '../../charts/heatmap/ScaleBar.tsx';
import { LegendItem } from '../../charts/parts/Card.tsx';
import { TableToggle } from '../../charts/parts/SmallButton.tsx';
import { SaveMenu } from '../../charts/save/SaveMenu.tsx';
import { differenceColors, differenceOf } from '../attention/against.ts';
import { explainCell, scaleOf, tokenAxis } from '../attention/maps.ts';
import { showWeight } from '../attention/quantities.ts';
import selectClasses from '../networkSelect.module.css';
import classes from './mask.module.css';

const CELL = { smallest: 4, largest: 22 };

export interface WhatIfAttentionProps {
  attention: WhatIfReport['attention'];
  /** Name of the applied mask. */
  mask: string;
  when: string;
}

/** Before, after and their difference. */
function whatIfHeatmap(before: AttentionMap, after: AttentionMap, mask: string, place: string): HeatmapSpec {
  const scale = scaleOf([before, after], 'weights');
  const difference = differenceOf(after, before, 'weights');
  const declare = (
    id: string,
    title: string,
    rest: Pick<HeatmapMark, 'values' | 'scale' | 'blocked' | 'blank' | 'show'>,
  ): HeatmapMark => ({
    id,
    title,
    label: `${title}: softmax weights of ${place}. Rows are queries, columns are keys.`,
    caption: `${title}, with the mask ${mask}: softmax weights of ${place}.`,
    rows: tokenAxis(before.queries, 'query (rows)'),
    columns: tokenAxis(before.keys, 'key (columns)'),
    blockedText: 'blocked',
    explain: (position) => explainCell(after, position, { map: before, label: 'before' }),
    ...rest,
  });
  const weights = ({ weights: values, blocked }: AttentionMap) => ({
    values,
    blocked,
    scale,
    show: showWeight,
  });
  return {
    what: 'Attention before and after',
    fileName: `what-if-${placeKey(before).replaceAll('/', '-')}`,
    caption: `Softmax weights of ${place}, with the mask ${mask}`,
    cell: CELL,
    maps: [
      declare('before', 'Before', weights(before)),
      declare('after', 'After', weights(after)),
      declare('difference', 'After minus before', {
        values: difference,
        ...differenceColors(difference),
        show: (value) => formatSigned(value, 4),
      }),
    ],
  };
}

export function WhatIfAttention({ attention, mask, when }: WhatIfAttentionProps) {
  const { before, after, rows } = attention;
  const id = useId();
  const [key, setKey] = useState('');
  const [asTable, setAsTable] = useState(false);
  const at = Math.max(
    0,
    before.findIndex((m) => placeKey(m) === key),
  );
  const [old, next] = [before[at], after[at]];
  const spec = useMemo(() => {
    if (!old || !next) return null;
    const place = `${headNameWithKind(old)}, mean of ${formatCount(rows)} validation rows, ${when}`;
    return whatIfHeatmap(old, next, mask, place);
  }, [old, next, mask, rows, when]);
  const files = spec && filesOf(spec);
  if (!old || !next || !spec || !files) return null;
  const [first, , change] = spec.maps;
  const moved = formatFixed(100 * headDistance(next, old), 1);
  return (
    <div data-apart="">
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
        <TableToggle shown={asTable} onChange={setAsTable} what={spec.what} />
        <SaveMenu {...files} />
      </div>
      <HeatmapFigure spec={spec} asTable={asTable} hasLegend={false} className={classes.before} />
      {!asTable && (
        <p className={classes.legend}>
          {first && <ScaleBar scale={first.scale} />}
          {change?.scale.ends ? <ScaleBar scale={change.scale} /> : 'no difference'}
          <LegendItem mark="hatch">masked</LegendItem>
        </p>
      )}
    </div>
  );
}
