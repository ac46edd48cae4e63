// Possible influence by masks and layers beside measured influence: tasks down, tokens across.
import { useMemo, useState } from 'react';
import type { MaskTestReport } from '../../../engine/protocol/masks.ts';
import { stateOf } from '../../../store/answers.ts';
import { useBeside } from '../../../store/hooks.ts';
import type { CellPosition } from '../../charts/heatmap/cellKeys.ts';
import { HeatmapCard } from '../../charts/heatmap/HeatmapCard.tsx';
import { npyOfMark } from '../../charts/heatmap/outputs.ts';
import { LeaksCard } from './LeaksCard.tsx';
import classes from './maskTests.module.css';
import { explainReach, leaksOf, pathOf, REACH_CELL, reachCsv, reachMaps } from './reach.ts';

/** The leaks and the two maps; both maps show the same chosen cell, initially the strongest leak. */
export function ReachCards({ report }: { report: MaskTestReport }) {
  const [wanted, setWanted] = useState<CellPosition | null>(null);
  const [worst] = leaksOf(report).leaks;
  const first = worst ? { row: worst.task, column: worst.token } : { row: 0, column: 1 };
  const { row, column } = wanted ?? first;
  const chosen = {
    row: Math.min(row, report.tasks.length - 1),
    column: Math.min(column, report.sources.length - 1),
  };
  const beside = stateOf(useBeside()?.answers, 'mask-tests').answer?.report ?? null;
  const { hops, influence } = useMemo(() => reachMaps(report, beside), [report, beside]);
  return (
    <>
      <LeaksCard report={report} chosen={chosen} onChoose={setWanted} />
      <HeatmapCard
        figure="reach"
        title="Which tokens can influence each task"
        subtitle="through the whole network: a mask blocks one hop"
        what="Reach"
        fileName="reach"
        caption="Fewest hops and measured influence of every token on every task"
        maps={[hops, influence]}
        mapsClassName={classes.reachMaps}
        cell={REACH_CELL}
        csv={() => reachCsv(report)}
        npy={() => npyOfMark(influence)}
        chosen={chosen}
        onSelect={setWanted}
      >
        <p className={classes.path} aria-live="polite">
          <strong>{explainReach(report, chosen).title}</strong> {pathOf(report, chosen)}
        </p>
      </HeatmapCard>
    </>
  );
}
