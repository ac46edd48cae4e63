// How evenly each gate spreads its weight within a row.
import { useState } from 'react';
import type { ExpertLayer } from '../../../engine/protocol/experts.ts';
import type { ExpertsState } from '../../../store/answers.ts';
import { formatFixed, shortTaskLabel } from '../../charts/format.ts';
import type { CellPosition } from '../../charts/heatmap/cellKeys.ts';
import { Card } from '../../charts/parts/Card.tsx';
import { Chip } from '../../charts/parts/Chip.tsx';
import { DataTable } from '../../charts/parts/DataTable.tsx';
import { TableToggle } from '../../charts/parts/SmallButton.tsx';
import { Bars } from './Bars.tsx';
import classes from './experts.module.css';
import { entropyCsv, entropyTable } from './tables.ts';

export function EvennessCard({
  state: { layers },
  layer,
  chosen: { row: chosen },
}: {
  state: Pick<ExpertsState, 'layers'>;
  layer: ExpertLayer;
  /** The chosen cell of the grid, whose row is a gate. */
  chosen: CellPosition;
}) {
  const [asTable, setAsTable] = useState(false);
  return (
    <Card
      figure="evenness"
      title="Evenness of the gates"
      files={{ what: 'Evenness of the gates', fileName: 'gate-entropy', csv: () => entropyCsv(layers) }}
      actions={<TableToggle shown={asTable} onChange={setAsTable} what="Evenness of the gates" />}
    >
      {asTable ? (
        <DataTable maxHeight={420} data={entropyTable(layer)} />
      ) : (
        <>
          <Bars
            label="Evenness of the gates"
            head="Gate"
            lanes={[{ title: 'Normalised entropy', full: '0 to 1' }]}
            bars={layer.gates.map((gate, i) => ({
              key: gate.key,
              chosen: i === chosen,
              name: (
                <>
                  {gate.task !== null && <Chip task={gate.task} />}
                  <span title={gate.label}>{shortTaskLabel(gate.label)}</span>
                </>
              ),
              values: [{ share: gate.entropy, text: formatFixed(gate.entropy, 3) }],
            }))}
          />
          <p className={classes.muted}>
            Entropy of a row’s weights divided by the logarithm of the number of experts, mean over the rows.
            0: one expert per row; 1: all experts alike.
          </p>
        </>
      )}
    </Card>
  );
}
