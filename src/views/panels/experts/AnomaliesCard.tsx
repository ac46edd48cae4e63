// The anomalies of expert use that HoME names: definition, limit, and where they were found.
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import type { ExpertLayer } from '../../../engine/protocol/experts.ts';
import type { ExpertsState } from '../../../store/answers.ts';
import { formatFixed } from '../../charts/format.ts';
import { Card } from '../../charts/parts/Card.tsx';
import classes from './experts.module.css';
import { type AnomalyRow, anomalyRows } from './findings.ts';
import { isWide } from './grid.ts';
import { anomaliesCsv } from './tables.ts';

/** How many findings are listed per anomaly. */
const LISTED = 6;

function Anomaly({ row, layerLabel }: { row: AnomalyRow; layerLabel: (layer: number) => string | null }) {
  const isFound = row.findings.length > 0;
  const Icon = isFound ? IconAlertTriangle : IconCircleCheck;
  return (
    <li className={classes.anomaly} data-found={isFound}>
      <Icon size={16} stroke={1.75} aria-hidden="true" />
      <div>
        <h3>
          {row.label}{' '}
          <span className={classes.pill}>{isFound ? `${row.findings.length} found` : 'none found'}</span>
        </h3>
        <p className={classes.muted}>
          {row.definition}
          {` Limit ${formatFixed(row.limit, 2)}.`}
        </p>
        {isFound && (
          <ul className={classes.findings}>
            {row.findings.slice(0, LISTED).map((finding) => (
              <li key={`${finding.layer} ${finding.expert} ${finding.task}`}>
                {layerLabel(finding.layer) && `${layerLabel(finding.layer)}: `}
                {finding.text}
              </li>
            ))}
            {row.findings.length > LISTED && (
              <li className={classes.muted}>and {row.findings.length - LISTED} more in the CSV file</li>
            )}
          </ul>
        )}
      </div>
    </li>
  );
}

export function AnomaliesCard({
  state,
  names,
  layer,
}: {
  state: ExpertsState;
  names: readonly string[];
  /** The chosen layer, whose grid may take the whole width of the panel. */
  layer: ExpertLayer;
}) {
  const { layers, anomalies } = state;
  const layerLabel = (number: number) =>
    layers.length > 1 ? (layers.find((l) => l.layer === number)?.label ?? null) : null;
  return (
    <Card
      figure="anomalies"
      title="Expert anomalies"
      className={isWide(layer) ? classes.wide : undefined}
      subtitle={
        <>
          of{' '}
          <a href="https://arxiv.org/abs/2408.05430" target="_blank" rel="noreferrer">
            HoME
          </a>
          , Wang et al. 2024{layers.length > 1 && ', all layers'}
        </>
      }
      files={{
        what: 'Expert anomalies',
        fileName: 'expert-anomalies',
        csv: () => anomaliesCsv(anomalies, layers, names),
      }}
    >
      <ul className={classes.anomalies}>
        {anomalyRows(state).map((row) => (
          <Anomaly key={row.kind} row={row} layerLabel={layerLabel} />
        ))}
      </ul>
    </Card>
  );
}
