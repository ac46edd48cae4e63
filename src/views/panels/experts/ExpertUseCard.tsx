// How much each expert of the layer is used, and how much of its output is zero.
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import type { ExpertLayer } from '../../../engine/protocol/experts.ts';
import type { ExpertsState } from '../../../store/answers.ts';
import { formatFixed, formatTick } from '../../charts/format.ts';
import { largest } from '../../charts/heatmap/cells.ts';
import { Card } from '../../charts/parts/Card.tsx';
import { Chip } from '../../charts/parts/Chip.tsx';
import { DataTable } from '../../charts/parts/DataTable.tsx';
import { TableToggle } from '../../charts/parts/SmallButton.tsx';
import { linearTicks } from '../../charts/scale.ts';
import { Bars } from './Bars.tsx';
import classes from './experts.module.css';
import { collapseLimit } from './findings.ts';
import { type Grid, ownerText } from './grid.ts';
import { expertsCsv, expertsTable, showShare } from './tables.ts';

export interface ExpertUseCardProps {
  state: Pick<ExpertsState, 'layers' | 'definitions'>;
  layer: ExpertLayer;
  grid: Grid;
  names: readonly string[];
  /** The chosen expert, as an index into the layer's experts. */
  expert: number;
}

export function ExpertUseCard({ state, layer, grid, names, expert }: ExpertUseCardProps) {
  const { layers } = state;
  const limit = collapseLimit(state.definitions);
  const [asTable, setAsTable] = useState(false);
  const [, top] = linearTicks(0, Math.max(0.01, largest(layer.utilisation)), 2).domain;
  return (
    <Card
      figure="use"
      title="Use of the experts"
      files={{ what: 'Use of the experts', fileName: 'expert-use', csv: () => expertsCsv(layers, names) }}
      actions={<TableToggle shown={asTable} onChange={setAsTable} what="Use of the experts" />}
    >
      {asTable ? (
        <DataTable maxHeight={420} data={expertsTable(layer, grid.experts, names)} />
      ) : (
        <>
          <Bars
            label="Use of the experts"
            head="Expert"
            lanes={[
              { title: 'Utilisation', full: `0 to ${formatTick(top, top)}` },
              {
                title: 'Zero activations',
                full: '0 to 100 %',
                limit: { share: limit, text: `collapsed above ${showShare(limit)}` },
              },
            ]}
            bars={grid.experts.map((index, column) => {
              const label = layer.experts[index];
              const use = layer.utilisation[index] ?? Number.NaN;
              const zeros = layer.zeroShare[index] ?? Number.NaN;
              return {
                key: index,
                chosen: index === expert,
                name: (
                  <>
                    {label?.owner === 'task' && label.tasks.map((task) => <Chip key={task} task={task} />)}
                    <span title={label && `for ${ownerText(label, names)}`}>{grid.expertLabels[column]}</span>
                  </>
                ),
                values: [
                  { share: use / top, text: formatFixed(use, 3) },
                  {
                    share: zeros,
                    text: showShare(zeros),
                    flag: zeros > limit && (
                      <IconAlertTriangle
                        size={13}
                        stroke={1.75}
                        color="var(--warn)"
                        role="img"
                        aria-label="collapsed"
                      />
                    ),
                  },
                ],
              };
            })}
          />
          <p className={classes.muted}>
            Utilisation: mean weight from the gates that may use the expert. Zero activations: exact zeros in
            its output over the rows it gets and units; the line marks the limit of collapse,{' '}
            {showShare(limit)}.
          </p>
        </>
      )}
    </Card>
  );
}
