// Which tasks reach each other, in words: every path from the token of one task to the output of another, with its measured
// influence, strongest first. Choosing one shows it in the maps below.
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useState } from 'react';
import type { MaskTestReport } from '../../../engine/protocol/masks.ts';
import { formatCompact, plural } from '../../charts/format.ts';
import type { CellPosition } from '../../charts/heatmap/cellKeys.ts';
import { Card } from '../../charts/parts/Card.tsx';
import { SmallButton } from '../../charts/parts/SmallButton.tsx';
import classes from './maskTests.module.css';
import { leaksCsv, leaksOf, sourceLabels } from './reach.ts';

const FEW = 6;

export interface LeaksCardProps {
  report: MaskTestReport;
  chosen: CellPosition;
  onChoose(cell: CellPosition): void;
}

export function LeaksCard({ report, chosen, onChoose }: LeaksCardProps) {
  const [showsAll, setShowsAll] = useState(false);
  const { leaks, pairs } = leaksOf(report);
  const names = sourceLabels(report);
  const shown = showsAll ? leaks : leaks.slice(0, FEW);
  if (pairs === 0) return null;
  return (
    <Card
      figure="leaks"
      title="Tasks that reach each other"
      subtitle={`${leaks.length} of ${plural(pairs, 'pair')}, strongest first`}
      files={
        leaks.length > 0 && {
          what: 'Tasks that reach each other',
          fileName: 'leaks',
          csv: () => leaksCsv(report),
        }
      }
      actions={
        leaks.length > FEW && (
          <SmallButton pressed={showsAll} onClick={() => setShowsAll(!showsAll)}>
            All {leaks.length}
          </SmallButton>
        )
      }
    >
      {leaks.length === 0 ? (
        <p className={classes.verdict}>
          <IconCircleCheck size={16} stroke={1.75} className={classes.holds} aria-hidden="true" />
          No output of a task depends on the token of another task.
        </p>
      ) : (
        <ul className={classes.leaks}>
          {shown.map(({ task, token, path, measured }) => (
            <li key={`${task} ${token}`}>
              <button
                type="button"
                aria-pressed={chosen.row === task && chosen.column === token}
                onClick={() => onChoose({ row: task, column: token })}
              >
                <IconAlertTriangle size={14} stroke={1.75} className={classes.leakIcon} aria-hidden="true" />
                <strong>
                  {names[token]} → {names[report.sources.findIndex((s) => s.name === report.tasks[task])]}
                </strong>
                <span>{path}</span>
                <output>{formatCompact(measured)}</output>
              </button>
            </li>
          ))}
        </ul>
      )}
      <p className={classes.muted}>
        A mask blocks one hop; these ways go through the whole network. The number is the measured change of
        the output when the token moves by its own size.
      </p>
    </Card>
  );
}
