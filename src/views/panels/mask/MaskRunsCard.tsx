// Masks side by side: the runs of this visit that differ only in their mask, and a button that adds one.
import type { Catalog } from '../../../engine/config/catalog.ts';
import type { Experiment } from '../../../engine/config/experiment.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import {
  arrow,
  formatFixed,
  formatPercent,
  formatSigned,
  inSentence,
  taskLabel,
} from '../../charts/format.ts';
import { Card } from '../../charts/parts/Card.tsx';
import { Chip } from '../../charts/parts/Chip.tsx';
import { Name } from '../../charts/parts/Name.tsx';
import { SmallButton } from '../../charts/parts/SmallButton.tsx';
import { metricInfo } from '../metrics.ts';
import type { Masking } from './MaskEditor.tsx';
import classes from './mask.module.css';
import { maskRuns, maskRunsCsv } from './maskRuns.ts';

export interface MaskRunsCardProps {
  runs: readonly RunRecord[];
  experiment: Experiment;
  masking: Masking;
  catalog: Catalog | null;
  canTrain: boolean;
  /** Runs the experiment with the editor's mask. */
  train(): void;
}

export function MaskRunsCard({ runs, experiment, masking, catalog, canTrain, train }: MaskRunsCardProps) {
  const own = maskRuns(runs, experiment);
  const [first] = own;
  const tasks = runs.find((r) => r.runId === first?.runId)?.dataset?.tasks ?? [];
  const { mask, customMask } = experiment.model.params;
  const trained = own.some((r) => r.maskId === mask && (mask !== 'custom' || r.painted === customMask));
  const label = (id: string) => masking.grids.find((g) => g.id === id)?.label ?? 'Painted';
  return (
    <Card
      figure="mask-runs"
      title="Masks side by side"
      subtitle="runs of this visit with the same table, settings and seeds; test split"
      files={first && { what: 'Runs by mask', fileName: 'mask-runs', csv: () => maskRunsCsv(own, label) }}
      actions={
        canTrain && (
          <SmallButton onClick={train}>{trained ? 'Train again' : 'Train with this mask'}</SmallButton>
        )
      }
    >
      {!first && (
        <p className={classes.note}>
          Train with one mask, then with another: both stand here, task by task, from the same initial values
          and the same batches.
        </p>
      )}
      {first && (
        <div className={classes.scroll}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">Mask</th>
                <th scope="col">Run</th>
                {first.values.map(({ task, primary }, t) => {
                  const info = metricInfo(catalog, primary, tasks[t]);
                  return (
                    <th key={task} scope="col">
                      <Chip task={t} /> <Name>{taskLabel(task)}</Name>
                      <br />
                      {inSentence(info.label)} {arrow(info.higherIsBetter)}
                    </th>
                  );
                })}
                <th scope="col">Mean gain</th>
              </tr>
            </thead>
            <tbody>
              {own.map((r) => (
                <tr key={r.runId}>
                  <th scope="row" title={r.painted || undefined}>
                    {label(r.maskId)}
                  </th>
                  <td>
                    {r.run}, {r.seeds.length === 1 ? 'seed' : 'seeds'} {r.seeds.join(', ')}
                  </td>
                  {r.values.map(({ task, value }, t) => (
                    <td key={task}>
                      {formatFixed(value, 4)}
                      {r !== first && (
                        <small> ({formatSigned(value - (first.values[t]?.value ?? Number.NaN), 4)})</small>
                      )}
                    </td>
                  ))}
                  <td>{formatPercent(r.gain)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {own.length > 1 && (
            <p className={classes.note}>
              In brackets the difference from {first.run}, whose mask was {label(first.maskId)}.
            </p>
          )}
        </div>
      )}
    </Card>
  );
}
