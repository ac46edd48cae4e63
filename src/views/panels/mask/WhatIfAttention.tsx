// Attention of the trained model before and after another mask is applied, and the difference, head by head.
import { useId, useState } from 'react';
import { headDistance } from '../../../engine/analysis/headDistance.ts';
import { headNameWithKind, placeKey } from '../../../engine/core/attentionPlace.ts';
import type { AttentionMap } from '../../../engine/protocol/attention.ts';
import type { WhatIfReport } from '../../../engine/protocol/masks.ts';
import { formatCount, formatFixed, formatSigned } from '../../charts/format.ts';
import { HeatmapFigure } from '../../charts/heatmap/HeatmapFigure.tsx';
import type { HeatmapMark, HeatmapSpec } from '../../charts/heatmap/mark.ts';
import { csvOf, npyOf } from '../../charts/heatmap/outputs.ts';
import { ScaleBar } from '../../charts/heatmap/ScaleBar.tsx';
import { toNpy } from '../../charts/npy.ts';
import { LegendItem } from '../../charts/parts/Card.tsx';
import { TableToggle } from '../../charts/parts/SmallButton.tsx';
import type { CardFiles } from '../../charts/save/cardFiles.ts';
import { differenceColors, differenceOf } from '../attention/against.ts';
import { explainCell, scaleOf, tokenAxis } from '../attention/maps.ts';
import { showWeight } from '../attention/quantities.ts';
import selectClasses from '../networkSelect.module.css';
import classes from './mask.module.css';

const CELL = { smallest: 4, largest: 22 };

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
    caption: `${title}${id === 'before' ? '' : `, with the mask ${mask}`}: softmax weights of ${place}.`,
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

type Attention = WhatIfReport['attention'];

/** Position of the head with that key, or of the first one. */
const headOf = ({ before }: Attention, key: string): number =>
  Math.max(
    0,
    before.findIndex((m) => placeKey(m) === key),
  );

/**
 * The maps of one head as a figure.
 * @param key - of the head
 * @param mask - name of the applied mask
 */
export function attentionSpec(
  attention: Attention,
  key: string,
  mask: string,
  when: string,
): HeatmapSpec | null {
  const at = headOf(attention, key);
  const [before, after] = [attention.before[at], attention.after[at]];
  if (!before || !after) return null;
  const place = `${headNameWithKind(before)}, mean of ${formatCount(attention.rows)} validation rows, ${when}`;
  return whatIfHeatmap(before, after, mask, place);
}

/** Entries of the save menu of the card. */
export const attentionFiles = (spec: HeatmapSpec): NonNullable<CardFiles['more']> => [
  {
    label: 'CSV, attention',
    fileName: `${spec.fileName}.csv`,
    type: 'text/csv;charset=utf-8',
    content: () => csvOf(spec),
  },
  {
    label: 'NPY, attention',
    fileName: `${spec.fileName}.npy`,
    type: 'application/octet-stream',
    content: () => toNpy(npyOf(spec)),
  },
];

export interface WhatIfAttentionProps {
  attention: Attention;
  spec: HeatmapSpec;
  /** Of the head that is shown. */
  head: string;
  onHead(key: string): void;
}

export function WhatIfAttention({ attention, spec, head, onHead }: WhatIfAttentionProps) {
  const { before, after } = attention;
  const id = useId();
  const [asTable, setAsTable] = useState(false);
  const at = headOf(attention, head);
  const [old, next] = [before[at], after[at]];
  if (!old || !next) return null;
  const [first, , change] = spec.maps;
  const moved = formatFixed(100 * headDistance(next, old), 1);
  return (
    <div>
      <div className={classes.toolbar}>
        <span className={selectClasses.box}>
          <label htmlFor={id}>Attention of</label>
          <select id={id} value={placeKey(old)} onChange={(event) => onHead(event.currentTarget.value)}>
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
