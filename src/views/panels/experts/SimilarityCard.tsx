// How alike two tasks use the experts of a layer.
import { useMemo, useState } from 'react';
import type { ExpertLayer } from '../../../engine/protocol/experts.ts';
import { ColorBar } from '../../charts/ColorBar.tsx';
import { shortTaskLabel } from '../../charts/format.ts';
import { MatrixHeatmap } from '../../charts/MatrixHeatmap.tsx';
import { Card } from '../../charts/parts/Card.tsx';
import { DataTable } from '../../charts/parts/DataTable.tsx';
import { CsvButton, NpyButton, TableToggle } from '../../charts/parts/SmallButton.tsx';
import { useScheme } from '../../charts/parts/useScheme.ts';
import { DIVERGING } from '../../theme/palette.ts';
import type { PanelView } from '../view.ts';
import classes from './experts.module.css';
import { similarityCsv, similarityTable } from './tables.ts';

const LABEL = 'Cosine of gate use';

export interface SimilarityCardProps {
  layers: readonly ExpertLayer[];
  layer: ExpertLayer;
  names: readonly string[];
  pair: PanelView['pair'];
  onPair(pair: PanelView['pair']): void;
}

export function SimilarityCard({ layers, layer, names, pair, onPair }: SimilarityCardProps) {
  const [asTable, setAsTable] = useState(false);
  const scheme = useScheme();
  const values = layer.similarity;
  const count = values ? Math.round(Math.sqrt(values.length)) : 0;
  const short = useMemo(
    () => Array.from({ length: count }, (_, task) => shortTaskLabel(names[task] ?? `task${task + 1}`)),
    [names, count],
  );
  const others = useMemo(() => (values ? [{ label: LABEL, values }] : []), [values]);
  const shown = pair && pair[0] < count && pair[1] < count ? pair : null;
  return (
    <Card
      title="Similarity of gate use"
      subtitle={values ? 'cosine, task × task' : undefined}
      actions={
        values && (
          <>
            <TableToggle shown={asTable} onChange={setAsTable} what="Similarity of gate use" />
            <CsvButton
              fileName="gate-similarity.csv"
              content={() => similarityCsv(layers, names)}
              label="Similarity of gate use as CSV"
            />
            <NpyButton
              fileName="gate-similarity.npy"
              content={() => ({ values, shape: [count, count] })}
              label="Similarity of gate use as NPY"
            />
          </>
        )
      }
    >
      {!values && (
        <p className={classes.muted}>
          {layer.label} has gates of fewer than two tasks, so there is no pair of tasks to compare.
        </p>
      )}
      {values && asTable && <DataTable maxHeight={420} data={similarityTable(layer, names)} />}
      {values && !asTable && (
        <>
          <div className={classes.figure}>
            <MatrixHeatmap
              label={`${LABEL} of ${layer.label}, ${count} by ${count} tasks`}
              names={short}
              values={values}
              limit={1}
              pair={shown}
              onPair={(next) => onPair(next[0] === next[1] ? null : next)}
              others={others}
            />
          </div>
          <div className={classes.legend}>
            <ColorBar table={DIVERGING[scheme]} low="−1" high="+1" />
            <span className={classes.muted}>
              Of mean gate weights. 1: the same experts in the same proportions; 0: none in common.
            </span>
          </div>
        </>
      )}
    </Card>
  );
}
