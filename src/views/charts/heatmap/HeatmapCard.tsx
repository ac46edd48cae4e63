// A card with declared heatmaps: its title, its outputs, its maps or their table. A new one is a declaration (mark.ts).
import { type ReactNode, useState } from 'react';
import { Card } from '../parts/Card.tsx';
import type { CellPosition } from './cellKeys.ts';
import type { ColorScale } from './colorScale.ts';
import { HeatmapFigure } from './HeatmapFigure.tsx';
import { HeatmapOutputs } from './HeatmapOutputs.tsx';
import type { HeatmapSpec } from './mark.ts';
import { ScaleBar } from './ScaleBar.tsx';

export interface HeatmapCardProps extends HeatmapSpec {
  title: string;
  subtitle?: ReactNode;
  className?: string | undefined;
  /** Arranges several maps; below each other where it is left out. */
  mapsClassName?: string | undefined;
  /** Shared by all maps: its bar stands beside the title and no map has a legend of its own. */
  sharedScale?: ColorScale;
  /** Left out where nobody else needs it. */
  chosen?: CellPosition | null;
  onSelect?: (position: CellPosition) => void;
  /** Above the maps and their table. */
  lead?: ReactNode;
  /** Below them. */
  children?: ReactNode;
}

export function HeatmapCard(props: HeatmapCardProps) {
  const { title, subtitle, className, mapsClassName, sharedScale, lead, children, ...spec } = props;
  const [asTable, setAsTable] = useState(false);
  const hasOutputs = spec.maps.length > 0 || spec.csv !== undefined;
  return (
    <Card
      title={title}
      subtitle={subtitle}
      className={className ?? ''}
      actions={
        hasOutputs && (
          <>
            {sharedScale && <ScaleBar scale={sharedScale} />}
            <HeatmapOutputs spec={spec} table={{ shown: asTable, onChange: setAsTable }} />
          </>
        )
      }
    >
      {lead}
      <HeatmapFigure
        spec={spec}
        asTable={asTable}
        chosen={props.chosen}
        onSelect={props.onSelect}
        hasLegend={sharedScale === undefined}
        className={mapsClassName}
      />
      {children}
    </Card>
  );
}
