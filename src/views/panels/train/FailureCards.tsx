// The steps before a number that is not finite: losses and gradient norm. Shows nothing for other failures.
import { useLossPoints } from '../../../store/hooks.ts';
import type { ChartCard, RunCardProps } from '../../cards/card.ts';
import { toCsv } from '../../charts/csv.ts';
import { GradientNormChart } from '../../charts/GradientNormChart.tsx';
import { Card } from '../../charts/parts/Card.tsx';
import { networkIn } from '../../shell/runNames.ts';
import { LastSteps } from './LastSteps.tsx';
import { useFailureMarks, useTaskNames } from './useRunParts.ts';

function FailureCards({ run }: RunCardProps) {
  const points = useLossPoints(run.error?.fault?.role ?? 'model');
  const names = useTaskNames(run);
  const marks = useFailureMarks(run);
  const fault = run.status === 'failed' ? run.error?.fault : undefined;
  if (!fault || !points || points.steps.length === 0) return null;
  return (
    <>
      <Card
        figure="norms"
        title="Gradient norm"
        subtitle={`all weights of ${networkIn(run, fault.role)}, before clipping, log scale`}
        files={{
          what: 'Gradient norm',
          fileName: 'gradient-norm',
          csv: () =>
            toCsv(
              ['step', 'gradient_norm'],
              points.steps.map((step, i) => [step, points.gradientNorms[i] ?? null]),
            ),
        }}
      >
        <GradientNormChart steps={points.steps} norms={points.gradientNorms} marks={marks} />
      </Card>
      <LastSteps network={networkIn(run, fault.role)} names={names} points={points} fault={fault} />
    </>
  );
}

export const failureCards: ChartCard = { place: 'train', Component: FailureCards, explainsFault: true };
