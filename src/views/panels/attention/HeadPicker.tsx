// Every block and head as a thumbnail; choosing one shows it in detail. Feature and row attention are separate, because their
// tokens differ.
import { useMemo } from 'react';
import {
  ATTENTION_KINDS,
  type AttentionKind,
  headLabel,
  placeKey,
  samePlace,
} from '../../../engine/core/attentionPlace.ts';
import type { AttentionMap } from '../../../engine/protocol/attention.ts';
import type { AttentionQuantity } from '../../../store/view.ts';
import type { ColorScale } from '../../charts/heatmap/colorScale.ts';
import { MOST_CELLS, Thumbnail } from '../../charts/heatmap/Thumbnail.tsx';
import { Card } from '../../charts/parts/Card.tsx';
import classes from './attention.module.css';
import { mapsTable } from './mapHeatmap.ts';
import { scaleOf, thumbnailOf } from './maps.ts';

const LABELS: Record<AttentionKind, string> = { feature: 'Between features', row: 'Between rows' };

function Head({
  map,
  quantity,
  scale,
  isChosen,
  onChoose,
}: {
  map: AttentionMap;
  quantity: AttentionQuantity;
  scale: ColorScale;
  isChosen: boolean;
  onChoose(map: AttentionMap): void;
}) {
  const small = useMemo(() => thumbnailOf(map, quantity, scale, MOST_CELLS), [map, quantity, scale]);
  return (
    <button
      type="button"
      className={classes.head}
      aria-pressed={isChosen}
      aria-label={headLabel(map)}
      onClick={() => onChoose(map)}
    >
      <Thumbnail {...small} />
      <span>head {map.head}</span>
    </button>
  );
}

export interface HeadPickerProps {
  maps: readonly AttentionMap[];
  /** Maps of the run in the other column. */
  beside: readonly AttentionMap[];
  chosen: AttentionMap;
  quantity: AttentionQuantity;
  onChoose(map: AttentionMap): void;
}

export function HeadPicker({ maps, beside, chosen, quantity, onChoose }: HeadPickerProps) {
  const layers = useMemo(
    () =>
      ATTENTION_KINDS.map((kind) => {
        const own = maps.filter((map) => map.kind === kind);
        const blocks = [...new Set(own.map((map) => map.block))];
        return {
          kind,
          scale: scaleOf(
            own,
            quantity,
            beside.filter((map) => map.kind === kind),
          ),
          blocks: blocks.map((block) => ({ block, heads: own.filter((map) => map.block === block) })),
        };
      }).filter(({ blocks }) => blocks.length > 0),
    [maps, quantity, beside],
  );
  // Heading levels must not skip one.
  const BlockTitle = layers.length > 1 ? 'h4' : 'h3';
  return (
    <Card
      figure="heads"
      title="Blocks and heads"
      className={classes.picker}
      files={{ what: 'Blocks and heads', fileName: 'attention-heads', csv: () => mapsTable(maps) }}
    >
      {layers.map(({ kind, scale, blocks }) => (
        <div key={kind} className={classes.layer}>
          {layers.length > 1 && <h3>{LABELS[kind]}</h3>}
          <div className={classes.blocks}>
            {blocks.map(({ block, heads }) => (
              <div key={block} className={classes.block}>
                <BlockTitle>block {block}</BlockTitle>
                {heads.map((map) => (
                  <Head
                    key={placeKey(map)}
                    map={map}
                    quantity={quantity}
                    scale={scale}
                    isChosen={samePlace(map, chosen)}
                    onChoose={onChoose}
                  />
                ))}
              </div>
            ))}
          </div>
        </div>
      ))}
    </Card>
  );
}
