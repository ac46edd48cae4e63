// A card with declared heatmaps: its title, its files, its maps or their table. A new one is a declaration (mark.ts).
import { type ReactNode, useState } from 'react';
import { Card } from '../parts/Card.tsx';
import type { FigureId } from '../parts/figureHelp.ts';
import { TableToggle } from '../parts/SmallButton.tsx';
import type { CellPosition } from './cellKeys.ts';
import type { ColorScale } from './colorScale.ts';
import { HeatmapFigure } from './HeatmapFigure.tsx';
import type { HeatmapSpec, MapEditing } from './mark.ts';
import { filesOf } from './outputs.ts';
import { ScaleBar } from './ScaleBar.tsx';

export interface HeatmapCardProps extends HeatmapSpec {
  title: string;
  figure?: FigureId;
  subtitle?: ReactNode;
  className?: string | undefined;
  /** Arranges several maps; default: one below the other. */
  mapsClassName?: string | undefined;
  /** Shared by all maps: its bar is beside the title and no map has its own legend. */
  sharedScale?: ColorScale;
  /** Whether each map has its legend below it; false if the card draws its own. */
  hasLegend?: boolean;
  /** Omit if no other component needs it. */
  chosen?: CellPosition | null;
  onSelect?: (position: CellPosition) => void;
  /** For editable cells. */
  editing?: MapEditing;
  /** Shown above the maps and their table. */
  lead?: ReactNode;
  /** Shown below them. */
  children?: ReactNode;
}

export function HeatmapCard(props: HeatmapCardProps) {
  const {
    title,
    figure,
    subtitle,
    className,
    mapsClassName,
    sharedScale,
    editing,
    lead,
    children,
    hasLegend,
    ...spec
  } = props;
  const [asTable, setAsTable] = useState(false);
  return (
    <Card
      title={title}
      figure={figure}
      subtitle={subtitle}
      className={className ?? ''}
      actions={
        spec.maps.length > 0 && (
          <>
            {sharedScale && <ScaleBar scale={sharedScale} />}
            <TableToggle shown={asTable} onChange={setAsTable} what={spec.what} />
          </>
        )
      }
      files={filesOf(spec)}
    >
      {lead}
      <HeatmapFigure
        spec={spec}
        asTable={asTable}
        chosen={props.chosen}
        onSelect={props.onSelect}
        hasLegend={hasLegend ?? sharedScale === undefined}
        className={mapsClassName}
        editing={editing}
      />
      {children}
    </Card>
  );
}
